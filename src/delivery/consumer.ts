// The queue's consumer. A message is only a wake-up: unknown, stale or doubled ones are acknowledged and forgotten, and
// what a delivery still needs is sent as a wake-up of its own. Only a fault of ours makes the queue try again.
import type { DeliveryWakeUp, Env } from "../env.ts";
import { isId } from "../ids.ts";
import { fault } from "../log.ts";
import { send } from "./deliver.ts";
import { wakeUp } from "./wake.ts";

const RETRY_SECONDS = 10;
/**
 * How long a batch is waited for. What takes longer goes on beside the next one (the compatibility flag in wrangler.toml lets
 * it): its messages are done with, for what was claimed is known to D1 and not to the queue. A receiver that hangs thus holds
 * the next batch by no more than this. Not shorter: the platform ends what goes on 30 s after we return, and an attempt of
 * 30 s that began half a second late must be recorded by then.
 */
const PATIENCE_MS = 2_000;

/** Handles a batch of the delivery queue, or of its dead-letter queue. */
export async function consume(
	batch: MessageBatch<unknown>,
	env: Env,
	ctx: Pick<ExecutionContext, "waitUntil">,
): Promise<void> {
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
		const { later, finished } = await send(env, unique(wakeUps));
		await wakeUp(env, later);
		ctx.waitUntil(
			finished.catch((error) => fault("recording_failed", { messages: batch.messages.length }, error)),
		);
		await Promise.race([finished, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
		batch.ackAll();
	} catch (error) {
		fault("consumer_failed", { messages: batch.messages.length }, error);
		batch.retryAll({ delaySeconds: RETRY_SECONDS });
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
