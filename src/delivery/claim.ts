// Claiming a delivery. Of all consumers that are woken for it, one gets it. A claim is a lease in the row, so it ends by itself
// when the consumer dies. One round trip claims ten deliveries and reads what sending them needs.

import { getTableColumns } from "drizzle-orm";
import type { RawRow } from "../db/client.ts";
import { write } from "../db/commit.ts";
import { payloadOf } from "../db/event-keys.ts";
import { textOrNull } from "../db/fact.ts";
import { isPaused } from "../db/moves.ts";
import { apiKeys } from "../db/schema/api-keys.ts";
import { deliveries, webhooks } from "../db/schema/webhooks.ts";
import { OLDEST, primaryDatabase } from "../db/seen.ts";
import { sql } from "../db/sql.ts";
import { liveRowsOf, notDeleted } from "../db/tenant.ts";
import { type DeliveryWakeUp, type Env, sendingRules, type WakeUp } from "../env.ts";
import {
	isWebhookOfDelivery,
	releaseBacklog,
	returningWakeUps,
	wakeUpMark,
	wakeUpsOf,
} from "../outbox/backlog.ts";
import type { Seen } from "../verdict.ts";
import { bodyOf } from "./body.ts";
import { canProceed, moveToBacklog, mustWait, noteClaims, rankedDeliveries } from "./breaker.ts";
import { namesIn, readNames } from "./names.ts";
import { type WebhookRow, webhookStore } from "./receiver.ts";

/** A delivery that this process has claimed. */
export interface ClaimedDelivery {
	readonly webhookId: string;
	readonly deliveryId: string;
	readonly organizationId: string;
	readonly lease: string;
	readonly event: string;
	readonly status: string;
	readonly isTest: boolean;
	/** The number of this attempt, from 1; manual ones count. */
	readonly number: number;
	readonly trigger: "scheduled" | "manual";
	/** Whether this attempt probes a webhook whose breaker is open. */
	readonly isProbe: boolean;
	/** Scheduled attempts that have ended. */
	readonly attemptsMade: number;
	readonly nextAttemptAt: number | null;
	/** The exact body of this attempt. */
	readonly body: string;
	/** Null when the webhook is gone. */
	readonly webhook: WebhookRow | null;
	/** How new a copy of the database must be to have the event; null if no key of the organization reads from copies. */
	readonly seen: Seen | null;
}

/**
 * The result of `claim`. A delivery in none of the lists needs nothing more: it is done, is being sent by another consumer, or
 * is in the backlog.
 */
export interface ClaimResult {
	readonly claimed: readonly ClaimedDelivery[];
	/** Deliveries that are due later, and those that will probe a webhook whose breaker is open. */
	readonly dueLater: readonly WakeUp[];
	/** Deliveries of slow webhooks, to be passed on to the slow queue. */
	readonly forSlowQueue: readonly WakeUp[];
}

const webhookColumns = sql.list(
	Object.keys(getTableColumns(webhooks)).map(
		(name) => sql`webhook.${sql.identifier(name)} AS ${sql.identifier(`webhook.${name}`)}`,
	),
);

/** What the body is made of. The example that a test send sends has names of its own. */
const payload = payloadOf(sql`delivery."organizationId"`, sql`delivery."eventId"`);
const bodyColumns = sql.fixed(
	sql`${payload} AS "payload", ${namesIn(payload, sql`delivery."organizationId"`, sql`webhook."expand" <> '[]' AND NOT delivery."test"`)} AS "names"`,
);

/**
 * Claims the deliveries that are due, not leased and allowed by their webhook's breaker, and reads what sending them needs. Of
 * the others that are due, those of slow webhooks go from the first queue to the slow one, the rest into the backlog.
 * @throws AppError 503, or what else D1 throws; then nothing is claimed
 */
