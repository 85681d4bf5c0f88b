// One measurement: load from one process, and the processor time of another.
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { cpuOfTree } from "./cpu.ts";
import type { Job, Result } from "./load.ts";
import { API, type Organization, type Target } from "./target.ts";

/** A key allows 60 requests a minute. Its first request costs one more look-up, which should stay rare as in real use. */
const REQUESTS_PER_KEY = 50;

/** More requests than any machine answers in a second on one connection. */
const MAX_REQUESTS_PER_SECOND = 600;

export interface BenchOptions {
	readonly rounds: number;
	readonly seconds: number;
}

export interface Measurement extends Result {
	/** Processor time of the server's processes per request (ms); NaN where it can't be measured. */
	readonly cpu: number;
}

export interface Load extends Pick<Job, "connections" | "seconds" | "method" | "paths" | "body"> {
	/** Waits for the work that continues after the answers, so that its processor time is counted. */
	readonly waitForWork?: (requests: number) => Promise<void>;
}

const generator = fork(join(import.meta.dirname, "load.ts"));
generator.unref();
generator.channel?.unref();

/** Sends a load to a target and returns its figures. */
export async function measure(
	target: Pick<Target, "url" | "pid">,
	organization: Organization,
	load: Load,
): Promise<Measurement> {
	const { waitForWork: settled, ...job } = load;
	const keys = organization.keys(
		Math.ceil((load.seconds * load.connections * MAX_REQUESTS_PER_SECOND) / REQUESTS_PER_KEY),
	);
	const before = cpuOfTree(target.pid);
	generator.channel?.ref();
	const paths = job.paths.map((path) => `${API}${path}`);
	const { keyHeader } = organization;
	generator.send({ ...job, paths, url: target.url, keyHeader, keys, requestsPerKey: REQUESTS_PER_KEY });
	const [{ result, error }] = (await once(generator, "message")) as [{ result?: Result; error?: string }];
	generator.channel?.unref();
	if (!result) throw new Error(error);
	await settled?.(result.requests);
	const after = cpuOfTree(target.pid);
	const cpu = before === null || after === null ? Number.NaN : (after - before) / result.requests;
	return { ...result, cpu };
}

/** The median of some numbers. */
export function median(numbers: readonly number[]): number {
	const sorted = numbers.toSorted((one, other) => one - other);
	return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

export type Figure = "rps" | "p50" | "p99" | "cpu";

/** The median of each figure over the rounds. */
export function medians(rounds: readonly Measurement[]): Record<Figure, number> {
	const of = (figure: Figure) => median(rounds.map((round) => round[figure]));
	return { rps: of("rps"), p50: of("p50"), p99: of("p99"), cpu: of("cpu") };
}
