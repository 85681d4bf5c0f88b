// The breaker: a webhook that keeps failing is left alone and asked once in a while, by one delivery at a time. It is
// two columns of the webhook's row, read and moved by the same batches that claim deliveries and record attempts.
import { type SQL, sql } from "drizzle-orm";
import type { EventCtx } from "../context.ts";
import type { Statement } from "../db/commit.ts";
import { deliveries, webhooks } from "../db/schema/webhooks.ts";

/** Failures in a row that open it. */
const FAILURES_TO_OPEN = 10;
const FIRST_PAUSE_SECONDS = 60;
const LONGEST_PAUSE_SECONDS = 900;

/** How long those who wait are left alone, unless a success releases them: each look at them is a row written. */
const PARKED_MS = 3_600_000;

/** Of the deliveries of `due` (SQL over rows `delivery` and `webhook`), how each stands with its webhook's breaker. */
export function queueing(due: SQL): SQL {
	return sql`SELECT delivery."webhookId", delivery."id", webhook."pausedUntil", delivery."manualWaiting" > 0 OR delivery."test" AS "urgent",
			row_number() OVER (PARTITION BY delivery."webhookId", delivery."manualWaiting" > 0 OR delivery."test"
				ORDER BY delivery."nextAttemptAt", delivery."id") AS "place"
		FROM ${deliveries} AS delivery LEFT JOIN ${webhooks} AS webhook ON webhook."organizationId" = delivery."organizationId"
			AND webhook."id" = delivery."webhookId" AND webhook."deletedAt" IS NULL
		WHERE ${due}`;
}

/**
 * Whether a row of `queueing`, called `queued`, may go ahead: what a person asked for always, anything while the breaker is
 * closed, and the first in line when a probe is due.
 */
export const mayGo = (now: number) =>
	sql`(queued."urgent" OR queued."pausedUntil" IS NULL OR (queued."pausedUntil" <= ${now} AND queued."place" = 1))`;

/** Keeps others from probing until `until`, while the probes among the deliveries claimed by `lease` are under way. */
export function holdProbes(claimed: SQL, lease: string, now: number, until: number): SQL {
	return sql`UPDATE ${webhooks} SET "pausedUntil" = ${until} WHERE "pausedUntil" <= ${now} AND ("organizationId", "id") IN
		(SELECT "organizationId", "webhookId" FROM ${deliveries} WHERE ${claimed} AND "lease" = ${lease} AND "manualWaiting" = 0 AND "test" = 0)`;
}

/** Lets the rest of `due` wait: the first in line until the next probe, the others until they are released. */
export function park(due: SQL, now: number): SQL {
	return sql`UPDATE ${deliveries} SET "dueAt" = iif(queued."place" = 1, queued."pausedUntil", ${now + PARKED_MS})
		FROM (${queueing(due)}) AS queued
		WHERE ${deliveries}."webhookId" = queued."webhookId" AND ${deliveries}."id" = queued."id" AND queued."pausedUntil" > ${now}`;
}

/** Whether a delivery that is due later waits to be released, so that nobody need be woken for it. */
export const isParked = (dueAt: number, now: number) => dueAt === now + PARKED_MS;

/**
 * The assignments to a webhook's breaker by what came of a group of its attempts, in a row `health`: `succeededAt`,
 * `failures` after it, and `probe`. They read the columns as they were before.
 */
export function moved(now: number): SQL {
	const failures = sql`(iif(health.value->>'succeededAt' IS NULL, "consecutiveFailures", 0) + (health.value->>'failures'))`;
	const seconds = sql`CASE WHEN health.value->>'succeededAt' IS NOT NULL OR "pausedUntil" IS NULL
			THEN iif(${failures} >= ${FAILURES_TO_OPEN}, ${FIRST_PAUSE_SECONDS}, NULL)
		WHEN health.value->>'probe' THEN min(2 * "pauseSeconds", ${LONGEST_PAUSE_SECONDS}) ELSE "pauseSeconds" END`;
	const stays = sql`"pausedUntil" IS NOT NULL AND health.value->>'succeededAt' IS NULL AND NOT (health.value->>'probe')`;
	return sql`"consecutiveFailures" = ${failures}, "pauseSeconds" = ${seconds},
		"pausedUntil" = iif(${stays}, "pausedUntil", ${now} + 1000 * (${seconds}))`;
}

/** Everything that waited for the breaker goes on as its schedule says. */
export function release(ctx: EventCtx, webhookId: string): Statement {
	return {
		query: sql`UPDATE ${deliveries} INDEXED BY "deliveries_due" SET "dueAt" = "nextAttemptAt"
			WHERE "dueAt" IS NOT NULL AND "webhookId" = ${webhookId} AND "status" = 'pending' AND "nextAttemptAt" < "dueAt"
			RETURNING "webhookId", "id"`,
		committed: (rows) => ctx.wake(rows.map(identity)),
	};
}

/** Chooses who probes next, if the breaker is open: the delivery that has waited longest. */
export function nextProbe(ctx: EventCtx, organizationId: string, webhookId: string): Statement {
	const pausedUntil = sql`(SELECT "pausedUntil" FROM ${webhooks} WHERE "organizationId" = ${organizationId} AND "id" = ${webhookId})`;
	return {
		query: sql`UPDATE ${deliveries} SET "dueAt" = max("nextAttemptAt", ${pausedUntil})
			WHERE ("webhookId", "id") = (SELECT "webhookId", "id" FROM ${deliveries} INDEXED BY "deliveries_due"
				WHERE "dueAt" IS NOT NULL AND "webhookId" = ${webhookId} AND "status" = 'pending' AND "lease" IS NULL
				ORDER BY "nextAttemptAt", "id" LIMIT 1)
			AND ${pausedUntil} IS NOT NULL AND "manualWaiting" = 0
			RETURNING "webhookId", "id", "dueAt"`,
		committed: (rows) => {
			for (const row of rows)
				ctx.wake([
					{ ...identity(row), delaySeconds: Math.max(0, Math.ceil((Number(row.dueAt) - ctx.now) / 1_000)) },
				]);
		},
	};
}

const identity = ({ webhookId, id }: Record<string, unknown>) => ({
	webhookId: String(webhookId),
	deliveryId: String(id),
	slow: false,
});
