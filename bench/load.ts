// The load generator, in a process of its own so that its processor time isn't counted as the server's.
import autocannon from "autocannon";

export interface Job {
	readonly url: string;
	readonly connections: number;
	readonly seconds: number;
	readonly method: "GET" | "POST";
	/** Paths, used in turn. */
	readonly paths: readonly string[];
	readonly body?: object;
	/** The header that carries a key. */
	readonly keyHeader: string;
	/** Keys, used in turn, each for `requestsPerKey` requests. */
	readonly keys: readonly string[];
	readonly requestsPerKey: number;
}

export interface Result {
	readonly rps: number;
	/** Latencies in ms. */
	readonly p50: number;
	readonly p99: number;
	readonly requests: number;
}

async function run(job: Job): Promise<Result> {
	const { url, connections, seconds, method, paths, keyHeader, keys, requestsPerKey, body } = job;
	const times: number[] = [];
	const failures = new Map<number, number>();
	let sent = 0;
	const setupRequest = (request: object) => {
		const key = keys[Math.floor(sent / requestsPerKey) % keys.length] ?? "";
		const path = paths[sent % paths.length] ?? "/";
		sent += 1;
		const headers = { [keyHeader]: key, "content-type": "application/json" };
		return { ...request, method, path, headers, ...(body ? { body: JSON.stringify(body) } : {}) };
	};
	const running = autocannon({ url, connections, duration: seconds, requests: [{ setupRequest }] });
	running.on("response", (_client, status, _bytes, ms) => {
		if (status >= 200 && status < 300) times.push(ms);
		else failures.set(status, (failures.get(status) ?? 0) + 1);
	});
	const { duration, errors } = await running;
	if (failures.size > 0 || errors > 0) {
		throw new Error(`${method} ${paths[0]}: ${errors} errors, ${JSON.stringify([...failures])} answers`);
	}
	times.sort((one, other) => one - other);
	const at = (share: number) => times[Math.floor(times.length * share)] ?? Number.NaN;
	return { rps: times.length / duration, p50: at(0.5), p99: at(0.99), requests: times.length };
}

process.on("message", (job: Job) => {
	run(job).then(
		(result) => process.send?.({ result }),
		(error: Error) => process.send?.({ error: error.message }),
	);
});
