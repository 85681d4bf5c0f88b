// The sending side controlled by a test: the queue only collects messages, and the test decides when each is delivered.
import {
	createExecutionContext,
	createMessageBatch,
	getQueueResult,
	waitOnExecutionContext,
} from "cloudflare:test";
import { env } from "cloudflare:workers";
import { inject } from "vitest";
import worker from "../../scripts/platform/worker.ts";
import type { Bindings, DeliveryWakeUp } from "../../src/env.ts";
import { ORIGIN, type Reply, read } from "./api.ts";
import { withMembers } from "./bindings.ts";
import { createKey, createOrganization } from "./callers.ts";
import { dbOf } from "./shards.ts";

export interface Queued {
	readonly body: DeliveryWakeUp;
	/** Whether it is in the queue of slow webhooks. */
	readonly slow: boolean;
	readonly delaySeconds: number;
	/** When the queue would deliver it. */
	readonly at: number;
}

export interface Received {
	readonly method: string;
	readonly path: string;
	readonly headers: Record<string, string>;
	readonly rawHeaders: string[];
	readonly body: string;
}

/** Names and `max_batch_size` as in wrangler.toml. */
export const QUEUES = {
	first: { name: "leadwire-deliveries", batch: 10 },
	slow: { name: "leadwire-slow-deliveries", batch: 5 },
} as const;

/** Groups messages into batches as their queues do. */
export function batchesOf(queued: readonly Queued[]): { bodies: DeliveryWakeUp[]; queue: string }[] {
	return [QUEUES.first, QUEUES.slow].flatMap(({ name, batch }) => {
		const bodies = queued.filter(({ slow }) => slow === (name === QUEUES.slow.name)).map(({ body }) => body);
		return Array.from({ length: Math.ceil(bodies.length / batch) }, (_, index) => ({
			bodies: bodies.slice(index * batch, (index + 1) * batch),
			queue: name,
		}));
	});
}

/** An organization whose wake-ups are collected instead of sent. */
export class Sender {
	readonly queued: Queued[] = [];
	/** Set it to make the queue fail. */
	queueFails = false;
	readonly env: Bindings;

	private constructor(
		readonly organizationId: string,
		readonly key: string,
		vars: Partial<Bindings>,
		wrap: (bindings: Bindings) => Bindings,
	) {
		const collecting = (queue: Bindings["DELIVERIES"], slow: boolean) =>
			withMembers(queue, {
				sendBatch: async (messages: Iterable<{ body: DeliveryWakeUp; delaySeconds?: number }>) => {
					if (this.queueFails) throw new Error("Too Many Requests");
					for (const { body, delaySeconds = 0 } of messages)
						this.queued.push({ body, slow, delaySeconds, at: Date.now() + delaySeconds * 1_000 });
				},
			});
		this.env = wrap({
			...env,
			DELIVERIES: collecting(env.DELIVERIES, false),
			SLOW_DELIVERIES: collecting(env.SLOW_DELIVERIES, true),
			...vars,
		});
	}

	/** The database of its organization. */
	get db(): D1Database {
		return dbOf(this.organizationId);
	}

	/**
	 * @param wrap wraps the Worker's bindings
	 * @param shard where its organization is; the next one unless it is given
	 */
	static async start(
		vars: Partial<Bindings> = {},
		wrap: (bindings: Bindings) => Bindings = (bindings) => bindings,
		shard?: number,
	): Promise<Sender> {
		const organizationId = await createOrganization(shard);
		const { key } = await createKey(organizationId);
		return new Sender(organizationId, key, vars, wrap);
	}

	/** Sends one API request, including its work after the answer. */
	async api(
		method: string,
		path: string,
		body?: unknown,
		headers: Record<string, string> = {},
	): Promise<Reply> {
		const ctx = createExecutionContext();
		const request = new Request<unknown, IncomingRequestCfProperties>(`${ORIGIN}/api/v1${path}`, {
			method,
			headers: {
				"x-api-key": this.key,
				...(body === undefined ? {} : { "content-type": "application/json" }),
				...headers,
			},
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
		const reply = await read(await worker.fetch(request, this.env, ctx));
		await waitOnExecutionContext(ctx);
		return reply;
	}

	/** Creates a webhook on the receiver; `path` selects the behaviour and ends with the bucket. */
	async webhook(path: string, more: object = {}): Promise<{ id: string; secret: string }> {
		const reply = await this.api("POST", "/webhooks", {
			url: inject("receiver") + path,
			events: ["lead.created"],
			...more,
		});
		if (reply.status !== 201) throw new Error(reply.text);
		return reply.body;
	}

	/** Delivers these wake-ups to the consumer as one batch; `finished` resolves when all its work has ended. */
	async startConsumer(bodies: readonly unknown[], queue: string = QUEUES.first.name) {
		const ctx = createExecutionContext();
		const messages = bodies.map((body, index) => ({
			id: String(index),
			timestamp: new Date(),
			attempts: 1,
			body,
		}));
		const batch = createMessageBatch(queue, messages);
		await worker.queue(batch, this.env, ctx);
		const finished = waitOnExecutionContext(ctx).then(async () => {
			const { ackAll, explicitAcks, retryMessages } = await getQueueResult(batch, ctx);
			return {
				/** Indexes of the messages in `bodies`. */
				acknowledged: ackAll ? [...bodies.keys()] : explicitAcks.map(Number).sort((a, b) => a - b),
				again: retryMessages.map(({ msgId }) => Number(msgId)).sort((a, b) => a - b),
			};
		});
		return { finished };
	}

	/** Delivers one batch and waits for its end; returns the acknowledged and the retried messages. */
	async consume(bodies: readonly unknown[], queue?: string) {
		return (await this.startConsumer(bodies, queue)).finished;
	}

	/** Delivers all queued messages, ignoring delays, in batches as the queue makes them. */
	async drain(): Promise<void> {
		await this.deliverMessages(this.queued.splice(0));
	}

	/** Delivers these messages in batches as their queues make them. */
	async deliverMessages(queued: readonly Queued[]): Promise<void> {
		for (const { bodies, queue } of batchesOf(queued)) await this.consume(bodies, queue);
	}

	async sweep(): Promise<void> {
		await worker.scheduled({} as ScheduledController, this.env);
	}

	/** The newest delivery of a webhook with all its fields. */
	async delivery(webhookId: string) {
		const { body } = await this.api("GET", `/webhooks/${webhookId}/deliveries`);
		return (await this.api("GET", `/webhooks/${webhookId}/deliveries/${body.items[0].id}`)).body;
	}
}

/** The requests that the receiver recorded in a bucket. */
export async function receivedRequests(bucket: string): Promise<Received[]> {
	const response = await fetch(`${inject("receiver")}/_received/${bucket}`);
	return response.json();
}
