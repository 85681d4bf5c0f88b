import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { counted, flag, instant, json, ownedColumns } from "../columns.ts";
import { keyed } from "../indexes.ts";

/** A condition that at least one value at a path must meet; `not` that none is equal to those listed. */
export type Condition =
	| string
	| number
	| boolean
	| null
	| {
			readonly gt?: string | number | undefined;
			readonly gte?: string | number | undefined;
			readonly lt?: string | number | undefined;
			readonly lte?: string | number | undefined;
			readonly startsWith?: string | undefined;
			readonly not?: readonly (string | number | boolean | null)[] | undefined;
	  };

/** Conditions by the path of a value in the payload: names separated by dots. All paths must match, each by one condition. */
export type Filter = Readonly<Record<string, readonly Condition[]>>;

/** At most so many attempts in so many seconds. */
export interface RateLimit {
	readonly count: number;
	readonly seconds: number;
}

export const webhooks = sqliteTable(
	"webhooks",
	{
		...ownedColumns(),
		name: text(),
		url: text().notNull(),
		events: json<string[]>().notNull(),
		description: text(),
		method: text().notNull(),
		/** Encrypted JSON of the custom headers; null if there are none. */
		headers: text(),
		status: text().notNull(),
		skipSystem: flag().notNull(),
		/** Encrypted; null for an unsigned webhook. */
		secret: text(),
		secretPrefix: text(),
		previousSecret: text(),
		previousSecretExpiresAt: instant(),
		disabledAt: instant(),
		disabledReason: text(),
		lastDeliveredAt: instant(),
		consecutiveFailures: integer().notNull(),
		/** When the first of these failures occurred; null if there are none. */
		failingSince: instant(),
		/** Deliveries whose last scheduled attempt failed, since the last success. */
		exhausted: integer().notNull(),
		/** Until when the breaker is open; then one delivery may probe. Null while it is closed. */
		pausedUntil: instant(),
		/** How long the breaker stays open between two probes. */
		pauseSeconds: integer(),
		/** Until when its deliveries go through the queue for slow webhooks (delivery/slow.ts); null if it was never slow or timed out. */
		slowUntil: instant(),
		/** Which events are sent (outbox/filter.ts); null for all that it subscribes to. */
		filter: json<Filter>(),
		/** The number of the first event whose deliveries are not made yet, because the log was full (outbox/held.ts); null if there is none. */
		heldFrom: integer(),
		/** The number of the newest event when it was last enabled while deliveries were held: those up to it are skipped. */
		heldSkippedTo: integer(),
		/** What is sent: `json`, the payload, or `slack`, a text made of it by the template. */
		format: text().notNull().default("json"),
		template: text(),
		/** The resources whose names are sent beside their ids (delivery/names.ts). */
		expand: json<string[]>().notNull().default([]),
		rateLimit: json<RateLimit>(),
		/** The attempts of the present window of the rate limit, and when the last began (outbox/pace.ts); null without a limit. */
		rateUsed: integer(),
		rateAt: integer(),
		/** Whether each delivery waits until the one before has ended. */
		ordered: flag().notNull().default(false),
	},
	(table) => [
		...keyed("webhooks", table),
		// Every write looks for those that want its events, however many were deleted; it is named where it is meant.
		index("webhooks_live").on(table.organizationId, table.id).where(sql`"deletedAt" IS NULL`),
		index("webhooks_held").on(table.id).where(sql`"heldFrom" IS NOT NULL AND "deletedAt" IS NULL`),
	],
);

/** The delivery of one event to one webhook. Keyed by webhook, so that the log is read in order without a second index. */
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
		/** The number of the last attempt, over all runs. */
		lastAttempt: integer().notNull(),
		lastStatusCode: integer(),
		/** When the schedule tries again; null once it is done. */
		nextAttemptAt: instant(),
		/** Manual attempts that were requested and not yet made. */
		manualWaiting: integer().notNull(),
		/**
		 * When the next attempt is due, scheduled or manual; null if none is. For a delivery in its webhook's line,
		 * `BACKLOG_OFFSET` is added (outbox/pace.ts), so that it is never due.
		 */
		dueAt: integer(),
		/** The end of the lease; without a lease, until when a wake-up message that was sent is expected to arrive. */
		leaseUntil: integer(),
		/** Identifies the owner of the lease; only the owner may record the outcome. */
		lease: text(),
		counted: counted(),
		/** The webhook's template when the event happened, which makes the body; null for JSON (delivery/body.ts). */
		template: text(),
	},
	(table) => [
		primaryKey({ columns: [table.webhookId, table.id] }),
		// By webhook first, so that a query for one webhook reads nothing of other webhooks' waiting deliveries.
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
		counted: counted(),
	},
	(table) => [primaryKey({ columns: [table.deliveryId, table.number] })],
);

/** The results of one webhook's attempts in one hour; stored, because counting a busy webhook's log takes seconds. */
export const deliveryHours = sqliteTable(
	"delivery_hours",
	{
		webhookId: text().notNull(),
		/** The start of the hour. */
		hour: instant().notNull(),
		successes: integer().notNull(),
		failures: integer().notNull(),
		/** The number of attempts by duration: milliseconds, rounded to two significant digits. */
		durations: json<Record<string, number>>().notNull(),
	},
	(table) => [primaryKey({ columns: [table.webhookId, table.hour] })],
);
