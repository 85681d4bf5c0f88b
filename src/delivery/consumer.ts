// The queue's consumer. A message is only a wake-up: unknown, stale or doubled ones are acknowledged and forgotten, and
// what a delivery still needs is sent as a wake-up of its own. Only a fault of ours makes the queue try again.
import type { DeliveryWakeUp, Env } from "../env.ts";
import { isId } from "../ids.ts";
import { fault } from "../log.ts";
import { deliver, type Later } from "./deliver.ts";
import { wakeUp } from "./wake.ts";

const RETRY_SECONDS = 10;

/** Handles a batch of the delivery queue, or of its dead-letter queue. */
export async function consume(batch: MessageBatch<unknown>, env: Env): Promise<void> {
	const wakeUps = batch.messages.map(({ body }) => body).filter(isWakeUp);
	if (batch.queue.endsWith("-dead")) {
		// The rows still say what is due, so the sweeper goes on with them; the operator is told.
		for (const { deliveryId, webhookId } of wakeUps)
			fault("wake_up_given_up", { deliveryId, webhookId }, "the queue gave up");
		return batch.ackAll();
	}
	const poison = batch.messages.length - wakeUps.length;
	if (poison > 0) fault("poisonous_message", { count: poison }, "not a wake-up");
	try {
		await wakeLater(env, await deliver(env, unique(wakeUps)));
		batch.ackAll();
	} catch (error) {
		fault("consumer_failed", { messages: batch.messages.length }, error);
		batch.retryAll({ delaySeconds: RETRY_SECONDS });
	}
}

/** Sends the wake-ups that deliveries asked for, together where they want the same delay. */
export async function wakeLater(env: Env, later: readonly Later[]): Promise<void> {
	for (const [delaySeconds, group] of Map.groupBy(later, (one) => one.delaySeconds)) {
		await wakeUp(
			env,
			group.map(({ webhookId, deliveryId }) => ({ webhookId, deliveryId })),
			delaySeconds,
		);
	}
}

function isWakeUp(body: unknown): body is DeliveryWakeUp {
	if (typeof body !== "object" || body === null || !("deliveryId" in body) || !("webhookId" in body))
		return false;
	const { deliveryId, webhookId } = body;
	return (
		typeof deliveryId === "string" &&
		typeof webhookId === "string" &&
		isId("whd", deliveryId) &&
		isId("webhook", webhookId)
	);
}

function unique(wakeUps: readonly DeliveryWakeUp[]): DeliveryWakeUp[] {
	return [...new Map(wakeUps.map((one) => [one.deliveryId, one])).values()];
}
