// Several databases cost nothing: the same requests with one database, and in the last of three and of four, read and write
// the same rows, as counted by D1.

import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { chance } from "../../src/chance.ts";
import type { Bindings } from "../../src/env.ts";
import type { Api } from "../support/api.ts";
import { withMembers, workerWith } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { Sender } from "../support/sender.ts";
import { shards } from "../support/shards.ts";
import { type Count, countingBindings, senderWith } from "./callers.ts";

const LAST = shards.length - 1;

// No answer and no attempt is in the sample that stands for all: what is counted of it costs a statement more.
beforeEach(() => vi.spyOn(chance, "random").mockReturnValue(0.9));

afterEach(() => {
	vi.restoreAllMocks();
	vi.unstubAllGlobals();
});

/** The bindings of an application with one database. */
function single(): Bindings {
	const { DB_1: _, DB_2: __, ...bindings } = env as Bindings & { DB_1?: D1Database; DB_2?: D1Database };
	return bindings;
}

/** Those of one with four: the fourth is another name of the first. */
const four = (): Bindings => ({ ...env, DB_3: env.DB }) as Bindings;

/** What each step costs an organization in a shard, and its deliveries; the first step is a key that is cold. */
async function costs(bindings: Bindings, shard: number): Promise<Record<string, Count>> {
	const { bindings: counted, counts, reset } = countingBindings(bindings);
	const sender = await senderWith(counted);
	const api: Api = (await createCaller({ shard })).via(workerWith(sender.env));
	const found: Record<string, Count> = {};
	const step = async (name: string, work: () => Promise<unknown>) => {
		reset();
		await work();
		const sum = { calls: 0, statements: 0, read: 0, written: 0 };
		for (const count of counts) for (const key of Object.keys(sum) as (keyof Count)[]) sum[key] += count[key];
		found[name] = sum;
	};
	await step("a cold key", () => api.get("/tags"));
	await step("a list", () => api.get("/leads"));
	await api.post("/webhooks", { url: "https://hooks.example.com/a", events: ["*"] });
	let id = "";
	await step("a create", async () => {
		id = (await api.post("/leads", { name: "Jane" })).body.id;
	});
	await step("a read", () => api.get(`/leads/${id}`));
	await step("a create with a key", () => api.post("/leads", { name: "Jane" }, { "idempotency-key": "one" }));
	await step("a change", () => api.patch(`/leads/${id}`, { name: "Joan" }));
	await step("a hundred creates", () =>
		api.post("/leads/batch", { items: Array.from({ length: 100 }, () => ({ name: "Jane" })) }),
	);
	await step("a deletion", () => api.delete(`/leads/${id}`));
	return found;
}

it("is the same with one database and in the last of three and of four, to the row", async () => {
	const one = await costs(single(), 0);
	for (const several of [await costs(env, LAST), await costs(four(), LAST)]) {
		expect(Object.keys(several)).toEqual(Object.keys(one));
		for (const [name, cost] of Object.entries(several)) {
			const { calls, statements, read, written } = one[name] ?? cost;
			expect([cost.calls, cost.statements, cost.written], name).toEqual([calls, statements, written]);
			expect(Math.abs(cost.read - read), name).toBeLessThanOrEqual(1);
		}
	}
});

it("is the same for a batch of deliveries", async () => {
	// Answers at once: those that come apart are recorded apart.
	vi.stubGlobal("fetch", async () => new Response(null, { status: 200 }));
	const cost = async (bindings: Bindings, shard: number) => {
		const { bindings: counted, counts, reset } = countingBindings(bindings);
		const queued: object[] = [];
		const queue = withMembers(env.DELIVERIES, {
			sendBatch: async (messages: Iterable<{ body: object }>) => {
				for (const { body } of messages) queued.push(body);
			},
		});
		const sender = await Sender.start({}, () => ({ ...counted, DELIVERIES: queue }));
		const api = (await createCaller({ shard })).via(workerWith(sender.env));
		await api.post("/webhooks", { url: "https://hooks.example.com/a", events: ["lead.created"] });
		await api.post("/leads/batch", { items: Array.from({ length: 10 }, () => ({ name: "Jane" })) });
		expect(queued).toHaveLength(10);
		reset();
		await sender.consume(queued);
		return counts.find(({ calls }) => calls > 0);
	};
	const one = await cost(single(), 0);
	expect(one?.calls).toBe(2);
	for (const several of [await cost(env, LAST), await cost(four(), LAST)]) {
		expect(several).toEqual({ ...one, read: several?.read });
		expect(Math.abs(Number(several?.read) - Number(one?.read))).toBeLessThanOrEqual(1);
	}
});
