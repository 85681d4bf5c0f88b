import { sqliteTable, text } from "drizzle-orm/sqlite-core";

/** Tables whose rows have not all been weighed: there until they are. The triggers that weigh a row pass by those not reached. */
export const weighings = sqliteTable("weighings", {
	table: text().primaryKey(),
	/** Rows up to this one are done: its key, as a list in JSON. */
	after: text().notNull(),
});
