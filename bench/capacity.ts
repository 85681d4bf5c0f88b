// `npm run bench:capacity`: how long D1 works for each operation, what one database therefore carries, and what 1, 10 and 100 do.
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { leadNumber } from "./leads.ts";
import { startSink } from "./sink.ts";
import { type Organization, startTarget, type Target } from "./target.ts";

/** What counted.ts counts. */
interface Count {
	readonly calls: number;
	readonly writes: number;
	readonly ms: number;
}

/** What D1 does for one operation: round trips, those of them that write, and milliseconds of SQL. */
interface Cost extends Count {
	readonly name: string;
}

/**
 * How long a round trip occupies a database at Cloudflare (ms), the network between its copies included: assumptions from its
 * documentation (1,000 queries of 1 ms a second; several milliseconds for a write), because here only the SQL is measured.
 */
const EDGE_MS = { read: 2, write: 7 };
const GIGABYTES = 10;
/** Bytes of a created lead and of a delivery with its attempt (`npm run bench:space`). */
const BYTES_PER_CREATE = 3_040 + 910;
/** Messages that a queue passes on in a second. */
const QUEUE_MESSAGES = 5_000;
/** Shards that a sweep reaches when all have much to do (sweeper/sweep.ts): 1,000 statements, at least 50 for each. */
const BUSY_SHARDS_PER_SWEEP = 20;
/** Terabyte of an account: so many full databases. */
const DATABASES_PER_ACCOUNT = 100;
/** The shards that a key can name. */
const SHARD_NAMES = 3_844;
const KEYS = 40;
const DELIVERIES = 100;

async function measure(target: Target, organization: Organization, calls: number): Promise<Cost[]> {
	const costs: Cost[] = [];
	const repeat = async (name: string, call: (index: number) => Promise<{ d1: string | null }>) => {
		const counts: Count[] = [];
		for (let index = 0; index < calls; index += 1) counts.push(JSON.parse((await call(index)).d1 ?? "{}"));
		costs.push({ name, ...mean(counts) });
	};
	for (let key = 0; key < KEYS; key += 1) await organization.call("GET", "/tags");
	const { body } = await organization.call<{ id: string }>("POST", "/leads", leadNumber(0));
	await repeat("get", () => organization.call("GET", `/leads/${body.id}`));
	await repeat("create", (index) => organization.call("POST", "/leads", leadNumber(index)));
	await repeat("list of 20", () => organization.call("GET", "/leads?limit=20"));
	await repeat("change", (index) => organization.call("PATCH", `/leads/${body.id}`, { score: index % 100 }));
	const sink = await startSink();
	await organization.call("POST", "/webhooks", { url: sink.url, events: ["lead.created"] });
	await repeat("create, one webhook", (index) => organization.call("POST", "/leads", leadNumber(index)));
	await sink.waitForPosts(calls);
	costs.push(await measureDeliveries(target, organization, sink.waitForPosts));
	sink.close();
	return costs;
}

/** The cost of a delivery in batches as full as the window of one webhook allows. */
async function measureDeliveries(
	target: Target,
	organization: Organization,
	waitForPosts: (count: number) => Promise<void>,
): Promise<Cost> {
	const sending = async () => (await (await fetch(`${target.url}/_sending`)).json()) as Count;
	await sleep(1_000);
	await sending();
	const items = Array.from({ length: DELIVERIES }, (_, index) => leadNumber(index));
	await organization.call("POST", "/leads/batch", { items });
	await waitForPosts(DELIVERIES);
	await sleep(1_000);
	const { calls, writes, ms } = await sending();
	return {
		name: "delivery",
		calls: calls / DELIVERIES,
		writes: writes / DELIVERIES,
		ms: ms / DELIVERIES,
	};
}

/** D1 tells whole milliseconds, so only the mean of many calls says more. Other processes on the machine make it larger. */
function mean(counts: readonly Count[]): Count {
	const of = (figure: keyof Count) => counts.reduce((sum, count) => sum + count[figure], 0) / counts.length;
	return { calls: of("calls"), writes: of("writes"), ms: of("ms") };
}

/** How long a cost occupies a database at Cloudflare (ms). */
const occupies = ({ calls, writes, ms }: Count) =>
	Math.max(ms, (calls - writes) * EDGE_MS.read + writes * EDGE_MS.write);

const perSecond = (ms: number) => 1_000 / ms;
const show = (value: number) => Math.round(value).toLocaleString("en");
const row = (...cells: readonly string[]) =>
	console.log(cells.map((cell, index) => (index === 0 ? cell.padEnd(24) : cell.padStart(18))).join(""));

function printCosts(costs: readonly Cost[]): void {
	console.log("\nOne database: SQL as measured here, and what it carries when nothing else is asked of it\n");
	row("", "calls", "writes", "SQL ms", "SQL alone/s", "at the edge/s");
	for (const cost of costs)
		row(
			cost.name,
			cost.calls.toFixed(2),
			cost.writes.toFixed(2),
			cost.ms.toFixed(2),
			show(perSecond(cost.ms)),
			show(perSecond(occupies(cost))),
		);
}

/** Prints what so many databases carry together, and what is used up first when there are more. */
function printTable(costs: readonly Cost[]): void {
	const of = (name: string) => {
		const found = costs.find((cost) => cost.name === name);
		if (!found) throw new Error(`${name} was not measured.`);
		return occupies(found);
	};
	const reads = perSecond(of("get"));
	const creates = perSecond(of("create, one webhook") + of("delivery"));
	const bounds: readonly [databases: number, what: string][] = [
		[1, "the database itself: it executes one query at a time, and holds 10 GB"],
		[
			BUSY_SHARDS_PER_SWEEP,
			`a sweep: it reaches ${BUSY_SHARDS_PER_SWEEP} busy shards a minute, the rest a minute later`,
		],
		[
			Math.floor(QUEUE_MESSAGES / creates),
			`one queue: ${show(QUEUE_MESSAGES)} messages a second; give shards places`,
		],
		[DATABASES_PER_ACCOUNT, "the account: 1 TB in D1, more on request"],
		[SHARD_NAMES, `keys: they can name ${show(SHARD_NAMES)} shards`],
	];
	const ordered = bounds.toSorted(([one], [other]) => one - other);
	console.log("\nSo many databases, and what is used up next. One organization is always in one of them.\n");
	row("databases", "reads/s", "creates/s", "GB", "leads until full");
	for (const count of [1, 10, 100]) {
		const [at, what] = ordered.find(([databases]) => databases >= count) ?? [SHARD_NAMES, ""];
		const leads = (count * GIGABYTES * 1e9) / BYTES_PER_CREATE;
		row(
			String(count),
			show(count * reads),
			show(count * creates),
			show(count * GIGABYTES),
			show(leads),
			`  at ${at}: ${what}`,
		);
	}
}

const { values } = parseArgs({ options: { calls: { type: "string", default: "200" } } });
const target = await startTarget("counted");
const costs = await measure(target, await target.organization(KEYS), Number(values.calls));
await target.stop();
printCosts(costs);
printTable(costs);
