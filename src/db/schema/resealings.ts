import { integer, sqliteTable } from "drizzle-orm/sqlite-core";
import { walkColumns } from "../columns.ts";

/** Tables whose encrypted values are to be encrypted again with the first ENCRYPTION_KEY; removed when all are. The operator adds them. */
export const resealings = sqliteTable("resealings", {
	...walkColumns(),
	/** Values that this pass has found under other keys. The pass that finds none is the last. */
	found: integer().notNull(),
});
