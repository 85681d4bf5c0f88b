// Our Worker under the platform's limits, with its D1 and queue bindings counted: each answer says how many D1 calls and rows
// it took. GET /_sending answers what the consumer and the sweeper have used since the previous such request, and the queue
// messages of all.

import worker from "../../scripts/platform/worker.ts";
import { type BatchTarget, withBatch } from "../../src/db/client.ts";
import type { Bindings } from "../../src/env.ts";
import { databaseBindingOf } from "../../src/places.ts";
import { envOf, shardsOf } from "../../src/shards.ts";

export { KeyLimiter } from "../../scripts/platform/worker.ts";

interface Count {
	calls: number;
	/** Those of the calls that wrote rows. */
	writes: number;
	/** How long D1 executed their statements (ms). */
	ms: number;
	read: number;
	written: number;
}

const none = (): Count => ({ calls: 0, writes: 0, ms: 0, read: 0, written: 0 });

const watchedDatabase = (db: D1Database, count: Count): D1Database =>
	withBatch(db, async <T>(statements: D1PreparedStatement[], target: BatchTarget) => {
		const results = await target.batch<T>(statements);
		count.calls += 1;
		count.writes += results.some(({ meta }) => meta.rows_written > 0) ? 1 : 0;
		for (const { meta } of results) {
			count.ms += meta.duration;
			count.read += meta.rows_read;
			count.written += meta.rows_written;
		}
		return results;
	});

function watchedQueue(queue: Bindings["DELIVERIES"]): Bindings["DELIVERIES"] {
	return new Proxy(queue, {
		get(target, name) {
			if (name !== "sendBatch") return Reflect.get(target, name).bind(target);
			return (messages: unknown[]) => {
				sentMessages += messages.length;
				return target.sendBatch(messages as never);
			};
		},
	});
}

/** Every database of the Worker, and the two queues. */
const watched = (env: Bindings, count: Count): Bindings => ({
	...env,
	...Object.fromEntries(
		shardsOf(env).map((shard) => [databaseBindingOf(shard), watchedDatabase(envOf(env, shard).DB, count)]),
	),
	DELIVERIES: watchedQueue(env.DELIVERIES),
	SLOW_DELIVERIES: watchedQueue(env.SLOW_DELIVERIES),
});

let sending = none();
let sentMessages = 0;

export default {
	async fetch(request, env, ctx) {
		if (new URL(request.url).pathname === "/_sending") {
			const answer = Response.json({ ...sending, messages: sentMessages });
			sending = none();
			sentMessages = 0;
			return answer;
		}
		const count = none();
		const answer = await worker.fetch(request, watched(env, count), ctx);
		const counted = new Response(answer.body, answer);
		counted.headers.set("x-d1", JSON.stringify(count));
		return counted;
	},
	queue: (batch, env, ctx) => worker.queue(batch, watched(env, sending), ctx),
	scheduled: (event, env) => worker.scheduled(event, watched(env, sending)),
} satisfies ExportedHandler<Bindings, unknown>;
