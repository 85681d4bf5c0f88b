// A move whose process dies, at any call of a database or a limiter, before the call or after it, is completed by later sweeps with
// the same result, and meanwhile the organization can be used.
import { afterEach, beforeEach, describe, expect, inject, it, vi } from "vitest";
import type { Api } from "../support/api.ts";
import { workerWith } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { Sender } from "../support/sender.ts";
import { bindingsOf, placeOrganization } from "../support/shards.ts";
import { misplacedRows } from "../support/wrong-shard.ts";
import { Mortal } from "./mortal.ts";
import { MINUTE_MS, rowsIn, stageOf, wish } from "./moving.ts";

/** How often a move dies at most. */
const DEATHS = 2;
/** Moves per run; `npm run test:moves` dies at every call. */
const SAMPLE = 6;
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

/** An organization with a few rows, and what it answers. */
async function smallCaller(sender: Sender, shard: number): Promise<Api> {
	const api = (await createCaller({ shard, keys: 3 })).via(workerWith(sender.env));
	const url = `${inject("receiver")}/status/200/move-faults`;
	await api.post("/webhooks", { url, events: ["lead.created"] });
	const tag = (await api.post("/tags", { name: "Tag" })).body;
	await api.post("/leads", { name: "Jane", tagIds: [tag.id] }, { "idempotency-key": "one" });
	return api;
}

/** Moves an organization, dying at these calls; returns the problems and the number of calls of an undisturbed move. */
async function moveDying(deaths: readonly number[]): Promise<{ problems: string[]; calls: number }> {
	const mortal = new Mortal();
	const sender = await Sender.start({}, (bindings) => mortal.wrap(bindings));
	const api = await smallCaller(sender, 1);
	const { organizationId } = api;
	await sender.drain();
	const before = await rowsIn(organizationId, 1);
	await wish(organizationId, 1, 2);
	const problems: string[] = [];
	mortal.arm(deaths);
	for (let minute = 1; (await stageOf(organizationId, 1)) !== null; minute += 1) {
		if (minute > MAX_MINUTES)
			return { problems: [`still at stage ${await stageOf(organizationId, 1)}`], calls: 0 };
		vi.setSystemTime(Date.now() + MINUTE_MS);
		await sender.sweep().catch(() => undefined);
		mortal.revive();
	}
	const { calls } = mortal;
	mortal.disarm();
	placeOrganization(organizationId, 2);
	const after = await rowsIn(organizationId, 2);
	for (const [table, rows] of Object.entries(before))
		if (table !== "api_keys" && JSON.stringify(after[table]) !== JSON.stringify(rows))
			problems.push(`${table}: ${JSON.stringify(rows)} became ${JSON.stringify(after[table])}`);
	const made = await api.post("/leads", { name: "After" });
	if (made.status !== 201 || made.body.number !== 2) problems.push(made.text);
	const repeated = await api.post(
		"/leads",
		{ name: "Jane", tagIds: JSON.parse(String(before.leads?.[0]?.tagIds)) },
		{ "idempotency-key": "one" },
	);
	if (repeated.status !== 201) problems.push(repeated.text);
	const triggers = await bindingsOf(1)
		.DB.prepare(
			"SELECT count(*) AS n FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'move\\_%' ESCAPE '\\'",
		)
		.first("n");
	if (triggers !== 0) problems.push(`${triggers} triggers are left`);
	return { problems: problems.map((problem) => `dying at ${deaths}: ${problem}`), calls };
}

describe("a move whose process dies", () => {
	it("is completed with the same result", {
		timeout: inject("everyMove") ? 3_600_000 : 600_000,
	}, async () => {
		const { problems, calls } = await moveDying([]);
		expect(problems).toEqual([]);
		expect(calls).toBeGreaterThan(50);
		const all = Array.from({ length: calls }, (_, index) => index + 1);
		const start = inject("historySeed") % calls;
		const chosen = inject("everyMove")
			? all
			: Array.from({ length: SAMPLE }, (_, n) => (start + n * Math.ceil(calls / SAMPLE)) % calls);
		for (const call of chosen) {
			const deaths = Array.from({ length: DEATHS }, (_, index) => call + index * 7);
			expect((await moveDying(deaths)).problems).toEqual([]);
		}
		expect(await misplacedRows()).toEqual([]);
	});
});
