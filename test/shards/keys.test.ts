// A key says where its organization is, so it is looked for there and nowhere else.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { hashKey, MAX_SHARDS, newKey, shardOfKey } from "../../src/gate/api-key.ts";
import { parseKeyring } from "../../src/keyring.ts";
import { callerOf } from "../gate/keys.ts";
import { browserOf } from "../gate/sessions.ts";
import { Api } from "../support/api.ts";
import { workerWith } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { madeUpKey } from "../support/made-up.ts";
import { bindingsOf, shards } from "../support/shards.ts";
import { countingBindings } from "./counting.ts";

const peppers = parseKeyring(env.KEY_PEPPER);
const LAST = shards.length - 1;

it("there are three databases", () => {
	expect(shards).toEqual([0, 1, 2]);
});

describe.each(shards)("a key of shard %i", (shard) => {
	const only = (calls: number) => shards.map((other) => (other === shard ? calls : 0));

	it("costs one call of its own database when it is cold, and none when it is warm", async () => {
		const api = await createCaller({ shard });
		const { bindings, calls, reset } = countingBindings();
		const own = api.via(workerWith(bindings));
		expect((await own.get("/tags")).status).toBe(200);
		// Who it is, the page, and that it was used.
		expect(calls()).toEqual(only(3));
		reset();
		expect((await own.get("/tags")).status).toBe(200);
		expect(calls()).toEqual(only(1));
		reset();
		expect((await own.post("/tags", { name: "One" })).status).toBe(201);
		expect(calls().reduce((sum, count) => sum + count)).toBeLessThanOrEqual(2);
	});

	it("sees its organization's rows, and writes no others", async () => {
		const [api, ...others] = await Promise.all(
			[shard, ...shards.filter((one) => one !== shard)].map((one) => createCaller({ shard: one })),
		);
		const made = await api?.post("/leads", { name: "Jane" });
		expect((await api?.get("/leads"))?.body.items).toEqual([made?.body]);
		for (const other of others) {
			expect((await other.get("/leads")).body.items).toEqual([]);
			expect((await other.get(`/leads/${made?.body.id}`)).status).toBe(404);
		}
	});

	it("makes keys of the same shard, by creation and by rotation, and can end them", async () => {
		const api = await createCaller({ shard });
		const created = (await api.post("/api-keys", { name: "Another" })).body;
		const rotated = (await api.post(`/api-keys/${created.id}/rotate`, { graceSeconds: 0 })).body;
		for (const { key } of [created, rotated]) expect(await shardOfKey(peppers, key)).toBe(shard);
		expect((await callerOf(api, created).get("/tags")).status).toBe(401);
		expect((await callerOf(api, rotated).get("/tags")).status).toBe(200);
		expect((await api.delete(`/api-keys/${rotated.id}`)).status).toBe(204);
		expect((await callerOf(api, rotated).get("/tags")).status).toBe(401);
	});

	it("begins sessions there, which end when it does", async () => {
		const admin = await createCaller({ shard });
		const api = await createCaller({ organizationId: admin.organizationId });
		await api.post("/tags", { name: "Mine" });
		const browser = await browserOf(api);
		expect((await browser.get("/tags")).body.items).toMatchObject([{ name: "Mine" }]);
		await admin.delete(`/api-keys/${api.keyId}`);
		expect((await browser.get("/tags")).status).toBe(401);
	});

	it("that nobody has is 401 after one call", async () => {
		const { bindings, calls } = countingBindings();
		const key = await newKey("live", peppers.active.bytes, shard);
		expect((await new Api(key, "", "").via(workerWith(bindings)).get("/tags")).status).toBe(401);
		expect(calls()).toEqual(only(1));
	});
});

describe("a key of no shard", () => {
	it.each([LAST + 1, 62, MAX_SHARDS - 1])("that names shard %i is 401 without a call", async (shard) => {
		const { bindings, calls } = countingBindings();
		const key = await newKey("live", peppers.active.bytes, shard);
		expect((await new Api(key, "", "").via(workerWith(bindings)).get("/tags")).status).toBe(401);
		expect(calls()).toEqual([0, 0, 0]);
	});

	it("from before there were marks is in the first, at one call", async () => {
		const { bindings, calls } = countingBindings();
		const api = (await createCaller({ shard: 0, withoutMark: true })).via(workerWith(bindings));
		expect((await api.get("/tags")).status).toBe(200);
		expect(calls()).toEqual([3, 0, 0]);
		expect((await new Api(madeUpKey(), "", "").via(workerWith(bindings)).get("/tags")).status).toBe(401);
		expect(calls()).toEqual([4, 0, 0]);
	});
});

/** Moves the rows of an organization without anything but its key; `home` is then what the old place says. */
async function move(api: Api, from: number, to: number): Promise<void> {
	const [old, next] = [bindingsOf(from).DB, bindingsOf(to).DB];
	for (const [table, column] of [
		["organizations", "id"],
		["api_keys", "organizationId"],
	] as const) {
		const { results } = await old
			.prepare(`SELECT * FROM ${table} WHERE ${column} = ?`)
			.bind(api.organizationId)
			.all<Record<string, unknown>>();
		for (const { ordinal: _, ...row } of results) {
			const names = Object.keys(row);
			await next
				.prepare(`INSERT INTO ${table} (${names}) VALUES (${names.map(() => "?")})`)
				.bind(...Object.values(row))
				.run();
		}
	}
	await setHome(api, from, to);
}

