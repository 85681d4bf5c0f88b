// Claiming a delivery. Of all consumers that are woken for it, one gets it. A claim is a lease in the row, so it ends by itself
// when the consumer dies. One round trip claims ten deliveries and reads what sending them needs; a second one follows if webhooks
// among theirs are paused, slow, ordered or have a rate limit, and once an hour if one wants names.

import { batch, type RawRow } from "../db/client.ts";
import { write } from "../db/commit.ts";
import { isSendingSuspended } from "../db/moves.ts";
import { deliveries, webhooks } from "../db/schema/webhooks.ts";
import { OLDEST, primaryDatabase } from "../db/seen.ts";
import { type NumberOperand, type SQL, sql } from "../db/sql.ts";
import { notDeleted } from "../db/tenant.ts";
import { type DeliveryWakeUp, type Env, sendingRules, type WakeUp } from "../env.ts";
import { Memory } from "../memory.ts";
import {
	isWebhookOfDelivery,
	releaseBacklog,
	returningWakeUps,
	wakeUpMark,
	wakeUpsOf,
} from "../outbox/backlog.ts";
import { HOUR_MS } from "../time.ts";
import { canProceed, moveToBacklog, mustWait, noteClaims, rankedDeliveries } from "./breaker.ts";
import { type ClaimedDelivery, decodeClaimed, deliveriesToSend, namesToSend } from "./claimed.ts";

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

/** One consumer's claim. */
interface Claim {
	readonly lease: string;
	readonly leaseUntil: number;
	readonly now: number;
	readonly from: "first" | "slow";
}

/** The deliveries that wake-ups name, as a list of JSON. */
const keysOf = (wakeUps: readonly DeliveryWakeUp[]): string =>
	JSON.stringify(wakeUps.map(({ webhookId, deliveryId }) => [webhookId, deliveryId]));

/** The deliveries that a group of wake-ups names, as conditions on a row `delivery`. */
function wokenBy(keys: SQL | string) {
	const keysQuery = sql`(SELECT value->>0, value->>1 FROM json_each(${keys}))`;
	const isWoken = sql`(delivery."webhookId", delivery."id") IN ${keysQuery} AND NOT ${isSendingSuspended(sql`delivery."organizationId"`)}`;
	return {
		keysQuery,
		isWoken,
		isDue: (now: NumberOperand) =>
			sql`${isWoken} AND delivery."dueAt" <= ${now} AND (delivery."lease" IS NULL OR delivery."leaseUntil" <= ${now})`,
	};
}

const reading = sql.prepared<[keys: string]>((keys) => deliveriesToSend(wokenBy(keys).isWoken));
const readingNames = sql.prepared<[keys: string]>((keys) => namesToSend(wokenBy(keys).isWoken));

/** Webhooks that want names, as far as this isolate has met them: theirs are read with the claim. */
const knownToExpand = new Memory<true>();

/**
 * Claims in one batch, and reads what the wake-ups name. Names that were not expected take one more round trip: once an hour for
 * each webhook that wants some.
 * @param statements those that claim, under the lease of `claiming`
 * @returns the rows that each statement returned, and those of all woken deliveries; of them those claimed, decoded
 */
async function carryOut(
	env: Env,
	wakeUps: readonly DeliveryWakeUp[],
	{ lease, now }: Claim,
	statements: readonly SQL[],
) {
	const keys = keysOf(wakeUps);
	const expands = wakeUps.some(({ webhookId }) => knownToExpand.get(webhookId, now));
	const { db, latest } = primaryDatabase(env.DB);
	const results = await write(db, [...statements, reading(keys), ...(expands ? [readingNames(keys)] : [])]);
	const seen = { shard: env.SHARD, bookmark: latest() ?? OLDEST };
	const [rows = [], names] = results.slice(statements.length);
	const held = rows.filter((row) => row.lease === lease);
	const wanting = held.filter(({ wantsNames }) => wantsNames === 1);
	for (const { webhookId } of wanting) knownToExpand.set(String(webhookId), true, now, HOUR_MS);
	const isMissing = wanting.length > 0 && !names;
	const [found = []] = isMissing ? await batch(env.DB, [readingNames(keys)]) : [names];
	const namesById = new Map(found.map((row) => [row.id, row.names]));
	return { results, rows, claimed: held.map((row) => decodeClaimed(row, namesById.get(row.id), seen)) };
}

