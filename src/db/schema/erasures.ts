import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

/**
 * What is still to be done for records that were erased: of the record itself (`root`), and of each one that spoke of it.
 * Nothing personal stands here. Those of one root go together, once all of them are done.
 */
export const erasures = sqliteTable(
	"erasures",
	{
		/** Empty for a full-text index, which all organizations share. */
		organizationId: text().notNull(),
		/** The record, or the full-text table. */
		entityId: text().notNull(),
		/** The erased record that it is done for. */
		root: text().notNull(),
		/** By which rule (erasure/rules.ts). */
		rule: text().notNull(),
		/** Which of the rule's steps it is at, and after what. */
		step: integer().notNull(),
		after: text().notNull(),
		/** Whether the events are to be gone through once more, because a delivery of theirs was being sent. */
		again: integer({ mode: "boolean" }).notNull(),
		/** When somebody has to look here (ms); null when it is done. */
		dueAt: integer(),
	},
	(table) => [
		primaryKey({ columns: [table.organizationId, table.root, table.entityId] }),
		index("erasures_dueAt").on(table.dueAt),
	],
);
