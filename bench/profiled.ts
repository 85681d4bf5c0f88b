// Where the processor time of a request goes: into our own isolate, which the platform bills, or into what stands in for the
// platform on this machine; and within our isolate, into which room of the code. The bare and the floor Worker are profiled in
// the same rounds: their ratios hold on a busy machine, the milliseconds do not.
import { cpuOf } from "./cpu.ts";
import { INTERVAL_US, type Inspector, openInspector, type Stack } from "./inspector.ts";
import { type Load, measure, median } from "./measure.ts";
import { LIMITER, LOG, type Place, placesOf } from "./rooms.ts";
import { MOST_OVER_BARE, MOST_OVER_FLOOR, type Operation, SIDES, type Side, startSide } from "./sides.ts";
import { startSink } from "./sink.ts";

/** The parts of a machine that runs a Worker locally; our own isolate and the limiter are what the platform bills. */
const PARTS = {
	own: "own isolate",
	limiter: LIMITER,
	log: "log lines, to a pipe",
	d1: "D1, emulated",
	queues: "queues, emulated",
	entry: "Miniflare's entry",
	rest: "workerd, outside isolates",
	node: "Node",
	tree: "all processes",
} as const;
type Part = keyof typeof PARTS;

/** Rooms of our code that are parts of their own. */
const APART: ReadonlyMap<string, Part> = new Map([
	[LIMITER, "limiter"],
	[LOG, "log"],
]);

/** Milliseconds per operation, by part, and of our own isolate by room. */
interface Split {
	readonly parts: Readonly<Record<Part, number>>;
	readonly rooms: ReadonlyMap<string, number>;
	readonly functions: ReadonlyMap<string, number>;
}

const WIDTH = 11;
const RATIO_WIDTH = 22;
/** Less than this can't be compared. */
const LEAST_MS = 0.001;

function partOf(isolate: string): Part | null {
	if (isolate.startsWith("core:user:")) return "own";
	if (isolate.startsWith("d1:")) return "d1";
	if (isolate.startsWith("queue")) return "queues";
	return isolate === "core:entry" ? "entry" : null;
}

interface ProfileOptions {
	readonly operations: readonly Operation[];
	readonly rounds: number;
	readonly load: Pick<Load, "connections" | "seconds">;
	/** How many functions of ours to list that cost most. */
	readonly functions?: number;
}

interface Profiled {
	readonly side: Side;
	readonly inspector: Inspector;
	readonly placeOf: (stack: Stack) => Place;
}

/** One round of one operation: once without the inspector for the processes, and once with it for the isolates. */
async function profile(
	{ side, inspector, placeOf }: Profiled,
	name: Operation,
	load: ProfileOptions["load"],
): Promise<Split> {
	const { target, loads } = side;
	const asked = { ...loads[name], ...load };
	const nodeBefore = cpuOf(target.pid);
	const { cpu: tree, requests } = await measure(target, asked.organization, asked);
	const parts = { own: 0, limiter: 0, log: 0, d1: 0, queues: 0, entry: 0, rest: 0, node: 0, tree };
	parts.node = (cpuOf(target.pid) - nodeBefore) / requests;
	await inspector.start();
	const { requests: profiled } = await measure(target, asked.organization, asked);
	const rooms = new Map<string, number>();
	const functions = new Map<string, number>();
	for (const [isolate, stacks] of await inspector.stop()) {
		const part = partOf(isolate);
		if (part === null) continue;
		for (const stack of stacks) {
			const ms = (stack.samples * INTERVAL_US) / 1_000 / profiled;
			const place = part === "own" ? placeOf(stack) : null;
			const apart = APART.get(place?.room ?? "");
			parts[apart ?? part] += ms;
			if (!place || apart) continue;
			rooms.set(place.room, (rooms.get(place.room) ?? 0) + ms);
			functions.set(place.name, (functions.get(place.name) ?? 0) + ms);
		}
	}
	const { tree: _, rest: __, ...known } = parts;
	parts.rest = tree - Object.values(known).reduce((sum, ms) => sum + ms, 0);
	return { parts, rooms, functions };
}

