// The Worker's entry point: requests, queue batches and the cron trigger.
import { app } from "./app.ts";
import { consume } from "./delivery/consumer.ts";
import type { Bindings } from "./env.ts";
import { sweep } from "./sweeper/sweep.ts";

export { KeyLimiter } from "./limiter/key-limiter.ts";

export default {
	fetch: app.fetch,
	queue: (batch, env, ctx) => consume(batch, env, ctx),
	scheduled: (_event, env) => sweep(env),
} satisfies ExportedHandler<Bindings, unknown>;
