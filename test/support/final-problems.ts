// Checks an organization after everything has settled, whatever failed before.
import type { DeliveryState } from "./audited-state.ts";
import type { Auditor } from "./auditor.ts";
import { dbOf } from "./shards.ts";
import type { Arrived } from "./verify.ts";

interface AttemptRow {
	readonly deliveryId: string;
	readonly number: number;
	readonly trigger: "scheduled" | "manual";
	readonly statusCode: number | null;
}

export interface Bounds {
	/** The number of attempts in a schedule. */
	readonly delays: number;
	/** How many requests of a delivery may lack a record, because their recording was made to fail. */
	readonly unrecorded: number;
}

/** Returns the problems in words. */
export async function finalProblems(
	auditor: Auditor,
	requests: readonly Arrived[],
	bounds: Bounds,
): Promise<string[]> {
	const { deliveries, webhooks } = auditor.state;
	const ids = JSON.stringify([...deliveries.keys()]);
	const db = dbOf(auditor.organizationId);
	const [made, hours] = await db.batch([
		db
			.prepare(`SELECT "deliveryId", "number", "trigger", "statusCode" FROM "attempts"
			WHERE "deliveryId" IN (SELECT value FROM json_each(?))`)
			.bind(ids),
		db
			.prepare(`SELECT coalesce(sum("successes" + "failures"), 0) AS "count" FROM "delivery_hours"
			WHERE "webhookId" IN (SELECT value FROM json_each(?))`)
			.bind(JSON.stringify([...webhooks.keys()])),
	]);
	const attempts = (made?.results ?? []) as AttemptRow[];
	const counted = (hours?.results ?? []) as { count: number }[];
	const sentBy = Map.groupBy(requests, ({ deliveryId }) => deliveryId);
	const madeBy = Map.groupBy(attempts, ({ deliveryId }) => deliveryId);
	return [
		...(counted[0]?.count === attempts.length ? [] : ["the hours count other attempts than the log"]),
		...requests
			.filter(({ deliveryId }) => !deliveries.has(deliveryId))
			.map(({ deliveryId }) => `${deliveryId} was sent and is not there`),
		...[...deliveries.values()].flatMap((delivery) =>
			[
				...problemsOf(delivery, madeBy.get(delivery.id) ?? [], auditor, bounds),
				...problemsBetween(sentBy.get(delivery.id) ?? [], madeBy.get(delivery.id) ?? [], bounds),
				...outcomeProblems(
					delivery,
					sentBy.get(delivery.id) ?? [],
					madeBy.get(delivery.id) ?? [],
					auditor,
					bounds,
				),
			].map((problem) => `${delivery.id} (${delivery.event}, ${delivery.status}) ${problem}`),
		),
	];
}

function problemsOf(
	delivery: DeliveryState,
	attempts: readonly AttemptRow[],
	auditor: Auditor,
	{ delays }: Bounds,
): string[] {
	const { id, status, nextAttemptAt, dueAt, lease, manualWaiting } = delivery;
	const rest = { nextAttemptAt, dueAt, lease, manualWaiting: manualWaiting || null };
	const scheduled = attempts.filter(({ trigger }) => trigger === "scheduled").length;
	const manual = attempts.length - scheduled;
	const runs = 1 + (auditor.restarts.get(id) ?? 0);
	// A consumer whose claim was taken over may still have sent and recorded it.
	const overtaken = auditor.takenOver.get(id) ?? 0;
	return [
		...(status === "pending" ? ["has not ended"] : []),
		...Object.entries(rest).flatMap(([name, value]) =>
			value === null ? [] : [`still has ${name} ${value}`],
		),
		...(scheduled > delays * runs + overtaken
			? [`made ${scheduled} attempts in ${runs} runs of ${delays}`]
			: []),
		...(manual > (auditor.manualAttempts.get(id) ?? 0) + overtaken ? ["made manual attempts unasked"] : []),
	];
}

/** Differences between sent and recorded requests. */
function problemsBetween(
	sent: readonly Arrived[],
	made: readonly AttemptRow[],
	{ unrecorded }: Bounds,
): string[] {
	const numbers = sent.map(({ number }) => number);
	const recorded = new Set(made.map(({ number }) => number));
	const lost = numbers.filter((number) => !recorded.has(number)).length;
	const unsent = [...recorded].filter((number) => !numbers.includes(number)).length;
	return [
		...(new Set(sent.map(({ body }) => body)).size > 1 ? ["was sent with different bodies"] : []),
		...(new Set(numbers).size < numbers.length ? [`used a number twice: ${numbers}`] : []),
		...(lost > unrecorded ? [`was sent ${lost} times without a record`] : []),
		// A request that fails before it reaches the receiver is an attempt too.
		...(unsent > unrecorded ? [`has ${unsent} attempts on record that were never sent`] : []),
	];
}

function outcomeProblems(
	{ id, status, attemptsMade }: DeliveryState,
	sent: readonly Arrived[],
	made: readonly AttemptRow[],
	auditor: Auditor,
	{ delays }: Bounds,
): string[] {
	const arrived = sent.some(
		(request) => request.status !== null && request.status >= 200 && request.status < 300,
	);
	const gone = made.some(({ statusCode }) => statusCode === 410);
	return [
		...(status === "success" && !arrived ? ["never arrived"] : []),
		...(status === "failed" && attemptsMade < delays && !gone ? [`gave up after ${attemptsMade}`] : []),
		...(status === "skipped" &&
		!auditor.stopped.has(id) &&
		made.some(({ trigger }) => trigger === "scheduled")
			? ["was attempted"]
			: []),
		// A consumer whose claim was taken over must not change the delivery.
		...((status === "skipped" || status === "cancelled") &&
		!auditor.takenOver.has(id) &&
		made.some(({ statusCode }) => statusCode !== null && statusCode >= 200 && statusCode < 300)
			? ["has arrived, and the log says so"]
			: []),
	];
}
