// A move in which any call of a database, a limiter or the queue fails, or at which its process dies, and another call soon after, is
// completed by later sweeps with the same result, and meanwhile the organization is read.
import { afterEach, beforeEach, describe, expect, inject, it, vi } from "vitest";
import { MINUTE_MS } from "../../src/time.ts";
import { workerWith } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { type Fault, Faults, faultModes } from "../support/faults.ts";
import { Sender } from "../support/sender.ts";
import { bindingsOf, placeOrganization } from "../support/shards.ts";
import { misplacedRows } from "../support/wrong-shard.ts";
import { rowsIn, stageOf, wish } from "./moving.ts";

/** How many calls after the first interruption the second one comes, which is in another step. */
const NEXT = 7;
/** The moves of a run; `npm run test:moves` interrupts one at every call, in every way, in so many tests of each. */
const SAMPLE = 6;
const PARTS = 10;
const MAX_MINUTES = 30;

beforeEach(() => {
	vi.useFakeTimers({ toFake: ["Date"] });
	vi.spyOn(console, "error").mockReturnValue();
	vi.spyOn(console, "log").mockReturnValue();
});
afterEach(() => {
	vi.useRealTimers();
	vi.restoreAllMocks();
});

/** An organization with a few rows; its sweeper is `sender`, and requests of `reader` are never interrupted. */
async function smallOrganization(sender: Sender) {
	const reader = await createCaller({ shard: 1, keys: 3 });
	const api = reader.via(workerWith(sender.env));
	const url = `${inject("receiver")}/status/200/move-faults`;
	await api.post("/webhooks", { url, events: ["lead.created"] });
	const tag = (await api.post("/tags", { name: "Tag" })).body;
	const lead = { name: "Jane", tagIds: [tag.id] };
	// With one of the keys, because another one's Idempotency-Key is another.
	const headers = { "idempotency-key": "one", "x-api-key": api.key };
	const create = () => api.post("/leads", lead, headers);
	const made = await create();
	await sender.drain();
	return { api, reader, create, made };
}

/** Moves an organization, interrupted by a fault; returns the problems, and how many calls the move took. */
async function moveInterrupted(fault: Fault | null) {
	const faults = new Faults();
	const sender = await Sender.start({}, (bindings) => faults.wrap(bindings));
	const { api, reader, create, made } = await smallOrganization(sender);
	const { organizationId } = api;
	const before = await rowsIn(organizationId, 1);
	await wish(organizationId, 1, 2);
	const problems: string[] = [];
	faults.arm(fault);
	for (let minute = 1; (await stageOf(organizationId, 1)) !== null; minute += 1) {
		if (minute > MAX_MINUTES) {
			problems.push(`still at stage ${await stageOf(organizationId, 1)}`);
			break;
		}
		vi.setSystemTime(Date.now() + MINUTE_MS);
		await sender.sweep().catch(() => undefined);
		faults.revive();
		const read = await reader.get(`/leads/${made.body.id}`);
		if (read.text !== made.text) problems.push(`minute ${minute}: ${read.text}`);
	}
	const { length: calls } = faults.disarm();
	placeOrganization(organizationId, 2);
	const after = await rowsIn(organizationId, 2);
	for (const [table, rows] of Object.entries(before))
		if (table !== "api_keys" && JSON.stringify(after[table]) !== JSON.stringify(rows))
			problems.push(`${table}: ${JSON.stringify(rows)} became ${JSON.stringify(after[table])}`);
	const next = await api.post("/leads", { name: "After" });
	if (next.status !== 201 || next.body.number !== 2) problems.push(next.text);
	const repeated = await create();
	if (repeated.text !== made.text) problems.push(repeated.text);
	const triggers = await bindingsOf(1)
		.DB.prepare(
			"SELECT count(*) AS n FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'move\\_%' ESCAPE '\\'",
		)
		.first("n");
	if (triggers !== 0) problems.push(`${triggers} triggers are left`);
	return { problems: problems.map((problem) => `${JSON.stringify(fault)}: ${problem}`), calls };
}

let calls: number | undefined;

/** The number of calls of a move that nothing interrupts. */
async function callsOfMove(): Promise<number> {
	if (calls !== undefined) return calls;
	const undisturbed = await moveInterrupted(null);
	expect(undisturbed.problems).toEqual([]);
	expect(undisturbed.calls).toBeGreaterThan(50);
	calls = undisturbed.calls;
	return calls;
}

/** The problems of a move in which a call fails, and another one soon after. */
const problemsAt = async (call: number, mode: Fault["mode"]): Promise<string[]> =>
	(await moveInterrupted({ at: call, again: call + NEXT, mode })).problems;

describe.runIf(inject("everyMove")).each(faultModes)(
	"a move that is interrupted at every call, %s",
	(mode) => {
		it.each(Array.from({ length: PARTS }, (_, part) => [part + 1]))(
			`is completed with the same result: part %i of ${PARTS}`,
			{ timeout: 600_000 },
			async (part) => {
				const all = await callsOfMove();
				const problems: string[] = [];
				for (let call = part; call <= all; call += PARTS) problems.push(...(await problemsAt(call, mode)));
				expect(problems).toEqual([]);
				expect(await misplacedRows()).toEqual([]);
			},
		);
	},
);

describe("a move that is interrupted now and then", () => {
	it("is completed with the same result", { timeout: 600_000 }, async () => {
		const all = await callsOfMove();
		const problems: string[] = [];
		for (let n = 0; n < SAMPLE; n += 1) {
			const call = ((inject("historySeed") + n * Math.ceil(all / SAMPLE)) % all) + 1;
			problems.push(...(await problemsAt(call, faultModes[n % faultModes.length] ?? "died")));
		}
		expect(problems).toEqual([]);
		expect(await misplacedRows()).toEqual([]);
	});
});
