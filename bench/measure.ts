// One measurement: a load from one process, the processor time of another.
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { cpuOfTree } from "./cpu.ts";
import type { Job, Result } from "./load.ts";
import { API, type Organization, type Target } from "./target.ts";

/** A key allows 60 requests a minute; its first costs a look-up more, which should stay the exception that it is. */
const REQUESTS_PER_KEY = 50;

/** More requests than any machine answers in a second on one connection. */
const MOST_RPS = 600;

export interface Effort {
	readonly rounds: number;
	readonly seconds: number;
}

export interface Measurement extends Result {
	/** Of the server's processes, per request, in ms; NaN where it can't be known. */
	readonly cpu: number;
}

export interface Load extends Pick<Job, "connections" | "seconds" | "method" | "paths" | "body"> {
	/** Waits until what the requests set off is done too, so that its processor time counts. */
	readonly settled?: (requests: number) => Promise<void>;
}

const generator = fork(join(import.meta.dirname, "load.ts"));
generator.unref();
generator.channel?.unref();

/** Puts a load on a target and says what came of it. */
export async function measure(target: Target, organization: Organization, load: Load): Promise<Measurement> {
	const { settled, ...job } = load;
	const keys = organization.keys(Math.ceil((load.seconds * load.connections * MOST_RPS) / REQUESTS_PER_KEY));
	const before = cpuOfTree(target.pid);
	generator.channel?.ref();
	const paths = job.paths.map((path) => `${API}${path}`);
	generator.send({ ...job, paths, url: target.url, keys, requestsPerKey: REQUESTS_PER_KEY });
	const [{ result, error }] = (await once(generator, "message")) as [{ result?: Result; error?: string }];
	generator.channel?.unref();
	if (!result) throw new Error(error);
	await settled?.(result.requests);
	const after = cpuOfTree(target.pid);
	const cpu = before === null || after === null ? Number.NaN : (after - before) / result.requests;
	return { ...result, cpu };
}

/** The middle one of some numbers. */
function median(numbers: readonly number[]): number {
	const sorted = numbers.toSorted((one, other) => one - other);
	return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

export type Figure = "rps" | "p50" | "p99" | "cpu";

/** The median over the rounds of each figure. */
export function medians(rounds: readonly Measurement[]): Record<Figure, number> {
	const of = (figure: Figure) => median(rounds.map((round) => round[figure]));
	return { rps: of("rps"), p50: of("p50"), p99: of("p99"), cpu: of("cpu") };
}
