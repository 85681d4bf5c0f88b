// The Worker under the platform's limits, for the tests and `npm start`. Never deployed.
import type { Bindings } from "../../src/env.ts";
import worker from "../../src/index.ts";
import { runInvocation } from "./bindings.ts";
import { overrideLimits } from "./limits.ts";

export * from "../../src/index.ts";

/** PLATFORM_LIMITS may have other figures as JSON, to show that limits.ts enforces them. */
interface LocalEnv extends Bindings {
	readonly PLATFORM_LIMITS?: string;
}

function here<T>(env: LocalEnv, handler: (env: LocalEnv) => T, request = false): T {
	if (env.PLATFORM_LIMITS !== undefined) overrideLimits(JSON.parse(env.PLATFORM_LIMITS));
	return runInvocation(env, handler, request);
}

export default {
	fetch: (request: Request, env, ctx) => here(env, (bindings) => worker.fetch(request, bindings, ctx), true),
	queue: (batch, env, ctx) => here(env, (bindings) => worker.queue(batch, bindings, ctx)),
	scheduled: (event, env) => here(env, (bindings) => worker.scheduled(event, bindings)),
} satisfies ExportedHandler<LocalEnv, unknown>;
