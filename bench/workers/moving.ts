// At each request, moves one slice of the events from before the order of commits, as the sweeper does. Answers whether
// there are more, and how long D1 took for each statement (ms).
import { type BatchTarget, withBatch } from "../../src/db/client.ts";
import type { Env } from "../../src/env.ts";
import { moveFormerEvents } from "../../src/retention/events.ts";

export { KeyLimiter } from "../../src/index.ts";

export default {
	async fetch(_request, env) {
		const statements: number[] = [];
		const DB = withBatch(env.DB, async <T>(queries: D1PreparedStatement[], target: BatchTarget) => {
			const results = await target.batch<T>(queries);
			statements.push(...results.map(({ meta }) => meta.duration));
			return results;
		});
		const more = await moveFormerEvents({ ...env, DB });
		return Response.json({ more, statements });
	},
} satisfies ExportedHandler<Env>;
