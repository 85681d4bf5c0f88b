import { sqliteTable, text } from "drizzle-orm/sqlite-core";

/** Tables whose rows have not all been weighed; removed when they are. Triggers ignore rows that are not reached yet. */
export const weighings = sqliteTable("weighings", {
	table: text().primaryKey(),
	/** Rows up to this one are done: its key, as a list in JSON. */
	after: text().notNull(),
});
