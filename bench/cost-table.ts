// The table of costs in docs/operating.md, made of counts and prices.
import {
	BURST,
	BYTES,
	COUNTS,
	type Counts,
	CPU_MS,
	LIMITER_CALL_MS,
	LIMITER_COUNTS,
	LOGGED_ROWS,
	REMOVED,
	REMOVED_ATTEMPT,
} from "./cost-counts.ts";
import { costOf, costOfLimiter, costOfStorage, OPERATIONS_PER_MESSAGE, type Usage } from "./prices.ts";

const SWEEPS_A_DAY = 24 * 60;
const DAYS_A_MONTH = 30;
const FAILURES_BEFORE = 2;

/** An operation, and what it takes. */
interface Line {
	readonly name: string;
	readonly usage: Usage;
	/** Rows that are written later, to remove what it has left. */
	readonly removed: number;
	/** Whether a key's limiter is asked. */
	readonly isLimited: boolean;
	/** What it takes of the database. */
	readonly bytes: number;
}

const sum = (...all: readonly Counts[]): Counts => ({
	read: all.reduce((total, { read }) => total + read, 0),
	written: all.reduce((total, { written }) => total + written, 0),
	messages: all.reduce((total, { messages }) => total + messages, 0),
});

const times = (count: number, { read, written, messages }: Counts): Counts => ({
	read: count * read,
	written: count * written,
	messages: count * messages,
});

const request = (name: string, counts: Counts, cpuMs: number, removed = 0, bytes = 0): Line => ({
	name,
	usage: { requests: 1, cpuMs, ...counts, written: counts.written + LOGGED_ROWS },
	removed,
	isLimited: true,
	bytes,
});

const delivery = (name: string, counts: Counts, attempts: number, perRun: number): Line => ({
	name,
	usage: { requests: attempts / perRun, cpuMs: attempts * CPU_MS.delivery, ...counts },
	removed: REMOVED.delivery + (attempts - 1) * REMOVED_ATTEMPT,
	isLimited: false,
	bytes: BYTES.delivery,
});

const { fanOut, attempt, attemptAlone, failedAttempt } = COUNTS;
const LINES: readonly Line[] = [
	request("get", COUNTS.get, CPU_MS.read),
	request("list of 20", COUNTS.list, CPU_MS.read),
	request("create", COUNTS.create, CPU_MS.write, REMOVED.create, BYTES.lead),
	request("change of one field", COUNTS.update, CPU_MS.write, REMOVED.update, BYTES.change),
	request("delete", COUNTS.delete, CPU_MS.write, REMOVED.delete),
	{
		...request(
			"create, one of a batch of 100",
			COUNTS.batchItem,
			CPU_MS.batchItem,
			REMOVED.create,
			BYTES.lead,
		),
		usage: { requests: 0.01, cpuMs: CPU_MS.batchItem, ...COUNTS.batchItem },
		isLimited: false,
	},
	delivery("delivery, ten at a time", sum(fanOut, attempt), 1, 10),
	delivery("delivery, alone", sum(fanOut, attemptAlone), 1, 1),
	delivery(
		"delivery that arrives after two failures",
		sum(fanOut, times(FAILURES_BEFORE, failedAttempt), attempt),
		FAILURES_BEFORE + 1,
		10,
	),
];

const rounded = (value: number): string =>
	value.toLocaleString("en", { maximumFractionDigits: value < 100 ? 2 : 0 });
const dollars = (value: number): string => (value === 0 ? "–" : value.toFixed(2));

const aloneCost = costOfLimiter({ ...LIMITER_COUNTS.alone, ms: LIMITER_CALL_MS });
const burstCost = costOfLimiter({ ...LIMITER_COUNTS.burst, ms: BURST.ms / BURST.requests });

function lineOf({ name, usage, removed, isLimited, bytes }: Line): string {
	const cost = costOf({ ...usage, written: usage.written + removed });
	const cells = [
		name,
		rounded(usage.requests),
		rounded(usage.cpuMs),
		rounded(usage.read),
		rounded(usage.written),
		rounded(removed),
		rounded(usage.messages * OPERATIONS_PER_MESSAGE),
		isLimited ? dollars(cost + burstCost) : "–",
		dollars(cost + (isLimited ? aloneCost : 0)),
		dollars(costOfStorage(bytes)),
	];
	return `| ${cells.join(" | ")} |`;
}

/** The table, in Markdown. */
export const costTable = (): string =>
	[
		"| a million of these | requests each | ms of processor time | rows read | rows written | to remove later | queue operations | dollars, keys in bursts | dollars, each alone | dollars a month to keep |",
		"|---|---|---|---|---|---|---|---|---|---|",
		...LINES.map(lineOf),
	].join("\n");

/** What is paid although nobody asks for anything, in Markdown. */
export function idleTable(): string {
	const millions = (SWEEPS_A_DAY * DAYS_A_MONTH) / 1e6;
	const { sweep, idleOrganization, forgottenKey } = COUNTS;
	const monthly = (usage: Usage) => millions * costOf(usage);
	const rows: readonly (readonly [string, Counts, number, string])[] = [
		[
			"a database",
			sweep,
			monthly({ requests: 1, cpuMs: CPU_MS.sweep, ...sweep }),
			"a month of sweeps, one each minute",
		],
		[
			"a thousand organizations",
			times(1_000, idleOrganization),
			monthly({ requests: 0, cpuMs: 0, ...times(1_000, idleOrganization) }),
			"the same",
		],
		[
			"a million keys that were not used for a minute",
			forgottenKey,
			costOf({ requests: 0, cpuMs: 0, ...forgottenKey }),
			"besides the request: the key is looked up, and when it was used is stored",
		],
	];
	return [
		"| for | rows read | rows written | dollars | what |",
		"|---|---|---|---|---|",
		...rows.map(
			([name, { read, written }, cost, what]) =>
				`| ${name} | ${rounded(read)} | ${rounded(written)} | ${cost.toFixed(2)} | ${what} |`,
		),
	].join("\n");
}
