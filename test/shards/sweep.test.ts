// The sweeper over several shards: each is looked at, one's fault is no other's, and together they keep to what one
// invocation may send.
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { limits } from "../../scripts/platform/limits.ts";
import { STAGE } from "../../src/db/moves.ts";
import type { Bindings } from "../../src/env.ts";
import { databaseBindingOf } from "../../src/places.ts";
import { countedDatabases, withMembers } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { copyRow } from "../support/many-rows.ts";
import { Sender } from "../support/sender.ts";
import { run, shards } from "../support/shards.ts";
import { arrivals, callerInEachShard, failingDatabases, senderWith } from "./callers.ts";
import { countingBindings } from "./counting.ts";

const TRUSTED_MS = 60_000;
/** Webhooks of each shard with something due: more than a sweep delivers to by itself. */
const HOOKS = 200;
/** More than it takes to do what migrations leave to be done. */
const MAX_SWEEPS = 30;

afterEach(() => {
	vi.useRealTimers();
	vi.restoreAllMocks();
});

/** One delivery due in each shard, of which no message was sent. */
async function due(name: string) {
	vi.useFakeTimers({ toFake: ["Date"] });
	const sender = await Sender.start();
	for (const api of await callerInEachShard(sender, name)) await api.post("/leads", { name: "Jane" });
	expect(sender.queued.splice(0).map(({ body }) => body.shard ?? 0)).toEqual(shards);
	vi.setSystemTime(Date.now() + TRUSTED_MS);
	return sender;
}

/** Bindings of so many databases, which are one in fact. */
const manyOf = (count: number): { DB: D1Database } =>
	Object.fromEntries(
		Array.from({ length: count }, (_, shard) => [databaseBindingOf(shard), env.DB]),
	) as unknown as { DB: D1Database };

it.each([1, 3, 4, 16])("a sweep of %i idle shards takes two calls of each", async (count) => {
	const { DB_1: _, DB_2: __, ...others } = env as Bindings & { DB_1?: D1Database; DB_2?: D1Database };
	const several = count === shards.length ? env : { ...others, ...manyOf(count) };
	const { bindings, calls, counts, reset } = countingBindings(several);
	const sender = await senderWith(bindings);
	// What migrations leave to be done.
	for (let sweeps = 0, idle = false; !idle && sweeps < MAX_SWEEPS; sweeps += 1) {
		reset();
		await sender.sweep();
		idle = calls().every((made) => made === 2);
	}
	expect(calls()).toEqual(Array(count).fill(2));
	expect(counts.map(({ statements }) => statements)).toEqual(Array(count).fill(2));
});

it("wakes what is due in each shard, and its messages name the shard", async () => {
	const sender = await due("swept");
	await sender.sweep();
	expect(sender.queued.map(({ body }) => body.shard ?? 0).toSorted()).toEqual(shards);
	await sender.drain();
	expect(await arrivals("swept")).toEqual(shards.map(() => 1));
});

it("delivers itself in each shard where the queue refuses", async () => {
	const sender = await due("refused-queue");
	sender.queueFails = true;
	await sender.sweep();
	expect(await arrivals("refused-queue")).toEqual(shards.map(() => 1));
});

it.each(shards)(
	"a failure of shard %i is logged, the others are swept, and the next sweep repairs it",
	async (broken) => {
		const name = `broken-${broken}`;
		const sender = await due(name);
		const errors = vi.spyOn(console, "error").mockReturnValue();
		const other = await Sender.start(failingDatabases(broken, () => true));
		await expect(other.sweep()).rejects.toThrow("internal error");
		expect(errors.mock.calls.flat().join()).toContain(`"what":"sweep_failed","shard":${broken}`);
		await other.drain();
		expect(await arrivals(name)).toEqual(shards.map((shard) => (shard === broken ? 0 : 1)));
		await sender.sweep();
		await sender.drain();
		expect(await arrivals(name)).toEqual(shards.map(() => 1));
	},
);

