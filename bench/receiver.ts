// A webhook receiver on this machine that answers each path as it is told to, and keeps how late each event arrived.
import { createServer, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/** How a path answers: nothing at all, or a status after some time. */
export type Behaviour = "hangs" | { readonly status: number; readonly afterMs: number };

export interface Arrival {
	readonly path: string;
	/** When the event was committed, in ms. */
	readonly at: number;
	/** From then, in ms. */
	readonly delay: number;
}

export interface Receiver {
	readonly url: string;
	readonly arrivals: Arrival[];
	/** From now on; before, a path says yes at once. */
	behave(path: string, behaviour: Behaviour): void;
	close(): void;
}

/** Starts the receiver on any free port. */
export async function startReceiver(): Promise<Receiver> {
	const arrivals: Arrival[] = [];
	const behaviours = new Map<string, Behaviour>();
	const server = createServer(async (request, response) => {
		const path = request.url ?? "";
		let text = "";
		for await (const chunk of request) text += chunk;
		const at = Date.parse(JSON.parse(text).timestamp);
		arrivals.push({ path, at, delay: Date.now() - at });
		await answer(response, behaviours.get(path) ?? { status: 200, afterMs: 0 });
	});
	await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
	const address = server.address();
	return {
		url: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`,
		arrivals,
		behave: (path, behaviour) => void behaviours.set(path, behaviour),
		close() {
			server.closeAllConnections();
			server.close();
		},
	};
}

async function answer(response: ServerResponse, behaviour: Behaviour): Promise<void> {
	if (behaviour === "hangs") return;
	if (behaviour.afterMs > 0) await sleep(behaviour.afterMs);
	response.writeHead(behaviour.status).end();
}

/** The delay that this share of the arrivals did not exceed. */
export function quantile(arrivals: readonly Arrival[], share: number): number {
	const delays = arrivals.map(({ delay }) => delay).toSorted((one, other) => one - other);
	return delays[Math.min(delays.length - 1, Math.floor(delays.length * share))] ?? Number.NaN;
}

/** Waits until something is so, or fails. */
export async function until(done: () => boolean, patienceMs: number): Promise<void> {
	for (const end = Date.now() + patienceMs; !done(); await sleep(20)) {
		if (Date.now() > end) throw new Error("Not everything arrived in time.");
	}
}
