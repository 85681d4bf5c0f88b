// Claiming a delivery. Of all consumers that are woken for it, one gets it. A claim is a lease in the row, so it ends by itself
// when the consumer dies. One round trip claims ten deliveries and reads what sending them needs; a second one follows if webhooks
// among theirs are paused, slow, ordered or have a rate limit.

import type { RawRow } from "../db/client.ts";
import { write } from "../db/commit.ts";
import { isPaused } from "../db/moves.ts";
import { deliveries, webhooks } from "../db/schema/webhooks.ts";
import { OLDEST, primaryDatabase } from "../db/seen.ts";
import { sql } from "../db/sql.ts";
import { notDeleted } from "../db/tenant.ts";
import { type DeliveryWakeUp, type Env, sendingRules, type WakeUp } from "../env.ts";
import {
	isWebhookOfDelivery,
	releaseBacklog,
	returningWakeUps,
	wakeUpMark,
	wakeUpsOf,
} from "../outbox/backlog.ts";
import type { Seen } from "../verdict.ts";
import { canProceed, moveToBacklog, mustWait, noteClaims, rankedDeliveries } from "./breaker.ts";
import { type ClaimedDelivery, decodeClaimed, deliveriesToSend } from "./claimed.ts";

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

/** The deliveries that a group of wake-ups names, as conditions on a row `delivery`. */
function wokenBy(wakeUps: readonly DeliveryWakeUp[], now: number) {
	const keys = wakeUps.map(({ webhookId, deliveryId }) => [webhookId, deliveryId]);
	const keysQuery = sql`(SELECT value->>0, value->>1 FROM ${sql.each(keys)})`;
	const isWoken = sql`(delivery."webhookId", delivery."id") IN ${keysQuery} AND NOT ${isPaused(sql`delivery."organizationId"`)}`;
	return {
		keysQuery,
		isWoken,
		isDue: sql`${isWoken} AND delivery."dueAt" <= ${now} AND (delivery."lease" IS NULL OR delivery."leaseUntil" <= ${now})`,
	};
}

interface Claim {
	readonly lease: string;
	readonly leaseUntil: number;
	readonly now: number;
	readonly from: "first" | "slow";
}

/**
 * Claims the deliveries that are due, not leased and allowed by their webhook's breaker and limits, and reads what sending them
 * needs. Of the others that are due, those of slow webhooks go from the first queue to the slow one, the rest into the backlog.
 * Most webhooks have no limit and no open breaker: their deliveries are claimed first, without judging any of that, and only if
 * others are left does it take a second round trip.
 * @throws AppError 503, or what else D1 throws; what was claimed by then is free again when its lease ends
 */
export async function claim(
	env: Env,
	wakeUps: readonly DeliveryWakeUp[],
	now: number,
	from: "first" | "slow",
): Promise<ClaimResult> {
	const claiming = { lease: crypto.randomUUID(), leaseUntil: now + sendingRules(env).leaseMs, now, from };
	const { result, left } = await claimUnlimited(env, wakeUps, claiming);
	if (left.length === 0) return result;
	const more = await claimLimited(env, left, claiming);
	return {
		claimed: [...result.claimed, ...more.claimed],
		dueLater: [...result.dueLater, ...more.dueLater],
		forSlowQueue: more.forSlowQueue,
	};
}

