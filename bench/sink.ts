// A webhook receiver on this machine that answers 200 at once.
import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

export interface Sink {
	readonly url: string;
	/** Waits until `count` POSTs have arrived since the previous call. */
	waitForPosts(count: number): Promise<void>;
	close(): void;
}

/** Starts the receiver on any free port. */
export async function startSink(): Promise<Sink> {
	let due = 0;
	const server = createServer((request, response) => {
		due -= 1;
		request.resume().once("end", () => response.end());
	});
	await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
	const address = server.address();
	return {
		url: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/`,
		async waitForPosts(count) {
			due += count;
			for (const end = Date.now() + 60_000; due > 0; await sleep(20)) {
				if (Date.now() > end) throw new Error(`${due} webhooks did not arrive within a minute.`);
			}
		},
		close() {
			server.closeAllConnections();
			server.close();
		},
	};
}
