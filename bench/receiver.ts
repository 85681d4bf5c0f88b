// A webhook receiver on this machine whose answers are set for each path, and which records the delay of each event.
import { createServer, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/** How a path answers: never, or with a status after a delay. */
export type Behaviour = "hangs" | { readonly status: number; readonly afterMs: number };

export interface Arrival {
	readonly path: string;
	/** When it arrived (ms since 1970). */
	readonly at: number;
	/** The name of the record that the event is about. */
	readonly name: string;
	/** When the event was committed (ms since 1970). */
	readonly committedAt: number;
	/** Time from the commit to the arrival (ms). */
	readonly delayMs: number;
}

export interface Receiver {
	readonly url: string;
	readonly arrivals: Arrival[];
	/** Sets how a path answers from now on. By default it answers 200 at once. */
	setBehaviour(path: string, behaviour: Behaviour): void;
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
		const at = performance.timeOrigin + performance.now();
		const event = JSON.parse(text);
		// Strapi calls the record its entry, and the floor Worker sends nothing else.
		const { name } = event.data ?? event.entry ?? event;
		const committedAt = Date.parse(event.timestamp);
		arrivals.push({ path, at, name, committedAt, delayMs: at - committedAt });
		await answer(response, behaviours.get(path) ?? { status: 200, afterMs: 0 });
	});
	await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
	const address = server.address();
	return {
		url: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`,
		arrivals,
		setBehaviour: (path, behaviour) => void behaviours.set(path, behaviour),
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

/** The delay that the given share of the arrivals did not exceed (ms). */
export function quantile(arrivals: readonly Arrival[], share: number): number {
	const delays = arrivals.map(({ delayMs: delay }) => delay).toSorted((one, other) => one - other);
	return delays[Math.min(delays.length - 1, Math.floor(delays.length * share))] ?? Number.NaN;
}

/** Waits until a condition holds; throws when it takes longer than `patienceMs`. */
export async function waitUntil(done: () => boolean, patienceMs: number): Promise<void> {
	for (const end = Date.now() + patienceMs; !done(); await sleep(20)) {
		if (Date.now() > end) throw new Error("Not everything arrived in time.");
	}
}
