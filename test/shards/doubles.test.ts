// The tests' wrappers around D1 apply to every database; otherwise faults, counts and limits would miss the others.
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it } from "vitest";
import { onStatement } from "../../scripts/platform/d1.ts";
import { overrideLimits } from "../../scripts/platform/limits.ts";
import { withFailingDatabase } from "../contract/harness.ts";
import { interceptBatches, watchBindings, workerWith } from "../support/bindings.ts";
import { createCaller, createOrganization } from "../support/callers.ts";
import { Faults, faultModes } from "../support/faults.ts";
import { countReads, pageCost } from "../support/many-rows.ts";
import { bindingsOf, shardOf, shards } from "../support/shards.ts";
import { misplacedRows } from "../support/wrong-shard.ts";

afterEach(() => overrideLimits({}));

it("organizations are dealt out in turn", async () => {
	const homes = [];
	for (let count = 0; count < 6; count += 1) homes.push(shardOf(await createOrganization()));
	expect(homes.toSorted()).toEqual([0, 0, 1, 1, 2, 2]);
});

describe.each(shards)("shard %i", (shard) => {
	it.each(faultModes)("fails when a fault is armed, %s", async (mode) => {
		const faults = new Faults();
		const api = (await createCaller({ shard })).via(workerWith(faults.wrap(env)));
		expect((await api.get("/tags")).status).toBe(200);
		faults.arm({ at: 2, mode });
		expect((await api.get("/tags")).status).not.toBe(200);
		expect(faults.disarm().toSorted()).toEqual(["D1", "limiter"]);
	});

	it("is watched, meddled with, counted and broken like any other", async () => {
		const watch = watchBindings();
		const api = await createCaller({ shard });
		await api.via(watch.target).get("/tags");
		expect(watch.roundTrips.length).toBeGreaterThan(0);
		expect(
			(await api.via(withFailingDatabase("D1_ERROR: Network connection lost.")).get("/tags")).status,
		).toBe(503);
		const tables: string[] = [];
		const databases = interceptBatches("tags", (statements, written, db) => {
			tables.push(...written);
			return db.batch(statements);
		});
		await api.via(workerWith({ ...env, ...databases })).post("/tags", { name: "Meddled" });
		expect(tables).toHaveLength(1);
		expect((await pageCost(api.via(countReads), "/tags")).rows).toBeGreaterThan(0);
	});

	it("is under the platform's limits, and its statements are heard of", async () => {
		const api = await createCaller({ shard });
		await api.get("/tags");
		let heard = 0;
		// The tests' own ear is put back by the next file: each has its modules for itself.
		onStatement(() => {
			heard += 1;
		});
		expect((await api.get("/tags")).status).toBe(200);
		expect(heard).toBeGreaterThan(0);
		overrideLimits({ queriesPerInvocation: 0 });
		expect((await api.get("/tags")).status).toBe(500);
	});

	it("is searched for rows that belong elsewhere", async () => {
		const other = await createOrganization((shard + 1) % shards.length);
		const { DB } = bindingsOf(shard);
		await DB.prepare("INSERT INTO counters (organizationId, resource, value) VALUES (?, 'leads', 1)")
			.bind(other)
			.run();
		expect(await misplacedRows()).toEqual([`${shard} counters ${other}`]);
		await DB.prepare("DELETE FROM counters WHERE organizationId = ?").bind(other).run();
		expect(await misplacedRows()).toEqual([]);
	});
});
