// Random histories of one organization whose database has copies that lag: two keys that read from the nearest copy and one that
// does not write, read and lose answers, while copies catch up at random. What a key has written or read, it never unreads.
import fc from "fast-check";
import { afterEach, beforeEach, expect, inject, it, vi } from "vitest";
import type { Api, Reply } from "../support/api.ts";
import { createCaller } from "../support/callers.ts";
import { Replicas } from "../support/replicas.ts";
import { firstShard } from "../support/shards.ts";
import { nearby } from "./nearby.ts";

const RUNS = 6;
const STEPS = 60;
const LEADS = 2;
/** Between two steps; so no key reaches its limit. */
const PAUSE_MS = 4_000;

beforeEach(() => {
	vi.useFakeTimers({ toFake: ["Date"] });
	vi.spyOn(console, "error").mockReturnValue();
});
afterEach(() => {
	vi.useRealTimers();
	vi.restoreAllMocks();
});

/** Of the keys 0 and 1, which read from copies, the second never writes; a read goes to copy 0 or 1 or, at 2, to the primary. */
const lead = fc.nat(LEADS - 1);
const reader = fc.nat(1);
const writer = fc.constantFrom(0, 2, 2);
const first = fc.constant(0);
const kind = <K extends string>(name: K) => fc.constant(name);
const step = fc.oneof(
	{ weight: 14, arbitrary: fc.record({ kind: kind("read"), key: reader, lead, copy: fc.nat(2) }) },
	{ weight: 5, arbitrary: fc.record({ kind: kind("list"), key: reader, lead, copy: fc.nat(2) }) },
	{ weight: 3, arbitrary: fc.record({ kind: kind("race"), key: reader, lead, copy: fc.nat(2) }) },
	{ weight: 8, arbitrary: fc.record({ kind: kind("write"), key: writer, lead, copy: first }) },
	// The limiter can't be told, which is tried for a second.
	{ weight: 1, arbitrary: fc.record({ kind: kind("lost"), key: first, lead, copy: first }) },
	{ weight: 8, arbitrary: fc.record({ kind: kind("catchUp"), key: first, lead, copy: fc.nat(1) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** What each key must see at least, and what was wrong. */
class Sights {
	readonly problems: string[] = [];
	/** For each key and lead, the highest version that the key has written or read. */
	readonly #seen = new Map<string, number>();

	/** Judges the versions that a request shows which begins now. */
	begin({ keyId }: Api, what: string) {
		const before = new Map(this.#seen);
		return (id: string, version = 0) => {
			const place = `${keyId} ${id}`;
			const least = before.get(place) ?? 0;
			if (version < least) this.problems.push(`${what} shows version ${version} after ${least}`);
			this.#seen.set(place, Math.max(version, this.#seen.get(place) ?? 0));
		};
	}
}

async function live(replicas: Replicas, steps: readonly Step[]): Promise<string[]> {
	const all = await nearby(replicas);
	const second = await createCaller({ organizationId: all.near.organizationId, reads: "nearest" });
	const keys = [all.near, second.via(all.target), all.far];
	const ids: string[] = [];
	while (ids.length < LEADS) ids.push((await all.far.post("/leads", { name: "Jane" })).body.id);
	const sights = new Sights();
	const read = async (api: Api, id: string) => {
		const judge = sights.begin(api, "a read");
		judge(id, (await api.get(`/leads/${id}`)).body.version);
	};
	const list = async (api: Api) => {
		const judge = sights.begin(api, "a list");
		const items: { id: string; version: number }[] = (await api.get("/leads")).body.items;
		for (const id of ids) judge(id, items.find((item) => item.id === id)?.version);
	};
	let score = 0;
	const write = async (api: Api, id: string): Promise<Reply> => {
		const judge = sights.begin(api, "a write");
		score += 1;
		const reply = await api.patch(`/leads/${id}`, { score });
		// Of an answer that is held back the key has seen nothing.
		if (reply.status === 200) judge(id, reply.body.version);
		return reply;
	};
	for (const { kind: what, key, lead: place, copy } of steps) {
		vi.setSystemTime(Date.now() + PAUSE_MS);
		replicas.route = () => (copy === 2 ? null : copy);
		const api = keys[key] ?? all.near;
		const id = ids[place] ?? "";
		if (what === "catchUp") await replicas.catchUp(copy);
		else if (what === "read") await read(api, id);
		else if (what === "list") await list(api);
		else if (what === "race")
			await Promise.all([write(all.near, id), read(api, id), read(api, id), write(all.far, id)]);
		else {
			if (what === "lost")
				all.limiters.call = (method, really) =>
					method === "saw" ? Promise.reject(new Error("Network connection lost.")) : really();
			const { status } = await write(api, id);
			all.limiters.call = (_, really) => really();
			if (status !== (what === "lost" ? 503 : 200)) sights.problems.push(`a write is ${status}`);
		}
	}
	return sights.problems;
}

it("no answer is older than what its key has written or read", async () => {
	const replicas = await Replicas.of(firstShard.DB);
	await fc.assert(
		fc.asyncProperty(fc.array(step, { minLength: STEPS, maxLength: STEPS }), async (steps) => {
			expect(await live(replicas, steps)).toEqual([]);
		}),
		{ numRuns: RUNS, seed: inject("historySeed"), endOnFailure: true },
	);
	// Otherwise nothing was tried.
	const reads = replicas.served.filter(({ start, writes }) => start !== null && !writes);
	expect(reads.filter(({ by }) => by !== "primary").length).toBeGreaterThan(20);
	expect(reads.filter(({ by }) => by === "primary").length).toBeGreaterThan(20);
});
