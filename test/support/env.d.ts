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

declare module "vitest" {
	interface ProvidedContext {
		/** Base URL of the webhook receiver; see receiver.mjs for its paths. */
		receiver: string;
		/** The seed of the random histories; see test/delivery/histories.test.ts. */
		historySeed: number;
		/** Whether moves are tested at every step and with 100,000 rows: `npm run test:moves`. */
		everyMove: boolean;
	}
}
