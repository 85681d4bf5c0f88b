// The Worker's entry point: requests, queue batches and the cron trigger.
import { app } from "./app.ts";
import { consume } from "./delivery/consumer.ts";
import type { Bindings } from "./env.ts";
import { takeMisdirected } from "./gate/gate.ts";
import { sweep } from "./sweeper/sweep.ts";

export { KeyLimiter } from "./limiter/key-limiter.ts";

export default {
	async fetch(request: Request, env, ctx) {
		const response = await app.fetch(request, env, ctx);
		return takeMisdirected(request) ? app.fetch(request, env, ctx) : response;
	},
	queue: (batch, env, ctx) => consume(batch, env, ctx),
	scheduled: (_event, env) => sweep(env),
} satisfies ExportedHandler<Bindings, unknown>;
