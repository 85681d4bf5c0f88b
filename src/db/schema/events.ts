import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { flag, instant } from "../columns.ts";

const recorded = () => ({
	id: text().notNull(),
	type: text().notNull(),
	entityId: text(),
	/** In `events` never before that of the organization's event before it. */
	createdAt: instant().notNull(),
	/** Made by a test send: nothing happened. */
	test: flag().notNull(),
	/** The exact body to send, with an empty `webhookId` that each delivery fills with its own id. */
	payload: text().notNull(),
});

/**
 * What happened, written in the same batch as the change itself, in the order of the commits (outbox/keys.ts). An ordinary
 * table, because of rows as long as these a WITHOUT ROWID table leaves most of its pages empty.
 */
export const events = sqliteTable(
	"event_log",
	{
		/** The organization's ordinal, and the event's number in it. */
		key: integer().primaryKey(),
		...recorded(),
		/** Its id was given before its key was, and says nothing of it: a test send's, and those from before there were keys. */
		ownId: flag().notNull(),
		/** Who did it, where the body has no room for that: JSON. Null where the body says so, and for events from before. */
		actor: text(),
	},
	(table) => [
		index("event_log_ownId").on(table.id).where(sql`"ownId" = 1`),
		// The history of a record. `save_lead` only repeats what the event before it says.
		index("event_log_entity").on(table.entityId).where(sql`"type" <> 'save_lead' AND "test" = 0`),
	],
);

/** Where events were kept before `event_log`. Nothing is added; retention/events.ts empties it. */
export const formerEvents = sqliteTable(
	"events",
	{
		organizationId: text().notNull(),
		...recorded(),
	},
	(table) => [primaryKey({ columns: [table.organizationId, table.id] })],
);