/** Claims the deliveries of webhooks that nothing limits; `left` are those that the others' rules are to be asked for. */
async function claimUnlimited(env: Env, wakeUps: readonly DeliveryWakeUp[], claiming: Claim) {
	const { lease, leaseUntil, now, from } = claiming;
	const { isWoken, isDue } = wokenBy(wakeUps, now);
	const isLimited = sql`EXISTS (SELECT 1 FROM ${webhooks} AS webhook WHERE ${isWebhookOfDelivery} AND ${notDeleted("webhook")}
		AND (webhook."pausedUntil" IS NOT NULL OR webhook."rateLimit" IS NOT NULL OR webhook."ordered" OR (${from} = 'first' AND webhook."slowUntil" > ${now})))`;
	const { db, latest } = primaryDatabase(env.DB);
	const [, found = []] = await write(db, [
		sql`UPDATE ${deliveries} AS delivery SET "lease" = ${lease}, "leaseUntil" = ${leaseUntil}, "lastAttempt" = "lastAttempt" + 1
			WHERE ${isDue} AND NOT ${isLimited}`,
		deliveriesToSend(isWoken),
	]);
	const isLeft = (row: RawRow) =>
		row.lease !== lease &&
		(row["webhook.pausedUntil"] !== null ||
			row["webhook.rateLimit"] !== null ||
			(row.dueAt !== null &&
				Number(row.dueAt) <= now &&
				(row.lease === null || Number(row.leaseUntil) <= now)));
	const left = new Set(found.filter(isLeft).map(({ id }) => String(id)));
	return {
		result: {
			claimed: claimedOf(found, lease, { shard: env.SHARD, bookmark: latest() ?? OLDEST }),
			dueLater: earlyWakeUps(
				found.filter(({ id }) => !left.has(String(id))),
				now,
			),
			forSlowQueue: [],
		},
		left: wakeUps.filter(({ deliveryId }) => left.has(deliveryId)),
	};
}

/** Claims what every webhook's breaker and limits allow, and moves the rest to where it has to wait. */
async function claimLimited(
	env: Env,
	wakeUps: readonly DeliveryWakeUp[],
	{ lease, leaseUntil, now, from }: Claim,
): Promise<ClaimResult> {
	const { keysQuery, isWoken, isDue } = wokenBy(wakeUps, now);
	const isQueued = sql`${deliveries}."webhookId" = queued."webhookId" AND ${deliveries}."id" = queued."id"`;
	const paused = sql`SELECT DISTINCT webhook."organizationId", webhook."id" FROM ${deliveries} AS delivery
		CROSS JOIN ${webhooks} AS webhook ON ${isWebhookOfDelivery}
			AND (webhook."pausedUntil" IS NOT NULL OR webhook."rateLimit" IS NOT NULL) WHERE ${isWoken}`;
	const goesToSlowQueue = sql`queued."slow" AND ${from} = 'first'`;
	const { db, latest } = primaryDatabase(env.DB);
	const [, , movedToSlowQueue = [], , probes = [], found = []] = await write(db, [
		sql`UPDATE ${deliveries} SET "lease" = ${lease}, "leaseUntil" = ${leaseUntil}, "lastAttempt" = "lastAttempt" + 1
			FROM (${rankedDeliveries(isDue, now)}) AS queued WHERE ${isQueued} AND ${canProceed(now)} AND NOT (${goesToSlowQueue})`,
		noteClaims(sql`("webhookId", "id") IN ${keysQuery}`, lease, now, leaseUntil),
		sql`UPDATE ${deliveries} SET "lease" = NULL, "leaseUntil" = ${wakeUpMark(sql`"dueAt"`, now)}
			FROM (${rankedDeliveries(isDue, now)}) AS queued WHERE ${isQueued} AND ${goesToSlowQueue}
				AND NOT ${mustWait(now)} ${returningWakeUps(now)}`,
		moveToBacklog(isDue, now),
		releaseBacklog(paused, now),
		deliveriesToSend(isWoken),
	]);
	const probeWakeUps = wakeUpsOf(probes, now);
	const probingIds = new Set(probeWakeUps.map(({ deliveryId }) => deliveryId));
	return {
		claimed: claimedOf(found, lease, { shard: env.SHARD, bookmark: latest() ?? OLDEST }),
		dueLater: [
			...probeWakeUps,
			...earlyWakeUps(
				found.filter(({ id }) => !probingIds.has(String(id))),
				now,
			),
		],
		forSlowQueue: wakeUpsOf(movedToSlowQueue, now),
	};
}

const claimedOf = (found: readonly RawRow[], lease: string, seen: Seen): ClaimedDelivery[] =>
	found.filter((row) => row.lease === lease).map((row) => decodeClaimed(row, seen));

/** The wake-ups of deliveries that were woken too early. */
const earlyWakeUps = (found: readonly RawRow[], now: number): WakeUp[] =>
	wakeUpsOf(
		found
			.filter(({ lease, dueAt }) => lease === null && Number(dueAt) > now)
			.map((row) => ({ ...row, slow: isSlowRow(row, now) })),
		now,
	);

const isSlowRow = (row: RawRow, now: number) => Number(Number(row["webhook.slowUntil"]) > now);