describe("more shards than one sweep can see", () => {
	const COUNT = 12;
	/** A minute whose sweep begins with the first shard. */
	const WITH_FIRST = Date.parse("2026-03-01T12:00:00Z");

	/** Bindings of twelve databases, which are three in fact, and of which each call takes so long. */
	function slowly(ms: number) {
		const seen = new Set<number>();
		const slow = (shard: number) =>
			withMembers(env.DB, {
				batch(statements: D1PreparedStatement[]) {
					seen.add(shard);
					vi.setSystemTime(Date.now() + ms);
					return env.DB.batch(statements);
				},
			});
		const many = Object.fromEntries(
			Array.from({ length: COUNT }, (_, shard) => [shard === 0 ? "DB" : `DB_${shard}`, slow(shard)]),
		);
		return { bindings: many as unknown as { DB: D1Database }, seen };
	}

	it("are logged with the next one, and all are swept in a few minutes", async () => {
		vi.useFakeTimers({ toFake: ["Date"], now: WITH_FIRST });
		const logs = vi.spyOn(console, "log").mockReturnValue();
		const { bindings, seen } = slowly(10_000);
		const sender = await Sender.start(bindings);
		const all = new Set<number>();
		for (let minute = 0; minute < Math.ceil(COUNT / 5); minute += 1) {
			vi.setSystemTime(WITH_FIRST + minute * 60_000);
			seen.clear();
			await sender.sweep();
			expect(seen.size).toBeGreaterThanOrEqual(5);
			expect(seen.size).toBeLessThan(COUNT);
			const line = logs.mock.calls
				.flat()
				.map(String)
				.findLast((text) => text.includes('"unseen"'));
			const said = JSON.parse(line ?? "{}");
			expect(said).toMatchObject({ type: "sweep", shards: COUNT, unseen: COUNT - seen.size });
			expect(seen.has(said.next)).toBe(false);
			for (const shard of seen) all.add(shard);
		}
		expect(all.size).toBe(COUNT);
	});

	it("are all swept when one fails early", async () => {
		vi.useFakeTimers({ toFake: ["Date"], now: WITH_FIRST });
		vi.spyOn(console, "error").mockReturnValue();
		const { bindings, seen } = slowly(0);
		const failing = withMembers(env.DB, {
			batch: () => Promise.reject(new Error("D1_ERROR: internal error")),
		});
		const sender = await Sender.start({ ...bindings, DB: failing });
		await expect(sender.sweep()).rejects.toThrow("internal error");
		expect(seen.size).toBe(COUNT - 1);
	});

	it("are all swept while nothing delays the sweep", async () => {
		vi.useFakeTimers({ toFake: ["Date"] });
		const { bindings, seen } = slowly(0);
		await (await Sender.start(bindings)).sweep();
		expect(seen.size).toBe(COUNT);
	});
});

it("sends at most a thousand statements to all of them, and makes progress in each", {
	timeout: 120_000,
}, async () => {
	vi.useFakeTimers({ toFake: ["Date"] });
	const count = { statements: 0 };
	const sender = await Sender.start(countedDatabases(count));
	for (const api of await callerInEachShard(sender, "thousand")) {
		const [webhook] = (await api.get("/webhooks")).body.items;
		await copyRow("webhooks", webhook, HOOKS - 1);
		await api.post("/leads", { name: "Jane" });
	}
	sender.queued.splice(0);
	sender.queueFails = true;
	// A process has died while writes of this one were refused; the sweeps leave too few statements for a step of its move.
	const moving = await createCaller({ shard: 1 });
	await run(
		"INSERT INTO moves (organizationId, shard, stage, since) SELECT id, 2, ?, 0 FROM organizations WHERE id = ?",
		STAGE.frozen,
		moving.organizationId,
	);
	await run("UPDATE organizations SET home = -1 WHERE id = ?", moving.organizationId);
	expect((await moving.post("/tags", { name: "One" })).status).toBe(503);
	let before = await arrivals("thousand");
	for (let sweeps = 0; before.some((count) => count < HOOKS); sweeps += 1) {
		expect(sweeps, "each sweep delivers a part").toBeLessThan(20);
		vi.setSystemTime(Date.now() + TRUSTED_MS);
		count.statements = 0;
		await sender.sweep();
		expect(count.statements).toBeLessThanOrEqual(limits.queriesPerInvocation.max);
		expect((await moving.post("/tags", { name: "One" })).status).toBe(201);
		await run("DELETE FROM moves WHERE organizationId = ?", moving.organizationId);
		const now = await arrivals("thousand");
		for (const [shard, arrived] of now.entries())
			if ((before[shard] ?? 0) < HOOKS) expect(arrived).toBeGreaterThan(before[shard] ?? 0);
		before = now;
	}
	expect(before).toEqual(shards.map(() => HOOKS));
});
