// At each request, moves one slice of the events from before the order of commits, as the sweeper does. Answers whether
// there are more, and how long D1 took for each statement (ms).
import type { Env } from "../../src/env.ts";
import { moveFormerEvents } from "../../src/retention/events.ts";

export { KeyLimiter } from "../../src/index.ts";

export default {
	async fetch(_request, env) {
		const statements: number[] = [];
		const batch: D1Database["batch"] = async (queries) => {
			const results = await env.DB.batch(queries);
			statements.push(...results.map(({ meta }) => meta.duration));
			return results as never;
		};
		const DB = new Proxy(env.DB, {
			get: (target, name) => (name === "batch" ? batch : Reflect.get(target, name).bind(target)),
		});
		const more = await moveFormerEvents({ ...env, DB });
		return Response.json({ more, statements });
	},
} satisfies ExportedHandler<Env>;
