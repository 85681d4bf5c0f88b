// What global-setup.ts, which runs in Node, provides to the tests, which run in workerd.
import "vitest";

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
