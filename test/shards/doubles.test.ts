// The tests' wrappers around D1 apply to every database; otherwise faults, counts and limits would miss the others.
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it } from "vitest";
import { runInvocation } from "../../scripts/platform/bindings.ts";
import { onStatement, withMembers } from "../../scripts/platform/d1.ts";
import { overrideLimits } from "../../scripts/platform/limits.ts";
import { countStatements } from "../../src/db/meter.ts";
import { envOf } from "../../src/shards.ts";
import { interceptBatches, watchBindings, workerWith } from "../support/bindings.ts";
import { createCaller, createOrganization } from "../support/callers.ts";
import { withFailingDatabase } from "../support/failing-database.ts";
import { Faults, faultModes } from "../support/faults.ts";
import { countReads, pageCost } from "../support/many-rows.ts";
import { bindingsOf, shardOf, shards } from "../support/shards.ts";
import { misplacedRows } from "../support/wrong-shard.ts";
import { countingBindings } from "./counting.ts";

afterEach(() => overrideLimits({}));

it("organizations are dealt out in turn", async () => {
	const homes = [];
	for (let count = 0; count < 6; count += 1) homes.push(shardOf(await createOrganization()));
	expect(homes.toSorted()).toEqual([0, 0, 1, 1, 2, 2]);
});

/** Sends one statement through a session of a database, prepared by the session or by the database itself. */
function askSession(db: D1Database, preparing: "session" | "database") {
	const session = db.withSession("first-primary");
	const statement = (preparing === "session" ? session : db).prepare("SELECT ? AS n").bind(1);
	return session.batch<{ n: number }>([statement]);
}

describe.each(["session", "database"] as const)("a session's statement, prepared by the %s", (preparing) => {
	it.each(shards)("can be made to fail and is counted in shard %i", async (shard) => {
		const faults = new Faults();
		const counting = countingBindings(faults.wrap(env));
		const { DB } = envOf(counting.bindings, shard);
		faults.arm({ at: 2, mode: "before" });
		const [result] = await askSession(DB, preparing);
		expect(result?.results).toEqual([{ n: 1 }]);
		await expect(askSession(DB, preparing)).rejects.toThrow("D1_ERROR");
		expect(faults.disarm()).toEqual(["D1", "D1"]);
		const text = "SELECT ? AS n".length;
		expect(counting.counts[shard]).toMatchObject({ calls: 1, statements: 1, sent: text + 8, received: 8 });
	});

	it("is counted by the sweeper's meter, and still says how new its answer is", async () => {
		const meter = countStatements(env.DB);
		await askSession(meter.db, preparing);
		expect(meter.statementCount).toBe(1);
		const session = meter.db.withSession();
		await session.batch([session.prepare("SELECT ?").bind(1)]);
		expect(session.getBookmark()).toEqual(expect.any(String));
	});

	it("is under the platform's limits, and is heard of", async () => {
		let heard = 0;
		onStatement(() => {
			heard += 1;
		});
		const asked = () => runInvocation(env, ({ DB }) => askSession(DB, preparing));
		await asked();
		expect(heard).toBe(1);
		overrideLimits({ queriesPerInvocation: 0 });
		await expect(asked()).rejects.toThrow("Too many API requests");
	});
});

/** Expects that the databases of a caller can be made to fail, and that its batches are intercepted and counted. */
async function expectDoubles(api: Awaited<ReturnType<typeof createCaller>>) {
	const broken = api.via(withFailingDatabase("D1_ERROR: Network connection lost."));
	expect((await broken.get("/tags")).status).toBe(503);
	const tables: string[] = [];
	const databases = interceptBatches("tags", (statements, written, db) => {
		tables.push(...written);
		return db.batch(statements);
	});
	await api.via(workerWith({ ...env, ...databases })).post("/tags", { name: "Meddled" });
	expect(tables).toHaveLength(1);
	expect((await pageCost(api.via(countReads), "/tags")).rows).toBeGreaterThan(0);
}

it.each(shards)("are in the way of a key of shard %i that reads from the nearest copy", async (shard) => {
	const api = await createCaller({ shard, reads: "nearest" });
	const faults = new Faults();
	const failing = api.via(workerWith(faults.wrap(env)));
	await failing.get("/tags");
	faults.arm({ at: 2, mode: "died" });
	expect((await failing.get("/tags")).status).toBe(503);
	expect(faults.disarm()).toEqual(expect.arrayContaining(["D1", "limiter"]));
	const watch = watchBindings();
	await api.via(watch.target).get("/tags");
	expect(watch.roundTrips.length).toBeGreaterThan(0);
	expect(watch.roundTrips[0]?.[0]?.text).toMatch(/"tags"/);
	await api.via(watch.target).post("/tags", { name: "Watched" });
	expect(watch.rowsWritten).toBeGreaterThan(0);
	await expectDoubles(api);
	overrideLimits({ queriesPerInvocation: 0 });
	expect((await api.get("/tags")).status).toBe(500);
});

it("a double that knows no sessions refuses to begin one", () => {
	const double = withMembers(env.DB, { batch: () => Promise.reject(new Error("D1_ERROR: internal error")) });
	expect(() => double.withSession()).toThrow("has no sessions");
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

	it("is watched, intercepted, counted and failed like any other", async () => {
		const watch = watchBindings();
		const api = await createCaller({ shard });
		await api.via(watch.target).get("/tags");
		expect(watch.roundTrips.length).toBeGreaterThan(0);
		await expectDoubles(api);
	});

	it("is under the platform's limits, and its statements are recorded", async () => {
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
