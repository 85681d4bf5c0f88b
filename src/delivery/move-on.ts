// Moving deliveries on once they have ended: done, to be tried again later, or wanted again at once.
import { sql } from "drizzle-orm";
import { expect, LostRace, type Statement } from "../db/commit.ts";
import { deliveries, webhooks } from "../db/schema/webhooks.ts";
import type { WakeUp } from "../env.ts";
import { hasRoom, isItsWebhook, LINE_OFFSET, markFor, waking, woken } from "../outbox/line.ts";
import type { Ending } from "./ending.ts";
import { leftover } from "./health.ts";

/**
 * The statements that say what became of claimed deliveries. Only whoever still holds the lease may. A manual attempt asked
 * for meanwhile comes next; what must wait gets a timer, or stands in line where the webhook has enough of those or is paused.
 * @param wake takes the wake-ups of those who need one, once committed
 */
export function moveOn(
	endings: readonly Ending[],
	now: number,
	wake: (wakeUps: WakeUp[]) => void,
): Statement[] {
	if (endings.length === 0) return [];
	const places = new Map<string, number>();
	const rows = endings.map((ending) => {
		const { delivery, kind } = ending;
		const attempted = kind === "attempted";
		const place = (places.get(delivery.webhookId) ?? 0) + 1;
		places.set(delivery.webhookId, place);
		// Of a redelivery the webhook may have gone, but what had become of it before stays so.
		const unsent =
			kind === "cancelled" && delivery.status === "pending"
				? leftover(delivery.webhook, delivery.test)
				: null;
		return {
			webhookId: delivery.webhookId,
			id: delivery.deliveryId,
			lease: delivery.lease,
			place,
			status: attempted ? ending.status : unsent,
			due: ending.dueAt,
			statusCode: attempted ? ending.outcome.statusCode : null,
			attempted: attempted ? 1 : 0,
			scheduled: attempted && delivery.trigger === "scheduled" ? 1 : 0,
			manual: kind !== "returned" && delivery.trigger === "manual" ? 1 : 0,
			returned: kind === "returned" ? 1 : 0,
		};
	});
	const due = sql`CASE WHEN ending.value->>'returned' THEN ending.value->>'due'
		WHEN delivery."manualWaiting" > (ending.value->>'manual') THEN ${now}
		WHEN ending.value->>'status' IS NULL THEN iif(delivery."status" = 'pending', delivery."nextAttemptAt", NULL)
		ELSE ending.value->>'due' END`;
	const ended = sql`SELECT delivery."webhookId", delivery."id", ending.value AS "value", ${due} AS "due", webhook."pausedUntil" IS NOT NULL AS "paused",
			delivery."test" OR delivery."manualWaiting" > (ending.value->>'manual') AS "urgent"
		FROM json_each(${JSON.stringify(rows)}) AS ending CROSS JOIN ${deliveries} AS delivery
			ON delivery."webhookId" = ending.value->>'webhookId' AND delivery."id" = ending.value->>'id' AND delivery."lease" = ending.value->>'lease'
		LEFT JOIN ${webhooks} AS webhook ON ${isItsWebhook}`;
	// One that may be sent at once keeps the place that it held in the window.
	const goes = sql`(ended."urgent" OR NOT ended."paused" AND (ended."due" <= ${now}
		OR ${hasRoom(sql`ended."webhookId"`, sql`(ended."value"->>'place')`, sql`ended."due"`, now)}))`;
	return [
		waking(
			sql`UPDATE ${deliveries} SET "status" = coalesce(ended."value"->>'status', "status"),
					"attemptsMade" = "attemptsMade" + (ended."value"->>'scheduled'),
					"lastAttempt" = "lastAttempt" - (ended."value"->>'returned'),
					"lastStatusCode" = iif(ended."value"->>'attempted', ended."value"->>'statusCode', "lastStatusCode"),
					"nextAttemptAt" = iif(ended."value"->>'status' IS NULL, "nextAttemptAt", ended."value"->>'due'),
					"manualWaiting" = max(0, "manualWaiting" - (ended."value"->>'manual')),
					"dueAt" = iif(${goes}, ended."due", ${LINE_OFFSET} + ended."due"),
					"lease" = NULL, "leaseUntil" = iif(${goes}, ${markFor(sql`ended."due"`, now)}, NULL), "updatedAt" = ${now}
				FROM (${ended}) AS ended
				WHERE ${deliveries}."webhookId" = ended."webhookId" AND ${deliveries}."id" = ended."id"
				${woken(now)}`,
			{ now, wake },
		),
		expect(sql`changes() = ${rows.length}`, () => new LostRace()),
	];
}
