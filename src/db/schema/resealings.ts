import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** Tables whose sealed values are to be sealed under the first ENCRYPTION_KEY: there until they are. The operator adds them. */
export const resealings = sqliteTable("resealings", {
	table: text().primaryKey(),
	/** Rows up to this one have been looked at in this pass; `id` is what they are called within their organization. */
	organizationId: text().notNull(),
	id: text().notNull(),
	/** Values that this pass has found under other keys. The pass that finds none is the last. */
	found: integer().notNull(),
});