/** Claims those that are due and whose webhook nothing limits. */
const claimingUnlimited = sql.prepared<
	[keys: string, lease: string, leaseUntil: number, now: number, from: string]
>((keys, lease, leaseUntil, now, from) => {
	const isLimited = sql`EXISTS (SELECT 1 FROM ${webhooks} AS webhook WHERE ${isWebhookOfDelivery} AND ${notDeleted("webhook")}
		AND (webhook."pausedUntil" IS NOT NULL OR webhook."rateLimit" IS NOT NULL OR webhook."ordered" OR (${from} = 'first' AND webhook."slowUntil" > ${now})))`;
	return sql`UPDATE ${deliveries} AS delivery SET "lease" = ${lease}, "leaseUntil" = ${leaseUntil}, "lastAttempt" = "lastAttempt" + 1
		WHERE ${wokenBy(keys).isDue(now)} AND NOT ${isLimited}`;
});

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
	const { rows, claimed } = await carryOut(env, wakeUps, claiming, [
		claimingUnlimited(keysOf(wakeUps), lease, leaseUntil, now, from),
	]);
	const isLeft = (row: RawRow) =>
		row.lease !== lease &&
		(row["webhook.pausedUntil"] !== null ||
			row["webhook.rateLimit"] !== null ||
			(row.dueAt !== null &&
				Number(row.dueAt) <= now &&
				(row.lease === null || Number(row.leaseUntil) <= now)));
	const left = new Set(rows.filter(isLeft).map(({ id }) => String(id)));
	return {
		result: {
			claimed,
			dueLater: earlyWakeUps(
				rows.filter(({ id }) => !left.has(String(id))),
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
	claiming: Claim,
): Promise<ClaimResult> {
	const { lease, leaseUntil, now, from } = claiming;
	const { keysQuery, isWoken, ...woken } = wokenBy(keysOf(wakeUps));
	const isDue = woken.isDue(now);
	const isQueued = sql`${deliveries}."webhookId" = queued."webhookId" AND ${deliveries}."id" = queued."id"`;
	const paused = sql`SELECT DISTINCT webhook."organizationId", webhook."id" FROM ${deliveries} AS delivery
		CROSS JOIN ${webhooks} AS webhook ON ${isWebhookOfDelivery}
			AND (webhook."pausedUntil" IS NOT NULL OR webhook."rateLimit" IS NOT NULL) WHERE ${isWoken}`;
	const goesToSlowQueue = sql`queued."slow" AND ${from} = 'first'`;
	const { results, rows, claimed } = await carryOut(env, wakeUps, claiming, [
		sql`UPDATE ${deliveries} SET "lease" = ${lease}, "leaseUntil" = ${leaseUntil}, "lastAttempt" = "lastAttempt" + 1
			FROM (${rankedDeliveries(isDue, now)}) AS queued WHERE ${isQueued} AND ${canProceed(now)} AND NOT (${goesToSlowQueue})`,
		noteClaims(sql`("webhookId", "id") IN ${keysQuery}`, lease, now, leaseUntil),
		sql`UPDATE ${deliveries} SET "lease" = NULL, "leaseUntil" = ${wakeUpMark(sql`"dueAt"`, now)}
			FROM (${rankedDeliveries(isDue, now)}) AS queued WHERE ${isQueued} AND ${goesToSlowQueue}
				AND NOT ${mustWait(now)} ${returningWakeUps(now)}`,
		moveToBacklog(isDue, now),
		releaseBacklog(paused, now),
	]);
	const [, , movedToSlowQueue = [], , probes = []] = results;
	const probeWakeUps = wakeUpsOf(probes, now);
	const probingIds = new Set(probeWakeUps.map(({ deliveryId }) => deliveryId));
	return {
		claimed,
		dueLater: [
			...probeWakeUps,
			...earlyWakeUps(
				rows.filter(({ id }) => !probingIds.has(String(id))),
				now,
			),
		],
		forSlowQueue: wakeUpsOf(movedToSlowQueue, now),
	};
}

/** The wake-ups of deliveries that were woken too early. */
const earlyWakeUps = (rows: readonly RawRow[], now: number): WakeUp[] =>
	wakeUpsOf(
		rows
			.filter(({ lease, dueAt }) => lease === null && Number(dueAt) > now)
			.map((row) => ({ ...row, slow: isSlowRow(row, now) })),
		now,
	);

const isSlowRow = (row: RawRow, now: number) => Number(Number(row["webhook.slowUntil"]) > now);
