// A webhook's line. Of the deliveries that wait for one webhook only a few are awake: told of by a wake-up, or being sent.
// The others stand in line in D1, without a message, and go on when an attempt that ends makes room. So a backlog, however
// long, costs the queue and the other webhooks nothing.

import { type SQL, sql } from "drizzle-orm";
import type { EventCtx } from "../context.ts";
import type { RawRow } from "../db/client.ts";
import type { Statement } from "../db/commit.ts";
import { deliveries, webhooks } from "../db/schema/webhooks.ts";
import { isRow, ownedBy, rowOf } from "../db/tenant.ts";
import type { WakeUp } from "../env.ts";

/**
 * How many of one webhook are awake at once; and as many more may have a timer, which is a wake-up that the queue holds back
 * until a retry. Two queue batches: enough that a quick receiver never waits for the next wake-up, few enough that those of a
 * receiver that hangs for 30 s are through in two minutes, and open its breaker (ten failures) before half of them are tried.
 */
export const WINDOW = 20;

/** Far beyond any instant, so that in the index the line stands behind whoever is awake or has a timer, in its own order. */
export const LINE_OFFSET = 1e14;

/** How long a wake-up is trusted to arrive. Once a minute the sweeper looks for those that did not. */
const TRUST_MS = 60_000;
/** Where the queue is slow: twenty that hang for 30 s each, five at a time, take two minutes, and others stand in it too. */
export const LONGEST_TRUST_MS = 900_000;

/** A webhook among its organization's. */
export interface HookKey {
	readonly organizationId: string;
	readonly id: string;
}

/** The condition that rows of `deliveries` are a webhook's. */
export const areOf = ({ organizationId, id }: HookKey): SQL =>
	sql`${deliveries.webhookId} = ${id} AND ${ownedBy(deliveries, organizationId)}`;

/** Webhooks as a query that `release` takes. */
export const hooksOf = (keys: readonly HookKey[]): SQL => {
	const pairs = new Map(keys.map(({ organizationId, id }) => [id, [organizationId, id]]));
	return sql`SELECT value->>0 AS "organizationId", value->>1 AS "id" FROM json_each(${JSON.stringify([...pairs.values()])})`;
};

/** How many rows of a webhook the index has in a range of `dueAt`; counts to `WINDOW` and no further. */
const counted = (webhookId: SQL, range: SQL): SQL =>
	sql`(SELECT count(*) FROM (SELECT 1 FROM ${deliveries} INDEXED BY "deliveries_due" WHERE "webhookId" = ${webhookId} AND ${range} LIMIT ${WINDOW}))`;

/** How many of a webhook are awake. */
const awake = (webhookId: SQL, now: number): SQL => counted(webhookId, sql`"dueAt" <= ${now}`);

/** How many of a webhook have a timer. */
const timed = (webhookId: SQL, now: number): SQL =>
	counted(webhookId, sql`"dueAt" > ${now} AND "dueAt" < ${LINE_OFFSET}`);

/** Whether one more of a webhook, the `place`th of its batch, may get a wake-up for `dueAt` (ms), now or later. */
export const hasRoom = (webhookId: SQL, place: SQL, dueAt: SQL, now: number): SQL =>
	sql`CASE WHEN ${place} > ${WINDOW} THEN 0 WHEN ${dueAt} <= ${now} THEN ${awake(webhookId, now)} + ${place} <= ${WINDOW}
		ELSE ${timed(webhookId, now)} + ${place} <= ${WINDOW} END`;

/** Whether somebody of a webhook will be awake by an instant. */
const attended = (webhookId: SQL, until: SQL): SQL =>
	sql`EXISTS (SELECT 1 FROM ${deliveries} INDEXED BY "deliveries_due" WHERE "webhookId" = ${webhookId} AND "dueAt" <= ${until})`;

/**
 * Whether a new delivery of the webhook `hook`, the `place`th of its batch and due at an instant, may get a wake-up: while the
 * breaker is open, only as its probe.
 */
export const mayWake = (hook: { id: SQL; pausedUntil: SQL }, place: SQL, dueAt: number, now: number): SQL =>
	sql`CASE WHEN ${hook.pausedUntil} IS NULL THEN ${hasRoom(hook.id, place, sql`${dueAt}`, now)}
		ELSE ${place} = 1 AND NOT ${attended(hook.id, sql`max(${dueAt}, ${hook.pausedUntil})`)} END`;

/** The webhook of a row of `deliveries`: what comes after FROM. */
const webhookOfRow = rowOf(webhooks, deliveries.organizationId, deliveries.webhookId);

/** In a query that calls them so: the condition that the row `webhook` is that of the row `delivery`. */
export const isItsWebhook = isRow("webhook", sql`delivery."organizationId"`, sql`delivery."webhookId"`);

