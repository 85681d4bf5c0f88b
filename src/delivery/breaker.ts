// The breaker: a webhook that keeps failing is left alone and asked once in a while, by one delivery at a time. It is
// two columns of the webhook's row, read and moved by the same batches that claim deliveries and record attempts.
import { type SQL, sql } from "drizzle-orm";
import { deliveries, webhooks } from "../db/schema/webhooks.ts";
import { among } from "../db/tenant.ts";
import { isItsWebhook, LINE_OFFSET } from "../outbox/line.ts";

/** Failures in a row that open it. */
const FAILURES_TO_OPEN = 10;
const FIRST_PAUSE_SECONDS = 60;
const LONGEST_PAUSE_SECONDS = 900;

/** Of the deliveries of `due` (SQL over rows `delivery` and `webhook`), how each stands with its webhook. */
export function queueing(due: SQL, now: number): SQL {
	return sql`SELECT delivery."webhookId", delivery."id", webhook."pausedUntil", coalesce(webhook."slowUntil" > ${now}, 0) AS "slow",
			delivery."manualWaiting" > 0 OR delivery."test" AS "urgent",
			row_number() OVER (PARTITION BY delivery."webhookId", delivery."manualWaiting" > 0 OR delivery."test"
				ORDER BY delivery."nextAttemptAt", delivery."id") AS "place"
		FROM ${deliveries} AS delivery LEFT JOIN ${webhooks} AS webhook ON ${isItsWebhook} AND webhook."deletedAt" IS NULL
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
	return sql`UPDATE ${webhooks} SET "pausedUntil" = ${until} WHERE "pausedUntil" <= ${now} AND ${among(
		webhooks,
		sql`SELECT "organizationId", "webhookId" FROM ${deliveries} WHERE ${claimed} AND "lease" = ${lease} AND "manualWaiting" = 0 AND "test" = 0`,
	)}`;
}

/** Puts the rest of `due` into its webhook's line. */
export function putInLine(due: SQL, now: number): SQL {
	return sql`UPDATE ${deliveries} SET "dueAt" = ${LINE_OFFSET} + "nextAttemptAt", "lease" = NULL, "leaseUntil" = NULL
		FROM (${queueing(due, now)}) AS queued
		WHERE ${deliveries}."webhookId" = queued."webhookId" AND ${deliveries}."id" = queued."id" AND NOT queued."urgent"
			AND queued."pausedUntil" > ${now}`;
}

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
