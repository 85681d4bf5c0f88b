// Histories over two shards: whichever database fails, and at whatever moment, every delivery of both arrives, and those of
// one whose database is well are not made again.
import fc from "fast-check";
import { afterEach, expect, inject, it, vi } from "vitest";
import type { Bindings } from "../../src/env.ts";
import type { Api } from "../support/api.ts";
import { withMembers, workerWith } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { Sender } from "../support/sender.ts";
import { dbOf, wrapDatabases } from "../support/shards.ts";

const RUNS = 40;
const PAIR = [1, 2] as const;
const MAX_ROUNDS = 30;

afterEach(() => {
	vi.useRealTimers();
	vi.restoreAllMocks();
	vi.unstubAllGlobals();
});

const pick = fc.constantFrom(...PAIR);
const fault = fc.option(
	fc.record({ shard: pick, at: fc.nat(3), loses: fc.constantFrom("question", "answer") }),
	{
		freq: 2,
		nil: null,
	},
);
const step = fc.oneof(
	{ weight: 3, arbitrary: fc.record({ create: pick }) },
	{ weight: 4, arbitrary: fc.record({ consume: fc.nat(9), fault }) },
	{ weight: 2, arbitrary: fc.record({ sweep: fc.boolean(), fault }) },
	{ weight: 1, arbitrary: fc.record({ jump: fc.constantFrom(5_000, 50_000, 70_000) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
type Fault = { shard: number; at: number; loses: string } | null;

/** Databases of which one fails at its n-th call from when it is armed. */
class Failing {
	#fault: Fault = null;
	#calls = 0;
	/** Shards that have failed at any time. */
	readonly failed = new Set<number>();

	arm(one: Fault): void {
		this.#fault = one;
		this.#calls = 0;
	}

	wrap(bindings: Bindings): Bindings {
		const databases = wrapDatabases(
			(db, shard) =>
				withMembers(db, {
					batch: async (statements: D1PreparedStatement[]) => {
						const isTold = this.#fault?.shard === shard && this.#calls++ === this.#fault.at;
						const loses = isTold ? this.#fault?.loses : null;
						if (loses) this.failed.add(shard);
						if (loses === "question") throw new Error("D1_ERROR: internal error; reference = 0");
						const results = await db.batch(statements);
						if (loses) throw new Error("D1_ERROR: Network connection lost.");
						return results;
					},
				}),
			bindings,
		);
		return { ...bindings, ...databases };
	}
}

async function live(steps: readonly Step[]): Promise<string[]> {
	vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2026-03-01T12:00:00Z") });
	vi.spyOn(console, "error").mockReturnValue();
	const arrived = new Map<string, number>();
	vi.stubGlobal("fetch", async (_url: unknown, init: RequestInit) => {
		const id = new Headers(init.headers).get("x-webhook-id") ?? "";
		arrived.set(id, (arrived.get(id) ?? 0) + 1);
		return new Response(null, { status: 200 });
	});
	const faults = new Failing();
	const sender = await Sender.start({}, (bindings) => faults.wrap(bindings));
	const callers = new Map<number, Api>();
	for (const shard of PAIR) {
		const api = (await createCaller({ shard })).via(workerWith(sender.env));
		await api.post("/webhooks", { url: "https://hooks.example.com/a", events: ["lead.created"] });
		callers.set(shard, api);
	}
	const consume = async (count: number) =>
		sender.deliverMessages(sender.queued.splice(0, count).filter(({ at }) => at <= Date.now() + 60_000));
	for (const one of steps) {
		faults.arm("fault" in one ? one.fault : null);
		if ("create" in one) await callers.get(one.create)?.post("/leads", { name: "Jane" });
		if ("consume" in one) await consume(one.consume + 1);
		if ("sweep" in one) {
			sender.queueFails = one.sweep;
			await sender.sweep().catch(() => undefined);
			sender.queueFails = false;
		}
		if ("jump" in one) vi.setSystemTime(Date.now() + one.jump);
	}
	faults.arm(null);
	const waiting = async () => {
		const counts = [...callers.values()].map(({ organizationId }) =>
			dbOf(organizationId)
				.prepare("SELECT count(*) AS n FROM deliveries WHERE organizationId = ? AND status = 'pending'")
				.bind(organizationId)
				.first<number>("n"),
		);
		return (await Promise.all(counts)).some((count) => Number(count) > 0);
	};
	for (let round = 0; round < MAX_ROUNDS && (await waiting()); round += 1) {
		vi.setSystemTime(Date.now() + 70_000);
		await sender.sweep();
		await consume(1_000);
	}
	const problems: string[] = [];
	for (const [shard, { organizationId }] of callers) {
		const { results } = await dbOf(organizationId)
			.prepare("SELECT id, status FROM deliveries WHERE organizationId = ?")
			.bind(organizationId)
			.all<{ id: string; status: string }>();
		for (const { id, status } of results) {
			const times = arrived.get(id) ?? 0;
			if (status !== "success" || times === 0) problems.push(`${shard} ${id} is ${status}, arrived ${times}`);
			if (times > 1 && !faults.failed.has(shard)) problems.push(`${shard} ${id} arrived ${times} times`);
		}
	}
	return problems;
}

it(`${RUNS} histories lose nothing of either, and repeat nothing of one that is well`, {
	timeout: 300_000,
}, async () => {
	await fc.assert(
		fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 20, size: "max" }), async (steps) => {
			expect(await live(steps)).toEqual([]);
		}),
		{
			seed: inject("historySeed"),
			numRuns: RUNS,
			interruptAfterTimeLimit: 250_000,
			markInterruptAsFailure: true,
		},
	);
});
