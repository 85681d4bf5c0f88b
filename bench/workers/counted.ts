// Our Worker with its D1 binding under watch: each answer says how many calls it took, and how many rows.
import type { Env } from "../../src/env.ts";
import worker from "../../src/index.ts";

export { KeyLimiter } from "../../src/index.ts";

interface Count {
	calls: number;
	read: number;
	written: number;
}

function watched(db: D1Database, count: Count): D1Database {
	return new Proxy(db, {
		get(target, name) {
			if (name !== "batch") return Reflect.get(target, name).bind(target);
			return async (statements: D1PreparedStatement[]) => {
				const results = await target.batch(statements);
				count.calls += 1;
				for (const { meta } of results) {
					count.read += meta.rows_read;
					count.written += meta.rows_written;
				}
				return results;
			};
		},
	});
}

export default {
	async fetch(request, env, ctx) {
		const count = { calls: 0, read: 0, written: 0 };
		const answer = await worker.fetch(request, { ...env, DB: watched(env.DB, count) }, ctx);
		const counted = new Response(answer.body, answer);
		counted.headers.set("x-d1", JSON.stringify(count));
		return counted;
	},
	queue: (batch, env) => worker.queue(batch, env),
} satisfies ExportedHandler<Env, unknown>;
