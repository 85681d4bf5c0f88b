// Runs once in Node around the whole test run: the receiver lives outside workerd, where real sockets are.
import type { TestProject } from "vitest/node";
import { type Receiver, startReceiver } from "./receiver.mjs";

declare module "vitest" {
	interface ProvidedContext {
		/** Base URL of the webhook receiver; see receiver.mjs for its paths. */
		receiver: string;
	}
}

let receiver: Receiver | undefined;

export async function setup({ provide }: TestProject): Promise<void> {
	receiver = await startReceiver();
	provide("receiver", receiver.url);
}

export async function teardown(): Promise<void> {
	await receiver?.close();
}
