import { sqliteTable, text } from "drizzle-orm/sqlite-core";

/** Tables whose rows must be folded again; removed when all are done. A migration that changes the folding adds them. */
export const refolds = sqliteTable("refolds", {
	table: text().primaryKey(),
	/** Rows up to this one are done. */
	organizationId: text().notNull(),
	id: text().notNull(),
});