const setHome = (api: Api, shard: number, home: number | null) =>
	bindingsOf(shard)
		.DB.prepare("UPDATE organizations SET home = ? WHERE id = ?")
		.bind(home, api.organizationId)
		.run();

describe("an organization that has moved", () => {
	it.each([
		[0, 2],
		[2, 0],
		[1, 2],
	])("from %i to %i is found by its old keys and sessions, at one call more", async (from, to) => {
		const api = await createCaller({ shard: from });
		const browser = await browserOf(api);
		await move(api, from, to);
		const { bindings, counts } = countingBindings();
		const fresh = (await createCaller({ organizationId: api.organizationId })).via(workerWith(bindings));
		await bindingsOf(to)
			.DB.prepare("UPDATE api_keys SET hash = ? WHERE id = ?")
			.bind(await hashKey(peppers.active.bytes, fresh.key), api.keyId)
			.run();
		expect((await fresh.post("/tags", { name: "There" })).status).toBe(201);
		expect(counts[from]?.calls, "where it was").toBe(1);
		const { results } = await bindingsOf(to)
			.DB.prepare("SELECT name FROM tags WHERE organizationId = ?")
			.bind(api.organizationId)
			.all();
		expect(results).toEqual([{ name: "There" }]);
		expect((await browser.get("/tags")).body.items).toMatchObject([{ name: "There" }]);
		const made = (await fresh.post("/api-keys", { name: "New here" })).body;
		expect(await shardOfKey(peppers, made.key)).toBe(to);
		await bindingsOf(from)
			.DB.prepare("DELETE FROM api_keys WHERE organizationId = ?")
			.bind(api.organizationId)
			.run();
	});

	it("is not written to where it was, though an isolate remembers it there: the next try finds it", async () => {
		const api = await createCaller({ shard: 1 });
		expect((await api.post("/tags", { name: "Here" })).status).toBe(201);
		await move(api, 1, 2);
		for (const headers of [{}, { "idempotency-key": "moved" }]) {
			const refused = await api.post("/tags", { name: "Lost?" }, headers);
			expect(refused).toMatchObject({ status: 503, body: { code: "SERVICE_UNAVAILABLE" } });
			expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
			const repeated = await api.post("/tags", { name: `There ${JSON.stringify(headers)}` }, headers);
			expect(repeated.status, repeated.text).toBe(201);
			// As an isolate that has not been told.
			await setHome(api, 1, null);
			await setHome(api, 2, 1);
			await api.post("/tags", { name: "x" });
			await api.get("/tags");
			await setHome(api, 2, null);
			await setHome(api, 1, 2);
		}
		const count = async (shard: number, table: string) =>
			bindingsOf(shard)
				.DB.prepare(`SELECT count(*) AS n FROM ${table} WHERE organizationId = ?`)
				.bind(api.organizationId)
				.first("n");
		expect(await count(1, "tags")).toBe(1);
		expect(await count(2, "tags")).toBe(2);
		expect(await count(1, "idempotency_keys")).toBe(0);
		for (const table of ["tags", "api_keys", "counters"])
			await bindingsOf(1)
				.DB.prepare(`DELETE FROM ${table} WHERE organizationId = ?`)
				.bind(api.organizationId)
				.run();
	});

	it.each([
		["does not exist", LAST + 1, null, 500, 500],
		["says that it is still where it was, it is read", 2, 1, 200, 503],
	])("is not refused as having no key where its new shard %s", async (_, home, back, read, written) => {
		const api = await createCaller({ shard: 1 });
		await move(api, 1, 2);
		await setHome(api, 1, home);
		await setHome(api, 2, back);
		expect((await api.get("/tags")).status).toBe(read);
		expect((await api.post("/tags", { name: "One" })).status).toBe(written);
		await setHome(api, 1, 2);
		await setHome(api, 2, null);
		expect((await api.get("/tags")).status).toBe(200);
		await bindingsOf(1)
			.DB.prepare("DELETE FROM api_keys WHERE organizationId = ?")
			.bind(api.organizationId)
			.run();
	});

	it("goes on reading while it moves, and is not written to", async () => {
		const api = await createCaller({ shard: 1 });
		const { body } = await api.post("/tags", { name: "Here" });
		await setHome(api, 1, -1);
		expect((await api.get(`/tags/${body.id}`)).status).toBe(200);
		expect((await api.send("HEAD", `/tags/${body.id}`)).status).toBe(200);
		for (const [method, path, sent] of [
			["POST", "/tags", { name: "Refused" }],
			["PATCH", `/tags/${body.id}`, { name: "Refused" }],
			["DELETE", `/tags/${body.id}`],
			["POST", "/leads", { name: "Refused" }],
		] as const)
			expect((await api.send(method, path, sent)).status, method).toBe(503);
		await setHome(api, 1, null);
		expect((await api.get("/tags")).body.items).toEqual([body]);
		expect((await api.patch(`/tags/${body.id}`, { name: "Again" })).status).toBe(200);
	});
});