const shown = (value: number) => value.toFixed(3).padStart(WIDTH);

/** A line: of each side the median of its rounds (ms); our ratios, and in parentheses the least and the greatest of a round. */
function line(name: string, sides: readonly (readonly number[])[]): string {
	const [bare = [], floor = [], ours = []] = sides;
	const ratio = (base: readonly number[]) => {
		if (median(base) <= LEAST_MS) return "-".padStart(RATIO_WIDTH);
		const ofRounds = ours.map((ms, round) => ms / (base[round] ?? Number.NaN));
		const [least, most] = [Math.min(...ofRounds), Math.max(...ofRounds)].map((one) => one.toFixed(2));
		return `${(median(ours) / median(base)).toFixed(2)} (${least}-${most})`.padStart(RATIO_WIDTH);
	};
	return `${name.padEnd(28)}${sides.map((rounds) => shown(median(rounds))).join("")}${ratio(floor)}${ratio(bare)}`;
}

/** Prints the functions of ours that cost most. */
function printFunctions(splits: readonly Split[], count: number): void {
	const names = new Set(splits.flatMap(({ functions }) => [...functions.keys()]));
	const costOf = (name: string) => median(splits.map(({ functions }) => functions.get(name) ?? 0));
	const costs = [...names].map((name) => [name, costOf(name)] as const);
	for (const [name, ms] of costs.toSorted(([, one], [, other]) => other - one).slice(0, count))
		console.log(`${shown(ms)}  ${name}`);
}

/** What is wanted of a part of an operation, in words; empty if nothing is. */
function wantedOf(part: string, operation: Operation): string {
	const over = part === "own" ? MOST_OVER_FLOOR[operation] : null;
	if (over !== null) return ` (over floor ${over} at most wanted)`;
	return part === "tree" ? ` (over bare ${MOST_OVER_BARE[operation]} at most wanted)` : "";
}

/** Prints the split of one operation; `found` has the rounds of each side. */
function printSplit(name: Operation, found: readonly (readonly Split[])[], rounds: number): void {
	console.log(`\n${name}: ms of processor time, medians of ${rounds} rounds`);
	const heads = SIDES.map((head) => head.padStart(WIDTH));
	const ratios = ["ours/floor", "ours/bare"].map((head) => head.padStart(RATIO_WIDTH));
	console.log(`${"".padEnd(28)}${[...heads, ...ratios].join("")}`);
	const roundsOf = (of: (split: Split) => number) => found.map((splits) => splits.map(of));
	for (const [part, title] of Object.entries(PARTS)) {
		const ms = roundsOf(({ parts }) => parts[part as Part]);
		console.log(line(title, ms) + wantedOf(part, name));
	}
	console.log("of which in our own isolate");
	const rooms = new Set(found.flat().flatMap((split) => [...split.rooms.keys()]));
	for (const room of [...rooms].toSorted()) {
		const ms = roundsOf((split) => split.rooms.get(room) ?? 0);
		console.log(line(`  ${room}`, ms));
	}
}

/** Profiles operations of the bare Worker, the floor Worker and ours, and prints where their time goes. */
export async function profileOperations({
	operations,
	rounds,
	load,
	functions = 0,
}: ProfileOptions): Promise<void> {
	const sink = await startSink();
	const sides: Profiled[] = [];
	for (const kind of SIDES) {
		const side = await startSide(kind, sink, true);
		const inspector = await openInspector(side.target.inspector, (isolate) => partOf(isolate) !== null);
		sides.push({ side, inspector, placeOf: await placesOf(kind) });
	}
	try {
		for (const name of operations) {
			const found: Split[][] = sides.map(() => []);
			for (let round = 0; round <= rounds; round += 1)
				for (const [index, side] of sides.entries()) {
					const split = await profile(side, name, load);
					// The first round only warms up.
					if (round > 0) found[index]?.push(split);
				}
			printSplit(name, found, rounds);
			printFunctions(found.at(-1) ?? [], functions);
		}
	} finally {
		for (const { side, inspector } of sides) {
			inspector.close();
			await side.target.stop();
		}
		sink.close();
	}
}
