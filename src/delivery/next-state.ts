// The next state of deliveries after an attempt: done, due again later, or due again now.
import { expect, type Statement } from "../db/commit.ts";
import { deliveries, webhooks } from "../db/schema/webhooks.ts";
import { COMPUTED_ONCE, sql } from "../db/sql.ts";
import type { WakeUp } from "../env.ts";
import {
	hasRoomLater,
	isWebhookOfDelivery,
	returningWakeUps,
	wakeUpMark,
	wakingStatement,
	webhooksQuery,
} from "../outbox/backlog.ts";
import { dueInBacklog } from "../outbox/pace.ts";
import { uncountClaims } from "./breaker.ts";
import type { Ending } from "./ending.ts";
import { unsentStatus } from "./health.ts";

/** Between a JSON row `ending` and its `delivery`: that its lease is still held. */
export const isHeld = sql`delivery."webhookId" = ending.value->>'webhookId' AND delivery."id" = ending.value->>'id' AND delivery."lease" = ending.value->>'lease'`;

/**
 * Statements that store the next state of claimed deliveries whose leases are held (`expectLeases`). A manual attempt that was requested
 * meanwhile is due at once. A retry gets a delayed wake-up, or goes into the backlog when the webhook has no room for more or
 * is paused.
 * @param wake receives the wake-ups after the commit
 */
export function setNextState(endings: readonly Ending[], now: number, wake: (wakeUps: WakeUp[]) => void) {
	if (endings.length === 0) return [];
	const places = new Map<string, number>();
	const rows = endings.map((ending) => {
		const { delivery, kind } = ending;
		const isAttempted = kind === "attempted";
		const place = (places.get(delivery.webhookId) ?? 0) + 1;
		places.set(delivery.webhookId, place);
		// A redelivery whose webhook was deleted meanwhile keeps its earlier status.
		const statusIfUnsent =
			kind === "cancelled" && delivery.status === "pending"
				? unsentStatus(delivery.webhook, delivery.isTest)
				: null;
		return {
			webhookId: delivery.webhookId,
			id: delivery.deliveryId,
			lease: delivery.lease,
			place,
			status: isAttempted ? ending.status : statusIfUnsent,
			due: ending.dueAt,
			statusCode: isAttempted ? ending.outcome.statusCode : null,
			attempted: isAttempted ? 1 : 0,
			scheduled: isAttempted && delivery.trigger === "scheduled" ? 1 : 0,
			manual: kind !== "returned" && delivery.trigger === "manual" ? 1 : 0,
			returned: kind === "returned" ? 1 : 0,
		};
	});
	const due = sql`CASE WHEN ending.value->>'returned' THEN ending.value->>'due'
		WHEN delivery."manualWaiting" > (ending.value->>'manual') THEN ${now}
		WHEN ending.value->>'status' IS NULL THEN iif(delivery."status" = 'pending', delivery."nextAttemptAt", NULL)
		ELSE ending.value->>'due' END`;
	const ended = sql`SELECT delivery."webhookId", delivery."id", ending.value AS "value", ${due} AS "due", webhook."pausedUntil" IS NOT NULL AS "paused", webhook."ordered",
			delivery."test" OR delivery."manualWaiting" > (ending.value->>'manual') AS "urgent"
		FROM ${sql.each(rows)} AS ending CROSS JOIN ${deliveries} AS delivery ON ${isHeld}
		LEFT JOIN ${webhooks} AS webhook ON ${isWebhookOfDelivery} ${COMPUTED_ONCE}`;
	// A delivery that may be sent at once keeps its place in the window. One that is part of an order goes back into it: if it is
	// still the first, it is released with this batch for when it is due.
	const isWoken = sql`(ended."urgent" OR NOT (coalesce(ended."ordered", 0) AND NOT (ended."value"->>'returned')) AND NOT ended."paused" AND (ended."due" <= ${now}
		OR ${hasRoomLater(sql`ended."webhookId"`, sql`(ended."value"->>'place')`, now)}))`;
	return [
		wakingStatement(
			sql`UPDATE ${deliveries} SET "status" = coalesce(ended."value"->>'status', "status"),
					"attemptsMade" = "attemptsMade" + (ended."value"->>'scheduled'),
					"lastAttempt" = "lastAttempt" - (ended."value"->>'returned'),
					"lastStatusCode" = iif(ended."value"->>'attempted', ended."value"->>'statusCode', "lastStatusCode"),
					"nextAttemptAt" = iif(ended."value"->>'status' IS NULL, "nextAttemptAt", ended."value"->>'due'),
					"manualWaiting" = max(0, "manualWaiting" - (ended."value"->>'manual')),
					"dueAt" = iif(ended."woken", ended."due", ${dueInBacklog(sql`ended."ordered"`, sql`${deliveries.eventId}`, sql`ended."due"`)}),
					"lease" = NULL, "leaseUntil" = iif(ended."woken", ${wakeUpMark(sql`ended."due"`, now)}, NULL), "updatedAt" = ${now}
				FROM (SELECT ended.*, ${isWoken} AS "woken" FROM (${ended}) AS ended ${COMPUTED_ONCE}) AS ended
				WHERE ${deliveries}."webhookId" = ended."webhookId" AND ${deliveries}."id" = ended."id"
				${returningWakeUps(now)}`,
			{ now, wake },
		),
	];
}

const leasesOf = (endings: readonly Ending[]) =>
	sql.each(endings.map(({ delivery: { webhookId, deliveryId: id, lease } }) => ({ webhookId, id, lease })));

/** Expects that this process still holds the leases of deliveries; must come before their next state is stored. */
export function expectLeases(endings: readonly Ending[]): Statement[] {
	if (endings.length === 0) return [];
	const held = sql`(SELECT count(*) FROM ${leasesOf(endings)} AS ending CROSS JOIN ${deliveries} AS delivery ON ${isHeld})`;
	return [expect(sql`${held} = ${endings.length}`)];
}

/**
 * Statements that take back what was counted for the rate limits of webhooks whose deliveries are returned; must come before their
 * next state is stored.
 */
export function uncountReturned(endings: readonly Ending[], leaseMs: number): Statement[] {
	const returned = endings.filter(
		({ kind, delivery: { webhook, trigger, isTest } }) =>
			kind === "returned" &&
			webhook !== null &&
			webhook.rateLimit !== null &&
			trigger === "scheduled" &&
			!isTest,
	);
	if (returned.length === 0) return [];
	const hooks = webhooksQuery(
		returned.map(({ delivery: { organizationId, webhookId: id } }) => ({ organizationId, id })),
	);
	return [uncountClaims(leasesOf(returned), isHeld, hooks, leaseMs)];
}
