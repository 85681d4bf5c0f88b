import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { instant, json, ownedColumns } from "../columns.ts";
import { keyed } from "../indexes.ts";

export const notificationTargets = sqliteTable(
	"notification_targets",
	{
		...ownedColumns(),
		name: text().notNull(),
		type: text().notNull(),
		/** A URL or, for e-mail, an address. */
		to: text().notNull(),
		events: json<string[]>().notNull(),
	},
	(table) => [
		...keyed("notification_targets", table),
		index("notification_targets_live").on(table.organizationId, table.id).where(sql`"deletedAt" IS NULL`),
	],
);

/** What was told to a target, or will be. While a row is kept, its target is not told the same again. */
export const notifications = sqliteTable(
	"notifications",
	{
		organizationId: text().notNull(),
		/** The state that began: the event, what it is about and, unless later states take its place, when. */
		key: text().notNull(),
		targetId: text().notNull(),
		event: text().notNull(),
		/** What it is about, as JSON. */
		subject: text().notNull(),
		attempts: integer().notNull().default(0),
		at: instant().notNull(),
		/** When it is sent next; null if it was sent or given up. */
		dueAt: integer(),
	},
	(table) => [
		index("notifications_dueAt").on(table.dueAt).where(sql`"dueAt" IS NOT NULL`),
		index("notifications_at").on(table.at),
		primaryKey({ columns: [table.organizationId, table.key, table.targetId] }),
	],
);
