import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { flag, instant } from "../columns.ts";

const recorded = () => ({
	id: text().notNull(),
	type: text().notNull(),
	entityId: text(),
	/** In `events`, not before the `createdAt` of the organization's previous event. */
	createdAt: instant().notNull(),
	/** Whether a test send made it. */
	test: flag().notNull(),
	/** The exact body to send, with an empty `webhookId` that each delivery fills in. */
	payload: text().notNull(),
});

/**
 * Events, written in the batch of the change itself, in the order of commits (db/event-keys.ts). A rowid table, because a WITHOUT
 * ROWID table with rows of this length leaves most of its pages empty.
 */
export const events = sqliteTable(
	"event_log",
	{
		/** The organization's ordinal and the event's number within the organization. */
		key: integer().primaryKey(),
		...recorded(),
		/** Whether its id isn't derived from its key: events of test sends, and events older than the keys. */
		ownId: flag().notNull(),
		/** Who caused it, as JSON, if the body has no field for that. Null if the body has it, and for older events. */
		actor: text(),
	},
	(table) => [
		index("event_log_ownId").on(table.id).where(sql`"ownId" = 1`),
		// The history of a record. `save_lead` only repeats the event before it.
		index("event_log_entity").on(table.entityId).where(sql`"type" <> 'save_lead' AND "test" = 0`),
	],
);

/** The table of events before `event_log`. Nothing is added; retention/events.ts empties it. */
export const formerEvents = sqliteTable(
	"events",
	{
		organizationId: text().notNull(),
		...recorded(),
	},
	(table) => [primaryKey({ columns: [table.organizationId, table.id] })],
);
