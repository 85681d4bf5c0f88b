// Messages of several shards in one batch: each database is asked for its own, and its fault is no other's.
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { LANE_COUNT } from "../../src/delivery/lanes.ts";
import type { DeliveryWakeUp } from "../../src/env.ts";
import { withMembers, workerWith } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { Sender } from "../support/sender.ts";
import { dbOf, shards } from "../support/shards.ts";
import { arrivals, callerInEachShard, failingDatabases, isClaim, isRecord, senderWith } from "./callers.ts";
import { countingBindings } from "./counting.ts";

afterEach(() => {
	vi.useRealTimers();
	vi.restoreAllMocks();
	vi.unstubAllGlobals();
});

/** A sender under whose bindings each shard has a caller with a webhook; gives ten wake-ups, of all shards in turn. */
async function ten(name: string, sender: Sender) {
	const apis = await callerInEachShard(sender, name);
	for (let count = 0; count < 10; count += 1)
		expect((await apis[count % apis.length]?.post("/leads", { name: "Jane" }))?.status).toBe(201);
	const bodies = sender.queued.splice(0).map(({ body }) => body);
	expect(bodies).toHaveLength(10);
	const places = (shard: number) =>
		[...bodies.entries()].filter(([, body]) => (body.shard ?? 0) === shard).map(([place]) => place);
	return { apis, bodies, places };
}

const statuses = async (organizationId: string) => {
	const { results } = await dbOf(organizationId)
		.prepare("SELECT status FROM deliveries WHERE organizationId = ?")
		.bind(organizationId)
		.all<{ status: string }>();
	return results.map(({ status }) => status);
};

describe("ten messages of three shards", () => {
	it.each([1, 2, 3])("take two calls of each database, of %i of them in the batch", async (kept) => {
		const counted = countingBindings();
		const sender = await senderWith(counted.bindings);
		const name = `two-calls-${kept}`;
		const { apis, bodies: all } = await ten(name, sender);
		const bodies = all.filter(({ shard = 0 }) => shard < kept);
		counted.reset();
		const result = await sender.consume(bodies);
		expect(result).toEqual({ acknowledged: [...bodies.keys()], again: [] });
		expect(counted.calls()).toEqual(shards.map((shard) => (shard < kept ? 2 : 0)));
		await sender.consume(all);
		expect(await arrivals(name)).toEqual([4, 3, 3]);
		for (const { organizationId } of apis)
			expect(new Set(await statuses(organizationId))).toEqual(new Set(["success"]));
	});

	it("share the lanes of one invocation", async () => {
		const sender = await Sender.start();
		const { bodies } = await ten("lanes", sender);
		let under = 0;
		let most = 0;
		vi.stubGlobal("fetch", async () => {
			under += 1;
			most = Math.max(most, under);
			await new Promise((resolve) => setTimeout(resolve, 50));
			under -= 1;
			return new Response(null, { status: 200 });
		});
		await sender.consume(bodies);
		expect(most).toBe(LANE_COUNT);
	});

	it.each(shards)("of which %i fails to claim: its own come again, the others' arrive", async (broken) => {
		vi.spyOn(console, "error").mockReturnValue();
		const sender = await Sender.start();
		const name = `claim-${broken}`;
		const { bodies, places } = await ten(name, sender);
		const other = await Sender.start(failingDatabases(broken, isClaim));
		const result = await other.consume(bodies);
		expect(result.again).toEqual(places(broken));
		expect(result.acknowledged).toEqual(
			[...bodies.keys()].filter((place) => !places(broken).includes(place)),
		);
		expect(await arrivals(name)).toEqual(
			shards.map((shard) => (shard === broken ? 0 : places(shard).length)),
		);
		await sender.consume(result.again.map((place) => bodies[place]));
		expect(await arrivals(name)).toEqual(shards.map((shard) => places(shard).length));
	});

	it.each(shards)(
		"of which %i fails to record: its own are sent again later, the others' are done",
		async (broken) => {
			vi.useFakeTimers({ toFake: ["Date"] });
			vi.spyOn(console, "error").mockReturnValue();
			const sender = await Sender.start();
			const name = `record-${broken}`;
			const { apis, bodies, places } = await ten(name, sender);
			const other = await Sender.start(failingDatabases(broken, isRecord));
			expect((await other.consume(bodies)).again).toEqual([]);
			for (const [shard, { organizationId }] of apis.entries())
				expect(new Set(await statuses(organizationId))).toEqual(
					new Set([shard === broken ? "pending" : "success"]),
				);
			vi.setSystemTime(Date.now() + 46_000);
			await sender.sweep();
			await sender.drain();
			expect(await arrivals(name)).toEqual(
				shards.map((shard) => places(shard).length * (shard === broken ? 2 : 1)),
			);
			for (const { organizationId } of apis)
				expect(new Set(await statuses(organizationId))).toEqual(new Set(["success"]));
		},
	);
});

