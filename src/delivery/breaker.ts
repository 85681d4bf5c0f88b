// The circuit breaker of a webhook. While it is open, one delivery at a time is sent as a probe. Its state is two columns of
// the webhook's row, read and written in the batches that claim deliveries and record attempts.
import { deliveries, webhooks } from "../db/schema/webhooks.ts";
import { type SQL, sql } from "../db/sql.ts";
import { isAmong, notDeleted } from "../db/tenant.ts";
import { isWebhookOfDelivery } from "../outbox/backlog.ts";
import { allowedNow, countAttemptsNow, dueInBacklog } from "../outbox/pace.ts";

const FAILURES_TO_OPEN = 10;
const FIRST_PAUSE_SECONDS = 60;
const MAX_PAUSE_SECONDS = 900;

/**
 * A query that ranks the deliveries that meet `due` (a condition on the rows `delivery` and `webhook`) within their webhook,
 * with the webhook's breaker state and limits.
 */
export function rankedDeliveries(due: SQL, now: number): SQL {
	return sql`SELECT delivery."webhookId", delivery."id", webhook."pausedUntil", webhook."ordered", webhook."rateLimit", webhook."rateUsed", webhook."rateAt", coalesce(webhook."slowUntil" > ${now}, 0) AS "slow",
			delivery."manualWaiting" > 0 OR delivery."test" AS "urgent",
			row_number() OVER (PARTITION BY delivery."webhookId", delivery."manualWaiting" > 0 OR delivery."test"
				ORDER BY delivery."nextAttemptAt", delivery."id") AS "place"
		FROM ${deliveries} AS delivery LEFT JOIN ${webhooks} AS webhook ON ${isWebhookOfDelivery} AND ${notDeleted("webhook")}
		WHERE ${due}`;
}

/**
 * Whether a row of `rankedDeliveries`, with the alias `queued`, may be sent now: manual attempts and test sends always, any
 * other within the webhook's limits while the breaker is closed, and the first one when a probe is due.
 */
export const canProceed = (now: number) =>
	sql`(queued."urgent" OR (queued."place" <= ${allowedNow(sql`queued`, now)}
		AND (queued."pausedUntil" IS NULL OR (queued."pausedUntil" <= ${now} AND queued."place" = 1))))`;

/** Whether it must wait because the breaker is open or the limits are reached. */
export const mustWait = (now: number) =>
	sql`(NOT queued."urgent" AND (coalesce(queued."pausedUntil", 0) > ${now} OR queued."place" > ${allowedNow(sql`queued`, now)}))`;

/**
 * Counts the deliveries claimed by `lease` for their webhooks' rate limits, and blocks further probes until `until` (ms) while the
 * probes among them are being sent. Requested attempts and test sends are neither.
 */
export function noteClaims(claimed: SQL, lease: string, now: number, until: number): SQL {
	const own = sql`FROM ${deliveries} WHERE ${claimed} AND "lease" = ${lease} AND "manualWaiting" = 0 AND "test" = 0`;
	return sql`UPDATE ${webhooks} SET "pausedUntil" = iif("pausedUntil" <= ${now}, ${until}, "pausedUntil"),
			${countAttemptsNow(sql`${webhooks}`, sql`(SELECT count(*) ${own} AND "webhookId" = ${webhooks.id})`, now)}
		WHERE ("pausedUntil" <= ${now} OR "rateLimit" IS NOT NULL) AND ${isAmong(webhooks, sql`SELECT "organizationId", "webhookId" ${own}`)}`;
}

/**
 * Takes back what `noteClaims` has counted for claims that end without an attempt, as long as their leases are held. Not where others
 * were claimed since: the rate limit counts from these.
 * @param ended JSON rows with the alias `ending`
 * @param isHeld the condition that a row `delivery` is that of an `ending`
 */
export function uncountClaims(ended: SQL, isHeld: SQL, hooks: SQL, leaseMs: number): SQL {
	const claims = sql`SELECT count(*) FROM ${ended} AS ending CROSS JOIN ${deliveries} AS delivery ON ${isHeld}
		WHERE delivery."webhookId" = ${webhooks.id} AND delivery."leaseUntil" = ${webhooks}."rateAt" + ${leaseMs}`;
	return sql`UPDATE ${webhooks} SET "rateUsed" = max(0, "rateUsed" - (${claims})) WHERE "rateUsed" > 0 AND ${isAmong(webhooks, hooks)}`;
}

/** Puts the other deliveries that meet `due` into the backlog of their webhook. */
export function moveToBacklog(due: SQL, now: number): SQL {
	return sql`UPDATE ${deliveries} SET "dueAt" = ${dueInBacklog(sql`queued."ordered"`, sql`"eventId"`, sql`"nextAttemptAt"`)}, "lease" = NULL, "leaseUntil" = NULL
		FROM (${rankedDeliveries(due, now)}) AS queued
		WHERE ${deliveries}."webhookId" = queued."webhookId" AND ${deliveries}."id" = queued."id" AND ${mustWait(now)}`;
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
