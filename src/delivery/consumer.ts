// The queues' consumer. A message is only a wake-up: unknown, stale or doubled ones are acknowledged and forgotten, and
// what a delivery still needs is sent as a wake-up of its own. Only a fault of ours makes the queue try again.
import type { Bindings, DeliveryWakeUp } from "../env.ts";
import { isId } from "../ids.ts";
import { fault } from "../log.ts";
import { envOf, FIRST_SHARD } from "../shards.ts";
import { send } from "./deliver.ts";
import { type Lanes, openLanes } from "./lanes.ts";
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
	bindings: Bindings,
	ctx: Pick<ExecutionContext, "waitUntil">,
): Promise<void> {
	const messages = batch.messages.filter(isWakeUp);
	if (batch.queue.endsWith("-dead")) {
		// The rows still say what is due, so the sweeper goes on with them; the operator is told.
		for (const { body } of messages) fault("wake_up_given_up", { ...body }, "the queue gave up");
		return batch.ackAll();
	}
	const poison = batch.messages.filter((message) => !isWakeUp(message));
	for (const message of poison) message.ack();
	if (poison.length > 0) fault("poisonous_message", { count: poison.length }, "not a wake-up");
	const from = batch.queue.includes("-slow-") ? "slow" : "first";
	const lanes = openLanes();
	const groups = Map.groupBy(messages, ({ body }) => body.shard ?? FIRST_SHARD);
	await Promise.all(
		[...groups].map(([shard, group]) => consumeShard({ bindings, shard, from, lanes, ctx }, group)),
	);
}

/** What handling the messages of one shard takes. */
interface Consuming {
	readonly bindings: Bindings;
	readonly shard: number;
	readonly from: "first" | "slow";
	readonly lanes: Lanes;
	readonly ctx: Pick<ExecutionContext, "waitUntil">;
}

/** Handles the messages of one shard, each of which is then done with or comes again: its fault is not the others'. */
async function consumeShard(
	{ bindings, shard, from, lanes, ctx }: Consuming,
	messages: readonly Message<DeliveryWakeUp>[],
): Promise<void> {
	try {
		const env = envOf(bindings, shard);
		const { underWay, finished } = await send(env, unique(messages), from, lanes);
		const work = finished.catch((error) =>
			fault("recording_failed", { shard, messages: messages.length }, error),
		);
		ctx.waitUntil(work);
		await Promise.race([work, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
		// All who hang began in the first half; who began later has not been waited for yet.
		await countStumble(env, underWay(PATIENCE_MS / 2), Date.now());
		for (const message of messages) message.ack();
	} catch (error) {
		fault("consumer_failed", { shard, messages: messages.length }, error);
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

function unique(messages: readonly Message<DeliveryWakeUp>[]): DeliveryWakeUp[] {
	return [...new Map(messages.map(({ body }) => [body.deliveryId, body])).values()];
}
