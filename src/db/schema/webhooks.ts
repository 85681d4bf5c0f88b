import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { flag, instant, json, owned, sortedBy, trash } from "../columns.ts";

export const webhooks = sqliteTable(
	"webhooks",
	{
		...owned(),
		name: text(),
		url: text().notNull(),
		events: json<string[]>().notNull(),
		description: text(),
		method: text().notNull(),
		/** Sealed JSON of the custom headers; null when there are none. */
		headers: text(),
		status: text().notNull(),
		skipSystem: flag().notNull(),
		/** Sealed; null for an unsigned webhook. */
		secret: text(),
		secretPrefix: text(),
		previousSecret: text(),
		previousSecretExpiresAt: instant(),
		disabledAt: instant(),
		disabledReason: text(),
		lastDeliveredAt: instant(),
		consecutiveFailures: integer().notNull(),
		/** When the first of these failures came; null while there are none. */
		failingSince: instant(),
		/** Deliveries that used up their schedule since the last success. */
		exhausted: integer().notNull(),
		/** The breaker is open until then, when one delivery may probe; null while it is closed. */
		pausedUntil: instant(),
		/** How long it stays open between two probes. */
		pauseSeconds: integer(),
		/** It answers slowly, or not in time: until then its deliveries go through a queue of their own (delivery/slow.ts); null when it never did. */
		slowUntil: instant(),
	},
	(table) => [
		primaryKey({ columns: [table.organizationId, table.id] }),
		// Every write looks for those that want its events, however many were deleted; it is named where it is meant.
		index("webhooks_live").on(table.organizationId, table.id).where(sql`"deletedAt" IS NULL`),
		sortedBy("webhooks_updatedAt", table, table.updatedAt),
		trash("webhooks", table),
	],
);

/** One event on its way to one webhook. Keyed by webhook, so that the log reads in order without a second index. */
export const deliveries = sqliteTable(
	"deliveries",
	{
		webhookId: text().notNull(),
		id: text().notNull(),
		organizationId: text().notNull(),
		eventId: text().notNull(),
		event: text().notNull(),
		status: text().notNull(),
		test: flag().notNull(),
		createdAt: instant().notNull(),
		updatedAt: instant().notNull(),
		/** Scheduled attempts made in this run of the schedule; manual ones are not counted. */
		attemptsMade: integer().notNull(),
		/** Every attempt ever made: the number of the last one. */
		lastAttempt: integer().notNull(),
		lastStatusCode: integer(),
		/** When the schedule tries again; null once it is done. */
		nextAttemptAt: instant(),
		/** Manual attempts asked for and not yet made. */
		manualWaiting: integer().notNull(),
		/**
		 * When somebody has to look here, for the schedule or a manual attempt; null when nothing is due. A delivery in its
		 * webhook's line has this moment and `LINE_OFFSET` on top (outbox/line.ts), which no clock reaches.
		 */
		dueAt: integer(),
		/** Until when nobody else need care: the end of the lease; without one a mark, the end of the trust in a wake-up under way. */
		leaseUntil: integer(),
		/** Who holds the lease: only they may record the outcome. */
		lease: text(),
	},
	(table) => [
		primaryKey({ columns: [table.webhookId, table.id] }),
		// By webhook first, so that whatever one webhook asks here reads nothing of what others have waiting.
		index("deliveries_due").on(table.webhookId, table.dueAt).where(sql`"dueAt" IS NOT NULL`),
	],
);

export const attempts = sqliteTable(
	"attempts",
	{
		deliveryId: text().notNull(),
		number: integer().notNull(),
		at: instant().notNull(),
		trigger: text().notNull(),
		url: text().notNull(),
		requestHeaders: json<Record<string, string>>().notNull(),
		statusCode: integer(),
		durationMs: integer().notNull(),
		error: text(),
		responseHeaders: json<Record<string, string> | null>(),
		responseBody: text(),
		responseTruncated: flag().notNull(),
		/** The bytes it was counted with for the quota `logBytes`; not counted is 0. */
		counted: integer().notNull().default(0),
	},
	(table) => [primaryKey({ columns: [table.deliveryId, table.number] })],
);

/** What came of the attempts of one webhook in one hour: kept apart, because counting a busy webhook's log takes seconds. */
export const deliveryHours = sqliteTable(
	"delivery_hours",
	{
		webhookId: text().notNull(),
		/** Its beginning. */
		hour: instant().notNull(),
		successes: integer().notNull(),
		failures: integer().notNull(),
		/** How many attempts took so long, by milliseconds in two significant digits. */
		durations: json<Record<string, number>>().notNull(),
	},
	(table) => [primaryKey({ columns: [table.webhookId, table.hour] })],
);
