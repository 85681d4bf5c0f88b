// The queues' consumer. A message is only a wake-up: unknown, stale or doubled ones are acknowledged and forgotten, and
// what a delivery still needs is sent as a wake-up of its own. Only a fault of ours makes the queue try again.
import type { DeliveryWakeUp, Env } from "../env.ts";
import { isId } from "../ids.ts";
import { fault } from "../log.ts";
import { send } from "./deliver.ts";
import { countStumble, SLOW_AFTER_MS } from "./slow.ts";

const RETRY_SECONDS = 10;
/**
 * How long a batch is waited for. What takes longer goes on beside the next one (the compatibility flag in wrangler.toml lets
 * it): its messages are done with, for what was claimed is known to D1 and not to the queue. So a receiver that hangs holds up
 * what comes after it twice at the most and by no more than this, and then its webhook is known to be slow (slow.ts).
 *
 * Not shorter, because the platform ends what goes on 30 s after we return. An attempt of 30 s begins at most 0.4 s after the
 * claim (lanes.ts) and is recorded 0.1 s after its end (deliver.ts); so with 1 s of patience that record has half a second,
 * and what `countStumble` took on top. What is cut off nevertheless is sent again when its lease is over.
 */
const PATIENCE_MS = SLOW_AFTER_MS;

/** Handles a batch of the first queue, of the one for slow webhooks, or of their dead-letter queue. */
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
		const from = batch.queue.includes("-slow-") ? "slow" : "first";
		const { underWay, finished } = await send(env, unique(wakeUps), from);
		const work = finished.catch((error) =>
			fault("recording_failed", { messages: batch.messages.length }, error),
		);
		ctx.waitUntil(work);
		await Promise.race([work, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
		// All who hang began in the first half; who began later has not been waited for yet.
		await countStumble(env, underWay(PATIENCE_MS / 2), Date.now());
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
