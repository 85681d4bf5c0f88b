// The queues' consumer. A message is only a wake-up: unknown, stale or duplicate ones are acknowledged, and what a delivery
// still needs is sent as a new wake-up. Only an internal error makes the queue retry.
import type { Bindings, DeliveryWakeUp } from "../env.ts";
import { isId } from "../ids.ts";
import { logFault } from "../log.ts";
import { envOf, FIRST_SHARD } from "../shards.ts";
import { sleep } from "../time.ts";
import { send } from "./deliver.ts";
import { createLanes, type Lanes } from "./lanes.ts";
import { countDelay, SLOW_AFTER_MS } from "./slow.ts";

const RETRY_SECONDS = 10;
/**
 * How long the consumer waits for a batch. Slower attempts continue beside the next batch (a compatibility flag in
 * wrangler.toml allows it); their messages are acknowledged, because the claims are stored in D1. So a receiver that hangs
 * delays others by at most this time, twice, before its webhook counts as slow (slow.ts).
 * Not shorter: the platform stops such work 30 s after the handler returns. An attempt of 30 s begins at most 0.4 s after the
 * claim (lanes.ts) and is recorded 0.1 s after its end (deliver.ts), so 0.5 s of this second are left for recording. What is
 * cut off nevertheless is sent again when its lease ends.
 */
const MAX_WAIT_MS = SLOW_AFTER_MS;

/** Handles a batch of the first queue, of the slow queue, or of their dead-letter queue. */
export async function consume(
	batch: MessageBatch<unknown>,
	bindings: Bindings,
	ctx: Pick<ExecutionContext, "waitUntil">,
): Promise<void> {
	const messages = batch.messages.filter(isWakeUp);
	if (batch.queue.endsWith("-dead")) {
		// The rows still say what is due, so the sweeper sends them; the operator is informed.
		for (const { body } of messages) logFault("wake_up_given_up", { ...body }, "the queue gave up");
		return batch.ackAll();
	}
	const invalid = batch.messages.filter((message) => !isWakeUp(message));
	for (const message of invalid) message.ack();
	if (invalid.length > 0) logFault("invalid_message", { count: invalid.length }, "not a wake-up");
	const from = batch.queue.includes("-slow-") ? "slow" : "first";
	const lanes = createLanes();
	const groups = Map.groupBy(messages, ({ body }) => body.shard ?? FIRST_SHARD);
	await Promise.all(
		[...groups].map(([shard, group]) => consumeShard({ bindings, shard, from, lanes, ctx }, group)),
	);
}

/** What is needed to handle the messages of one shard. */
interface ShardContext {
	readonly bindings: Bindings;
	readonly shard: number;
	readonly from: "first" | "slow";
	readonly lanes: Lanes;
	readonly ctx: Pick<ExecutionContext, "waitUntil">;
}

/** Handles the messages of one shard: all are acknowledged, or all are retried. Its errors don't affect other shards. */
async function consumeShard(
	{ bindings, shard, from, lanes, ctx }: ShardContext,
	messages: readonly Message<DeliveryWakeUp>[],
): Promise<void> {
	try {
		const env = envOf(bindings, shard);
		const { inProgress, finished } = await send(env, uniqueWakeUps(messages), from, lanes);
		const work = finished.catch((error) =>
			logFault("recording_failed", { shard, messages: messages.length }, error),
		);
		ctx.waitUntil(work);
		await Promise.race([work, sleep(MAX_WAIT_MS)]);
		// An attempt that hangs began in the first half; one that began later has not run long enough to tell.
		await countDelay(env, inProgress(MAX_WAIT_MS / 2), Date.now());
		for (const message of messages) message.ack();
	} catch (error) {
		logFault("consumer_failed", { shard, messages: messages.length }, error);
		for (const message of messages) message.retry({ delaySeconds: RETRY_SECONDS });
	}
}

function isWakeUp(message: Message<unknown>): message is Message<DeliveryWakeUp> {
	const { body } = message;
	if (typeof body !== "object" || body === null || !("deliveryId" in body) || !("webhookId" in body))
		return false;
	const { deliveryId, webhookId } = body;
	const shard = "shard" in body ? body.shard : FIRST_SHARD;
	return (
		typeof deliveryId === "string" &&
		typeof webhookId === "string" &&
		isId("whd", deliveryId) &&
		isId("webhook", webhookId) &&
		Number.isInteger(shard) &&
		Number(shard) >= FIRST_SHARD
	);
}

function uniqueWakeUps(messages: readonly Message<DeliveryWakeUp>[]): DeliveryWakeUp[] {
	return [...new Map(messages.map(({ body }) => [body.deliveryId, body])).values()];
}
