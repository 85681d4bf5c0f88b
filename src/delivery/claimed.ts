// A claimed delivery: what sending it needs, as it is read from its row, its event and its webhook.
import { getTableColumns } from "drizzle-orm";
import type { RawRow } from "../db/client.ts";
import { payloadOf } from "../db/event-keys.ts";
import { textOrNull } from "../db/fact.ts";
import { apiKeys } from "../db/schema/api-keys.ts";
import { deliveries, webhooks } from "../db/schema/webhooks.ts";
import { type SQL, sql } from "../db/sql.ts";
import { liveRowsOf, notDeleted } from "../db/tenant.ts";
import { hasBacklog, isWebhookOfDelivery } from "../outbox/backlog.ts";
import type { Seen } from "../verdict.ts";
import { namesIn, readNames } from "./names.ts";
import { webhookStore } from "./receiver.ts";

const webhookColumns = sql.list(
	Object.keys(getTableColumns(webhooks)).map(
		(name) => sql`webhook.${sql.identifier(name)} AS ${sql.identifier(`webhook.${name}`)}`,
	),
);

/** What the body is made of. */
const payload = payloadOf(sql`delivery."organizationId"`, sql`delivery."eventId"`);

/** The example that a test send sends has names of its own. */
const wantsNames = sql`webhook."expand" <> '[]' AND NOT delivery."test"`;

/** Keys that read from copies: the index is named because SQLite would rather read all keys of the organization. */
const keysOfCopies = sql`${liveRowsOf(apiKeys, sql`delivery."organizationId"`, "api_keys_nearest")} AND "reads" = 'nearest'`;

const toSend = sql.fixed(
	sql`delivery.*, ${payload} AS "payload", EXISTS (SELECT 1 FROM ${keysOfCopies}) AS "readsCopies",
		${wantsNames} AS "wantsNames", ${hasBacklog(sql`delivery."webhookId"`)} AS "hasBacklog", ${webhookColumns}`,
);
const names = sql.fixed(namesIn(payload, sql`delivery."organizationId"`, wantsNames));

const fromDeliveries = (isWoken: SQL) =>
	sql`FROM ${deliveries} AS delivery LEFT JOIN ${webhooks} AS webhook ON ${isWebhookOfDelivery} AND ${notDeleted("webhook")} WHERE ${isWoken}`;

/** A query for deliveries, alias `delivery`, with what sending them needs, but for names. */
export const deliveriesToSend = (isWoken: SQL): SQL => sql`SELECT ${toSend} ${fromDeliveries(isWoken)}`;

/** A query for the names of deliveries, by their ids. D1 takes longer to prepare it than everything else that is done for a claim. */
export const namesToSend = (isWoken: SQL): SQL =>
	sql`SELECT delivery."id", ${names} AS "names" ${fromDeliveries(isWoken)}`;

/**
 * A claimed delivery from a row of `deliveriesToSend`.
 * @param found its names of `namesToSend`
 */
export function decodeClaimed(row: RawRow, found: unknown, seen: Seen) {
	const manual = Number(row.manualWaiting) > 0;
	const trigger: "scheduled" | "manual" = manual ? "manual" : "scheduled";
	return {
		webhookId: String(row.webhookId),
		deliveryId: String(row.id),
		organizationId: String(row.organizationId),
		lease: String(row.lease),
		event: String(row.event),
		status: String(row.status),
		isTest: row.test === 1,
		/** The number of this attempt, from 1; manual ones count. */
		number: Number(row.lastAttempt),
		trigger,
		/** Whether this attempt probes a webhook whose breaker is open. */
		isProbe: !manual && row.test !== 1 && row["webhook.pausedUntil"] !== null,
		/** Scheduled attempts that have ended. */
		attemptsMade: Number(row.attemptsMade),
		nextAttemptAt: row.nextAttemptAt === null ? null : Number(row.nextAttemptAt),
		/** What its body is made of (body.ts). */
		payload: textOrNull(row.payload),
		template: textOrNull(row.template),
		names: readNames(found, row["webhook.expand"], () => true),
		/** Whether others wait in the backlog of its webhook. */
		hasBacklog: row.hasBacklog === 1,
		/** Null when the webhook is gone. */
		webhook: row["webhook.id"] === null ? null : webhookStore.decode(webhookFields(row)),
		/** How new a copy of the database must be to have the event; null if no key of the organization reads from copies. */
		seen: row.readsCopies === 1 ? seen : null,
	};
}

/** A delivery that this process has claimed. */
export type ClaimedDelivery = Readonly<ReturnType<typeof decodeClaimed>>;

function webhookFields(row: RawRow): RawRow {
	const prefix = "webhook.";
	return Object.fromEntries(
		Object.entries(row).flatMap(([name, value]) =>
			name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : [],
		),
	);
}
