// The circuit breaker of a webhook. While it is open, one delivery at a time is sent as a probe. Its state is two columns of
// the webhook's row, read and written in the batches that claim deliveries and record attempts.
import { deliveries, webhooks } from "../db/schema/webhooks.ts";
import { type SQL, sql } from "../db/sql.ts";
import { isAmong, notDeleted } from "../db/tenant.ts";
import { BACKLOG_OFFSET, isWebhookOfDelivery } from "../outbox/backlog.ts";

/** Consecutive failures that open the breaker. */
const FAILURES_TO_OPEN = 10;
const FIRST_PAUSE_SECONDS = 60;
const MAX_PAUSE_SECONDS = 900;

/**
 * A query that ranks the deliveries that meet `due` (a condition on the rows `delivery` and `webhook`) within their webhook,
 * with the webhook's breaker state.
 */
export function rankedDeliveries(due: SQL, now: number): SQL {
	return sql`SELECT delivery."webhookId", delivery."id", webhook."pausedUntil", coalesce(webhook."slowUntil" > ${now}, 0) AS "slow",
			delivery."manualWaiting" > 0 OR delivery."test" AS "urgent",
			row_number() OVER (PARTITION BY delivery."webhookId", delivery."manualWaiting" > 0 OR delivery."test"
				ORDER BY delivery."nextAttemptAt", delivery."id") AS "place"
		FROM ${deliveries} AS delivery LEFT JOIN ${webhooks} AS webhook ON ${isWebhookOfDelivery} AND ${notDeleted("webhook")}
		WHERE ${due}`;
}

/**
 * Whether a row of `rankedDeliveries`, with the alias `queued`, may be sent now: manual attempts and test sends always, any
 * other while the breaker is closed, and the first one when a probe is due.
 */
export const canProceed = (now: number) =>
	sql`(queued."urgent" OR queued."pausedUntil" IS NULL OR (queued."pausedUntil" <= ${now} AND queued."place" = 1))`;

/** Blocks further probes until `until` (ms) while the probes among the deliveries claimed by `lease` are being sent. */
export function blockProbes(claimed: SQL, lease: string, now: number, until: number): SQL {
	return sql`UPDATE ${webhooks} SET "pausedUntil" = ${until} WHERE "pausedUntil" <= ${now} AND ${isAmong(
		webhooks,
		sql`SELECT "organizationId", "webhookId" FROM ${deliveries} WHERE ${claimed} AND "lease" = ${lease} AND "manualWaiting" = 0 AND "test" = 0`,
	)}`;
}

/** Puts the other deliveries that meet `due` into the backlog of their webhook. */
export function moveToBacklog(due: SQL, now: number): SQL {
	return sql`UPDATE ${deliveries} SET "dueAt" = ${BACKLOG_OFFSET} + "nextAttemptAt", "lease" = NULL, "leaseUntil" = NULL
		FROM (${rankedDeliveries(due, now)}) AS queued
		WHERE ${deliveries}."webhookId" = queued."webhookId" AND ${deliveries}."id" = queued."id" AND NOT queued."urgent"
			AND queued."pausedUntil" > ${now}`;
}

/**
 * The SET assignments for a webhook's breaker after a group of its attempts. They read `succeededAt`, the number of `failures`
 * after it, and `probe` from a JSON row `health`, and the webhook's columns as they were before.
 */
export function breakerAssignments(now: number): SQL {
	const failures = sql`(iif(health.value->>'succeededAt' IS NULL, "consecutiveFailures", 0) + (health.value->>'failures'))`;
	const seconds = sql`CASE WHEN health.value->>'succeededAt' IS NOT NULL OR "pausedUntil" IS NULL
			THEN iif(${failures} >= ${FAILURES_TO_OPEN}, ${FIRST_PAUSE_SECONDS}, NULL)
		WHEN health.value->>'probe' THEN min(2 * "pauseSeconds", ${MAX_PAUSE_SECONDS}) ELSE "pauseSeconds" END`;
	const isUnchanged = sql`"pausedUntil" IS NOT NULL AND health.value->>'succeededAt' IS NULL AND NOT (health.value->>'probe')`;
	return sql`"consecutiveFailures" = ${failures}, "pauseSeconds" = ${seconds},
		"pausedUntil" = iif(${isUnchanged}, "pausedUntil", ${now} + 1000 * (${seconds}))`;
}
