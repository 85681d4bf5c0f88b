// The processor time that our own code takes for a request, for comparing two states of it. The Worker handles a request thousands
// of times by itself, so nothing of the platform is measured, neither its part of our isolate (profiled.ts measures that); sides
// alternate within each round, and the medians of a busy machine agree within a few percent.
import { cpuOfTree } from "./cpu.ts";
import { INTERVAL_US, openInspector } from "./inspector.ts";
import { leadNumber } from "./leads.ts";
import { median } from "./measure.ts";
import { placesOf } from "./rooms.ts";
import { API, startTarget, type Target } from "./target.ts";
import type { Kind } from "./workers.ts";

export const OWN_OPERATIONS = ["get", "list", "create", "event"] as const;
type OwnOperation = (typeof OWN_OPERATIONS)[number];

const LEADS = 20;
const WIDTH = 11;

interface OwnOptions {
	readonly rounds: number;
	/** How often each request is handled in a round. */
	readonly times: number;
	readonly operations: readonly OwnOperation[];
	/** Another checkout of this repository, whose Worker is measured in the same rounds. */
	readonly beside?: string | undefined;
	/** How many functions of ours to list that cost most. */
	readonly functions?: number;
}

/** A running Worker. */
interface Side {
	readonly name: string;
	readonly target: Target;
	/** Has it handle a request `times` times; an operation, or nothing. */
	repeat(operation: OwnOperation | null, times: number): Promise<void>;
}

async function startSide(name: string, kind: Kind, inspected: boolean, checkout?: string): Promise<Side> {
	const target = await startTarget(kind, undefined, inspected, checkout);
	const plain = await target.organization(LEADS);
	const subscribed = await target.organization(2);
	const url = "https://receiver.example/";
	await subscribed.call("POST", "/webhooks", { url, events: ["lead.created"] });
	const made = await Promise.all(
		Array.from({ length: LEADS }, (_, index) =>
			plain.call<{ id: string }>("POST", "/leads", leadNumber(index)),
		),
	);
	const id = made[0]?.body.id;
	const create = { method: "POST", path: "/leads", body: JSON.stringify(leadNumber(0)) };
	const asked = {
		get: { of: plain, method: "GET", path: `/leads/${id}` },
		list: { of: plain, method: "GET", path: `/leads?limit=${LEADS}` },
		create: { of: plain, ...create },
		event: { of: subscribed, ...create },
	} as const;
	return {
		name,
		target,
		async repeat(operation, count) {
			const { of, path, ...request } = asked[operation ?? "get"];
			const address = operation === null ? `${target.url}/nothing` : target.url + API + path;
			const headers = {
				"x-api-key": of.keys(1)[0] ?? "",
				"x-repeat": String(count),
				"content-type": "application/json",
			};
			const response = await fetch(address, { ...request, headers });
			if (!response.ok) throw new Error(`${operation} answered ${response.status}: ${await response.text()}`);
			await response.body?.cancel();
		},
	};
}

/** Microseconds of processor time for one request. */
async function timeOf(
	{ target, repeat }: Side,
	operation: OwnOperation | null,
	times: number,
): Promise<number> {
	const before = cpuOfTree(target.pid) ?? Number.NaN;
	await repeat(operation, times);
	return (((cpuOfTree(target.pid) ?? Number.NaN) - before) * 1_000) / times;
}

/** Prints the functions of a side that cost most, and the rooms of the code. */
async function printFunctions(
	{ target, repeat }: Side,
	operation: OwnOperation,
	times: number,
	count: number,
): Promise<void> {
	const placeOf = await placesOf("repeated ours");
	const inspector = await openInspector(target.inspector, (isolate) => isolate.startsWith("core:user:"));
	await inspector.start();
	await repeat(operation, times);
	const stacks = [...(await inspector.stop()).values()].flat();
	inspector.close();
	for (const by of ["room", "name"] as const) {
		const costs = new Map<string, number>();
		for (const stack of stacks) {
			const place = placeOf(stack)[by];
			costs.set(place, (costs.get(place) ?? 0) + (stack.samples * INTERVAL_US) / times);
		}
		const most = [...costs].toSorted(([, one], [, other]) => other - one).slice(0, count);
		for (const [place, us] of most) console.log(`${us.toFixed(2).padStart(WIDTH)}  ${place}`);
		console.log();
	}
}

/** Prints the microseconds of each operation on each side. */
export async function measureOwn({
	rounds,
	times,
	operations,
	beside,
	functions = 0,
}: OwnOptions): Promise<void> {
	const sides = [
		await startSide("floor", "repeated floor", false),
		await startSide("ours", "repeated ours", functions > 0),
	];
	if (beside) sides.push(await startSide("beside", "repeated ours", false, beside));
	try {
		console.log(
			`\nOur own isolate: us of processor time, medians of ${rounds} rounds of ${times} requests\n`,
		);
		const heads = [...sides.map(({ name }) => name), "ours/floor"].map((head) => head.padStart(WIDTH));
		console.log(`${"".padEnd(8)}${heads.join("")}`);
		for (const operation of operations) {
			const found: number[][] = sides.map(() => []);
			for (let round = 0; round <= rounds; round += 1)
				for (const [index, side] of sides.entries()) {
					const us = (await timeOf(side, operation, times)) - (await timeOf(side, null, times));
					// The first round only warms up.
					if (round > 0) found[index]?.push(us);
				}
			const us = found.map(median);
			const ratio = (us[1] ?? Number.NaN) / (us[0] ?? Number.NaN);
			const columns = [...us.map((value) => value.toFixed(1)), ratio.toFixed(2)];
			console.log(operation.padEnd(8) + columns.map((text) => text.padStart(WIDTH)).join(""));
			if (functions > 0 && sides[1]) await printFunctions(sides[1], operation, times, functions);
		}
	} finally {
		for (const { target } of sides) await target.stop();
	}
}