/** Whether the webhook of a row of `deliveries` is known to answer slowly. */
export const isSlow = (now: number): SQL =>
	sql`coalesce((SELECT "slowUntil" > ${now} FROM ${webhookOfRow}), 0)`;

/** How long a wake-up is trusted that goes through the queue of the slow, or the other one. */
export const trust = (slow: SQL): SQL => sql`iif(${slow}, ${LONGEST_TRUST_MS}, ${TRUST_MS})`;

/** How long a wake-up is trusted for a row of `deliveries`. */
export const trustedFor = (now: number): SQL => trust(isSlow(now));

/** The mark of a row of `deliveries` that gets a wake-up for `dueAt`: until then nobody need send another. */
export const markFor = (dueAt: SQL, now: number): SQL => sql`max(${dueAt}, ${now}) + ${trustedFor(now)}`;

/** What a statement that causes wake-ups says of its rows, for `wakeUpsOf`. */
export const woken = (now: number): SQL =>
	sql`RETURNING "webhookId", "id", "dueAt", ${isSlow(now)} AS "slow"`;

/** The wake-ups for rows of `woken`; those in line, or done, need none. */
export function wakeUpsOf(rows: readonly RawRow[], now: number): WakeUp[] {
	return rows.flatMap(({ webhookId, id, dueAt, slow }) =>
		typeof dueAt !== "number" || dueAt >= LINE_OFFSET
			? []
			: [
					{
						webhookId: String(webhookId),
						deliveryId: String(id),
						slow: slow === 1,
						delaySeconds: Math.max(0, Math.ceil((dueAt - now) / 1_000)),
					},
				],
	);
}

/** The statement of a query that returns rows of `woken`; their wake-ups go to `wake` once it is committed. */
export const waking = (query: SQL, { now, wake }: Pick<EventCtx, "now" | "wake">): Statement => ({
	query,
	committed: (rows) => wake(wakeUpsOf(rows, now)),
});

/** Puts who waits for the time of a probe back into the line of its webhook, which is no longer paused; `release` comes next. */
export function freeProbe(hook: HookKey, now: number): SQL {
	const its = areOf(hook);
	return sql`UPDATE ${deliveries} SET "dueAt" = ${LINE_OFFSET} + "nextAttemptAt", "leaseUntil" = NULL
		WHERE ${its} AND "id" IN (SELECT "id" FROM ${deliveries} INDEXED BY "deliveries_due"
			WHERE ${its} AND "dueAt" > ${now} AND "dueAt" < ${LINE_OFFSET} AND "nextAttemptAt" < "dueAt" AND "status" = 'pending')`;
}

/**
 * Wakes, of each webhook's line, as many of the first as its window has room for and whose time has come. While its breaker
 * is open that is one, for the time of the probe, unless somebody else will be awake by then.
 * @param hooks a query of `organizationId` and `id`
 */
export function release(hooks: SQL, now: number): SQL {
	const id = sql`webhook."id"`;
	const line = sql`FROM ${deliveries} INDEXED BY "deliveries_due" WHERE "webhookId" = ${id} AND "dueAt" >= ${LINE_OFFSET}`;
	const ready = sql`iif(webhook."pausedUntil" IS NULL, ${LINE_OFFSET + now}, 2 * ${LINE_OFFSET})`;
	const first = sql`(SELECT json_group_array("id") FROM (SELECT "id" ${line} AND "dueAt" <= ${ready} ORDER BY "dueAt" LIMIT ${WINDOW}))`;
	const probeAt = sql`max(webhook."pausedUntil", (SELECT "dueAt" - ${LINE_OFFSET} ${line} ORDER BY "dueAt" LIMIT 1))`;
	const dueAt = sql`max("dueAt" - ${LINE_OFFSET}, coalesce((SELECT "pausedUntil" FROM ${webhookOfRow}), 0))`;
	return sql`UPDATE ${deliveries} SET "dueAt" = ${dueAt}, "leaseUntil" = ${markFor(dueAt, now)}
		WHERE ("webhookId", "id") IN (SELECT webhook."id", first.value FROM (${hooks}) AS named
			CROSS JOIN ${webhooks} AS webhook ON ${isRow("webhook", sql`named."organizationId"`, sql`named."id"`)}
				AND webhook."status" = 'active' AND webhook."deletedAt" IS NULL
			CROSS JOIN json_each(${first}) AS first
			WHERE first.key < CASE WHEN webhook."pausedUntil" IS NULL THEN ${WINDOW} - ${awake(id, now)} ELSE NOT ${attended(id, probeAt)} END)
		${woken(now)}`;
}