export async function claim(
	env: Env,
	wakeUps: readonly DeliveryWakeUp[],
	now: number,
	from: "first" | "slow",
): Promise<ClaimResult> {
	const lease = crypto.randomUUID();
	const leaseUntil = now + sendingRules(env).leaseMs;
	const keys = wakeUps.map(({ webhookId, deliveryId }) => [webhookId, deliveryId]);
	const wokenKeys = sql`(SELECT value->>0, value->>1 FROM ${sql.each(keys)})`;
	const isWoken = sql`(delivery."webhookId", delivery."id") IN ${wokenKeys} AND NOT ${isPaused(sql`delivery."organizationId"`)}`;
	const due = sql`${isWoken} AND delivery."dueAt" <= ${now}
		AND (delivery."lease" IS NULL OR delivery."leaseUntil" <= ${now})`;
	const isQueued = sql`${deliveries}."webhookId" = queued."webhookId" AND ${deliveries}."id" = queued."id"`;
	const paused = sql`SELECT DISTINCT webhook."organizationId", webhook."id" FROM ${deliveries} AS delivery
		CROSS JOIN ${webhooks} AS webhook ON ${isWebhookOfDelivery}
			AND (webhook."pausedUntil" IS NOT NULL OR webhook."rateLimit" IS NOT NULL) WHERE ${isWoken}`;
	const goesToSlowQueue = sql`queued."slow" AND ${from} = 'first'`;
	const readsCopies = sql`EXISTS (SELECT 1 FROM ${liveRowsOf(apiKeys, sql`delivery."organizationId"`)} AND "reads" = 'nearest')`;
	const { db, latest } = primaryDatabase(env.DB);
	const [, , movedToSlowQueue = [], , probes = [], found = []] = await write(db, [
		sql`UPDATE ${deliveries} SET "lease" = ${lease}, "leaseUntil" = ${leaseUntil}, "lastAttempt" = "lastAttempt" + 1
			FROM (${rankedDeliveries(due, now)}) AS queued WHERE ${isQueued} AND ${canProceed(now)} AND NOT (${goesToSlowQueue})`,
		noteClaims(sql`("webhookId", "id") IN ${wokenKeys}`, lease, now, leaseUntil),
		sql`UPDATE ${deliveries} SET "lease" = NULL, "leaseUntil" = ${wakeUpMark(sql`"dueAt"`, now)}
			FROM (${rankedDeliveries(due, now)}) AS queued WHERE ${isQueued} AND ${goesToSlowQueue}
				AND NOT ${mustWait(now)} ${returningWakeUps(now)}`,
		moveToBacklog(due, now),
		releaseBacklog(paused, now),
		sql`SELECT delivery.*, ${bodyColumns}, ${readsCopies} AS "readsCopies", ${webhookColumns} FROM ${deliveries} AS delivery
			LEFT JOIN ${webhooks} AS webhook ON ${isWebhookOfDelivery} AND ${notDeleted("webhook")}
			WHERE ${isWoken}`,
	]);
	const probeWakeUps = wakeUpsOf(probes, now);
	const probingIds = new Set(probeWakeUps.map(({ deliveryId }) => deliveryId));
	const early = found.filter(
		({ id, lease: holder, dueAt }) => holder === null && Number(dueAt) > now && !probingIds.has(String(id)),
	);
	return {
		claimed: found
			.filter((row) => row.lease === lease)
			.map((row) => decodeClaimed(row, { shard: env.SHARD, bookmark: latest() ?? OLDEST })),
		dueLater: [
			...probeWakeUps,
			...wakeUpsOf(
				early.map((row) => ({ ...row, slow: isSlowRow(row, now) })),
				now,
			),
		],
		forSlowQueue: wakeUpsOf(movedToSlowQueue, now),
	};
}

const isSlowRow = (row: RawRow, now: number) => Number(Number(row["webhook.slowUntil"]) > now);

function decodeClaimed(row: RawRow, seen: Seen): ClaimedDelivery {
	const deliveryId = String(row.id);
	const manual = Number(row.manualWaiting) > 0;
	return {
		webhookId: String(row.webhookId),
		deliveryId,
		organizationId: String(row.organizationId),
		lease: String(row.lease),
		event: String(row.event),
		status: String(row.status),
		isTest: row.test === 1,
		number: Number(row.lastAttempt),
		trigger: manual ? "manual" : "scheduled",
		isProbe: !manual && row.test !== 1 && row["webhook.pausedUntil"] !== null,
		attemptsMade: Number(row.attemptsMade),
		nextAttemptAt: row.nextAttemptAt === null ? null : Number(row.nextAttemptAt),
		body: bodyOf(
			String(row.payload),
			deliveryId,
			textOrNull(row.template),
			readNames(row.names, row["webhook.expand"], () => true),
		),
		webhook: row["webhook.id"] === null ? null : webhookStore.decode(webhookFields(row)),
		seen: row.readsCopies === 1 ? seen : null,
	};
}

function webhookFields(row: RawRow): RawRow {
	const prefix = "webhook.";
	return Object.fromEntries(
		Object.entries(row).flatMap(([name, value]) =>
			name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : [],
		),
	);
}