describe("a message", () => {
	it("of a shard that does not exist comes again, and the others are delivered", async () => {
		vi.spyOn(console, "error").mockReturnValue();
		const sender = await Sender.start();
		const { bodies } = await ten("no-shard", sender);
		const [first] = bodies;
		expect(await sender.consume([...bodies, { ...first, shard: 9 }])).toEqual({
			acknowledged: [...bodies.keys()],
			again: [10],
		});
	});

	it.each([-1, 0.5, "1", null])("with shard %j is poison", async (shard) => {
		const errors = vi.spyOn(console, "error").mockReturnValue();
		const sender = await Sender.start();
		const wakeUp = {
			webhookId: "webhook_01h455vb4pex5vsknk084sn02q",
			deliveryId: "whd_01h455vb4pex5vsknk084sn02q",
		};
		expect(await sender.consume([{ ...wakeUp, shard }])).toEqual({ acknowledged: [0], again: [] });
		expect(errors.mock.calls.flat().join()).toContain("invalid_message");
	});
});

describe("a shard with a place", () => {
	it("has its wake-ups in that place's queues, and its limiters in that jurisdiction", async () => {
		const sent: [string, DeliveryWakeUp][] = [];
		const queue = (name: string) =>
			withMembers(env.DELIVERIES, {
				sendBatch: async (messages: Iterable<{ body: DeliveryWakeUp }>) => {
					for (const { body } of messages) sent.push([name, body]);
				},
			});
		const asked: string[] = [];
		const KEY_LIMITER = withMembers(env.KEY_LIMITER, {
			jurisdiction(place: string) {
				return withMembers(env.KEY_LIMITER, {
					getByName(name: string) {
						asked.push(`${place} ${name}`);
						return env.KEY_LIMITER.getByName(name);
					},
				});
			},
		});
		const bindings = {
			...env,
			KEY_LIMITER,
			SHARD_PLACES: "1=apac, 2=eu",
			DELIVERIES: queue("all"),
			SLOW_DELIVERIES: queue("all, slow"),
			DELIVERIES_APAC: queue("apac"),
			SLOW_DELIVERIES_APAC: queue("apac, slow"),
			DELIVERIES_EU: queue("eu"),
			SLOW_DELIVERIES_EU: queue("eu, slow"),
		};
		for (const [shard, name] of ["all", "apac", "eu"].entries()) {
			sent.length = 0;
			asked.length = 0;
			const api = (await createCaller({ shard })).via(workerWith(bindings));
			await api.post("/webhooks", { url: "https://hooks.example.com/a", events: ["*"] });
			expect((await api.post("/leads", { name: "Jane" })).status).toBe(201);
			expect(sent.length).toBeGreaterThan(0);
			for (const [queued, body] of sent) expect([queued, body.shard ?? 0]).toEqual([name, shard]);
			const limiters = asked.filter((one) => one === `eu ${api.keyId}`);
			expect(limiters).toHaveLength(name === "eu" ? 2 : 0);
			expect(asked).toHaveLength(limiters.length);
			await dbOf(api.organizationId)
				.prepare("DELETE FROM deliveries WHERE organizationId = ?")
				.bind(api.organizationId)
				.run();
		}
	});

	it("is served where the runtime knows no jurisdictions, as this one doesn't", async () => {
		const queues = { DELIVERIES_EU: env.DELIVERIES, SLOW_DELIVERIES_EU: env.SLOW_DELIVERIES };
		const api = (await createCaller({ shard: 2 })).via(
			workerWith({ ...env, ...queues, SHARD_PLACES: "2=eu" }),
		);
		expect((await api.get("/tags")).status).toBe(200);
		expect(() => env.KEY_LIMITER.jurisdiction("eu")).toThrow(/not implemented/i);
	});

	it("whose queues are not bound stops everything, and is named", async () => {
		const errors = vi.spyOn(console, "error").mockReturnValue();
		const api = (await createCaller()).via(workerWith({ ...env, SHARD_PLACES: "2=eu" }));
		expect(await api.get("/tags")).toMatchObject({
			status: 503,
			body: { message: "Settings of this server are wrong: SHARD_PLACES." },
		});
		expect(errors.mock.calls.flat().join()).toContain("DELIVERIES_EU, SLOW_DELIVERIES_EU");
	});
});
