// What an isolate costs besides its requests: its code, its start, and the memory that it keeps.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, parse } from "node:path";
import { gzipSync } from "node:zlib";
import { bundleWorker } from "../scripts/local/local.ts";
import { captureTool } from "../scripts/tools/tools.ts";
import { openInspector } from "./inspector.ts";
import { chunks, leadNumber } from "./leads.ts";
import { median } from "./measure.ts";
import { startTarget } from "./target.ts";
import { type Kind, workerOf } from "./workers.ts";

const MAX_BUNDLE_KB = 245;
const MAX_START_MS = 50;
/** Of our own isolate, from the first tenth of the requests to the last. */
const MAX_GROWTH_KB = 1_000;
const CONNECTIONS = 10;
const KB = 1_024;

/** Prints how large the Workers are when deployed, and how long they take to start, each time in fresh processes. */
export async function measureStart(rounds: number): Promise<void> {
	const folder = mkdtempSync(join(tmpdir(), "leadwire-start-"));
	const kinds = ["floor", "ours"] as const satisfies readonly Kind[];
	const workers = await Promise.all(
		kinds.map(async (kind) => {
			const { config, main } = workerOf(kind);
			await bundleWorker(config, join(folder, kind), main);
			const script = join(folder, `${kind}.mjs`);
			renameSync(join(folder, kind, `${parse(main).name}.js`), script);
			return { kind, config, script, inNode: [] as number[], inWorkerd: [] as number[] };
		}),
	);
	for (let round = 0; round < rounds; round += 1)
		for (const { config, script, inNode, inWorkerd } of workers) {
			inNode.push(evaluate(script));
			inWorkerd.push(await profileStart(config.path, join(folder, "start.cpuprofile")));
		}
	console.log(
		`\nStart: ms in workerd (${MAX_START_MS} at most wanted), as wrangler's profile shows it, and ms of`,
	);
	console.log(
		`processor time of evaluating the bundle in Node; medians (least) of ${rounds} fresh processes`,
	);
	for (const { kind, script, ...measured } of workers) {
		const bytes = gzipSync(readFileSync(script)).length;
		const [workerd, node] = [measured.inWorkerd, measured.inNode].map(
			(ms) => `${median(ms).toFixed(0)} (${Math.min(...ms).toFixed(0)})`,
		);
		const wanted = kind === "ours" ? ` (${MAX_BUNDLE_KB} at most wanted)` : "";
		console.log(
			`  ${kind.padEnd(8)}${workerd} in workerd, ${node} in Node, bundle ${(bytes / KB).toFixed(0)} KB gzipped${wanted}`,
		);
	}
	rmSync(folder, { recursive: true });
}

const evaluate = (script: string) =>
	Number(execFileSync(process.execPath, [join(import.meta.dirname, "evaluate.ts"), script]));

/** What a profile has, a node for each function in each stack; the deltas (us) are the times between samples. */
interface StartProfile {
	readonly nodes: readonly { readonly id: number; readonly callFrame: { readonly functionName: string } }[];
	readonly samples: readonly number[];
	readonly timeDeltas: readonly number[];
}

/** How long workerd is busy with a Worker before its first request (ms), by a sample each millisecond. */
async function profileStart(config: string, file: string): Promise<number> {
	await captureTool("wrangler", ["check", "startup", "--outfile", file, `--args=-c ${config}`]);
	const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(file, "utf8")) as StartProfile;
	const idle = new Set(
		nodes.filter(({ callFrame }) => callFrame.functionName === "(idle)").map(({ id }) => id),
	);
	const busy = timeDeltas.filter((_, index) => !idle.has(samples[index] ?? Number.NaN));
	return busy.reduce((sum, us) => sum + us, 0) / 1_000;
}

/** Prints what our isolate's heap keeps after each tenth of many requests of several kinds, by many keys. */
export async function measureMemory(requests: number): Promise<void> {
	const target = await startTarget("ours", undefined, true);
	const inspector = await openInspector(target.inspector, (isolate) => isolate.startsWith("core:user:"));
	const organization = await target.organization(Math.ceil(requests / 40));
	const { body: lead } = await organization.call<{ id: string }>("POST", "/leads", leadNumber(0));
	const kinds = [
		(index: number) => organization.call("POST", "/leads", leadNumber(index)),
		() => organization.call("GET", `/leads/${lead.id}`),
		() => organization.call("GET", "/leads?limit=20"),
		(index: number) => organization.call("PATCH", `/leads/${lead.id}`, { score: index % 100 }),
	];
	const heaps: number[] = [];
	const numbers = Array.from({ length: requests }, (_, index) => index);
	for (const tenth of chunks(numbers, requests / 10)) {
		for (const some of chunks(tenth, CONNECTIONS))
			await Promise.all(some.map((index) => kinds[index % kinds.length]?.(index)));
		heaps.push((await inspector.heapBytes(() => organization.call("GET", "/leads?limit=1"))) / KB);
	}
	inspector.close();
	await target.stop();
	const growth = (heaps.at(-1) ?? Number.NaN) - (heaps[0] ?? Number.NaN);
	console.log(`\nMemory of our isolate after each tenth of ${requests} requests, without garbage (KB)`);
	console.log(`  ${heaps.map((kb) => kb.toFixed(0)).join(" ")}`);
	console.log(`  grown by ${growth.toFixed(0)} (${MAX_GROWTH_KB} at most wanted)`);
}
