// Wake-ups: messages that tell the queues which deliveries are due. They may get lost; the sweeper reads the rows every minute.

import { write } from "../db/commit.ts";
import { deliveries } from "../db/schema/webhooks.ts";
import { sql } from "../db/sql.ts";
import type { DeliveryWakeUp, Env, WakeUp } from "../env.ts";
import { logFault } from "../log.ts";
import { FIRST_SHARD } from "../shards.ts";
import { inTime } from "../time.ts";

/** The platform's limit of `sendBatch`. */
const MAX_MESSAGES_PER_SEND = 100;
/** The platform's limit of a delay: 24 hours. A delivery that is woken too early gets another wake-up. */
const MAX_DELAY_SECONDS = 86_400;
/** The platform allows six open connections per invocation; one is left for D1. */
const MAX_PARALLEL_SENDS = 5;
/** Sends have been observed to hang for a minute before they failed. */
const SEND_LIMIT_MS = 2_000;

interface Send {
	readonly queue: Queue<DeliveryWakeUp>;
	readonly wakeUps: readonly WakeUp[];
}

/**
 * Sends wake-ups, each to the first or the slow queue, and waits up to two seconds for each answer. After one failure nothing
 * more is sent to that queue; the next sweep wakes the rest.
 * @returns whether all were accepted; a failure is only logged
 */
export async function sendWakeUps(env: Env, wakeUps: readonly WakeUp[]): Promise<boolean> {
	const sends = [
		...sendsFor(env.DELIVERIES, wakeUps, false),
		...sendsFor(env.SLOW_DELIVERIES, wakeUps, true),
	];
	const refused: WakeUp[] = [];
	const reasons = new Map<Send["queue"], unknown>();
	const sendNext = async () => {
		for (let send = sends.shift(); send; send = sends.shift()) {
			try {
				if (!reasons.has(send.queue)) {
					const sending = send.queue.sendBatch(send.wakeUps.map(messageFor(env.SHARD)));
					await inTime(SEND_LIMIT_MS, sending, "The queue did not answer in time");
				}
			} catch (reason) {
				reasons.set(send.queue, reason);
			}
			if (reasons.has(send.queue)) refused.push(...send.wakeUps);
		}
	};
	await Promise.all(Array.from({ length: MAX_PARALLEL_SENDS }, sendNext));
	if (refused.length === 0) return true;
	logFault("queue_refused", { deliveries: refused.length }, [...reasons.values()][0]);
	await clearMarks(env, refused);
	return false;
}

/** Without a mark, a due delivery is woken by the next sweep; with one, a minute later. That is all that a failure here costs. */
async function clearMarks(env: Env, refused: readonly WakeUp[]): Promise<void> {
	const keys = refused.map(({ webhookId, deliveryId }) => [webhookId, deliveryId]);
	try {
		await write(env.DB, [
			sql`UPDATE ${deliveries} SET "leaseUntil" = NULL WHERE "lease" IS NULL
				AND ("webhookId", "id") IN (SELECT value->>0, value->>1 FROM ${sql.each(keys)})`,
		]);
	} catch (error) {
		logFault("marks_not_cleared", { deliveries: refused.length }, error);
	}
}

function sendsFor(queue: Send["queue"], wakeUps: readonly WakeUp[], slow: boolean): Send[] {
	const own = wakeUps.filter((wakeUp) => wakeUp.slow === slow);
	return Array.from({ length: Math.ceil(own.length / MAX_MESSAGES_PER_SEND) }, (_, index) => ({
		queue,
		wakeUps: own.slice(index * MAX_MESSAGES_PER_SEND, (index + 1) * MAX_MESSAGES_PER_SEND),
	}));
}

const messageFor =
	(shard: number) =>
	({ webhookId, deliveryId, delaySeconds = 0 }: WakeUp) => ({
		body: { webhookId, deliveryId, ...(shard === FIRST_SHARD ? {} : { shard }) },
		delaySeconds: Math.min(delaySeconds, MAX_DELAY_SECONDS),
	});
