// The Worker: requests, the queue, the clock.
import { app } from "./app.ts";
import type { Env } from "./env.ts";

export { KeyLimiter } from "./gate/key-limiter.ts";

export default { fetch: app.fetch } satisfies ExportedHandler<Env>;
