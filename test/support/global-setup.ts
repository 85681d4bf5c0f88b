// Runs once in Node around the whole test run: builds the guides, which are assets of the Worker, and starts the receiver,
// which needs real sockets outside workerd.
import type { TestProject } from "vitest/node";
import { buildPages } from "../../scripts/assets/build.ts";
import { type Receiver, startReceiver } from "./receiver.mjs";

let receiver: Receiver | undefined;

export async function setup({ provide }: TestProject): Promise<void> {
	buildPages();
	receiver = await startReceiver();
	provide("receiver", receiver.url);
	const seed = Number(process.env.HISTORY_SEED ?? Math.floor(Math.random() * 2 ** 31));
	console.log(`Histories: HISTORY_SEED=${seed} repeats them.`);
	provide("historySeed", seed);
	provide("everyMove", process.env.MOVES === "all");
}

export async function teardown(): Promise<void> {
	await receiver?.close();
}
