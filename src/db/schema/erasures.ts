import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/**
 * The remaining work of erasures: for the erased record itself (`root`), and for each record with data about it. There is no
 * personal data here. The rows of one root are removed together, when all of them are done.
 */
export const erasures = sqliteTable(
	"erasures",
	{
		/** Empty for a full-text index, because all organizations share it. */
		organizationId: text().notNull(),
		/** The record, or the full-text table. */
		entityId: text().notNull(),
		/** The erased record. */
		root: text().notNull(),
		/** The rule that applies (erasure/rules.ts). */
		rule: text().notNull(),
		/** The current step of the rule, and the position in it. */
		step: integer().notNull(),
		after: text().notNull(),
		/** Whether the events must be processed again, because one of their deliveries was being sent. */
		again: integer({ mode: "boolean" }).notNull(),
		/** When the next step is due (ms); null when it is done. */
		dueAt: integer(),
	},
	(table) => [
		primaryKey({ columns: [table.organizationId, table.root, table.entityId] }),
		index("erasures_dueAt").on(table.dueAt),
	],
);
