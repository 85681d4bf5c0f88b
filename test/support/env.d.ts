import type * as worker from "../../scripts/platform/worker.ts";
import type { Bindings } from "../../src/env.ts";

declare global {
	namespace Cloudflare {
		interface GlobalProps {
			mainModule: typeof worker;
		}
		interface Env extends Bindings {
			/** See scripts/checks/test-schema.ts. */
			SCHEMA: string[];
			COPY_1: D1Database;
			COPY_2: D1Database;
		}
	}
}
