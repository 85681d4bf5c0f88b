// Reads of a key that chose the nearest copy: who answers them, and what that costs.
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { browserOf } from "../gate/sessions.ts";
import { createCaller } from "../support/callers.ts";
import { bookmarkOf } from "../support/replicas.ts";
import { total } from "../support/shards.ts";
import { costOf, nearby, rejects, settledLead } from "./nearby.ts";

afterEach(() => vi.restoreAllMocks());

describe("a read from the nearest copy", () => {
	it("takes one call of the limiter beside one round trip while nothing is written", async () => {
		const all = await nearby();
		const path = await settledLead(all);
		const calm = await costOf(all, () => all.near.get(path));
		expect(calm).toMatchObject({ status: 200, served: [0], limiters: ["check"] });
		expect((await costOf(all, () => all.near.get("/leads?search=jane"))).served).toEqual([0]);
	});

	it("is made again at the primary if the copy is behind what the key has written", async () => {
		const all = await nearby();
		const path = await settledLead(all);
		const { body } = await all.near.patch(path, { name: "Joan" });
		const behind = await costOf(all, () => all.near.get(path));
		expect(behind).toMatchObject({ status: 200, served: [0, "primary"], limiters: ["check"] });
		expect(behind.body).toMatchObject({ name: "Joan", version: body.version });
		await all.replicas.catchUp(0);
		expect((await costOf(all, () => all.near.get(path))).served).toEqual([0]);
	});

	it("tells the limiter what is news to the key, so that no later read is older", async () => {
		const all = await nearby();
		const path = await settledLead(all);
		await all.far.patch(path, { name: "Joan" });
		expect((await all.near.get(path)).body.name, "another key's write may come later").toBe("Jane");
		await all.replicas.catchUp(1);
		all.replicas.route = () => 1;
		const news = await costOf(all, () => all.near.get(path));
		expect(news).toMatchObject({ body: { name: "Joan" }, served: [1], limiters: ["check", "saw"] });
		all.replicas.route = () => 0;
		expect(await costOf(all, () => all.near.get(path))).toMatchObject({
			body: { name: "Joan" },
			served: [0, "primary"],
			limiters: ["check"],
		});
	});

	it("that is made again writes the log of requests once, at the primary", async () => {
		const all = await nearby(undefined, { REQUEST_LOG_DAYS: "7" });
		await settledLead(all);
		await all.near.post("/leads", { name: "Joan" });
		const missing = await costOf(all, () => all.near.get("/leads/ld_01kaj2m5m8f7jt2n3v4w5x6y7z"));
		expect(missing).toMatchObject({ status: 404, served: [0, "primary"] });
		const { organizationId } = all.near;
		const logged =
			'SELECT coalesce(sum("count"), 0) FROM request_log WHERE "organizationId" = ? AND "status" = 404';
		expect(await total(logged, organizationId)).toBe(1);
	});

	it("whose answer is held back is logged once, too", async () => {
		vi.spyOn(console, "error").mockImplementation(() => {});
		const all = await nearby(undefined, { REQUEST_LOG_DAYS: "7" });
		const path = await settledLead(all);
		await all.far.patch(path, { name: "Joan" });
		await all.replicas.catchUpAll();
		all.limiters.call = (method, really) => (method === "saw" ? rejects() : really());
		all.replicas.served.length = 0;
		expect((await all.near.get(path)).status).toBe(503);
		const writes = all.replicas.served.filter(({ start, writes }) => writes && start !== null);
		expect(writes, "not through what answers reads").toEqual([]);
		const logged =
			'SELECT coalesce(sum("count"), 0) FROM request_log WHERE "organizationId" = ? AND "status" = 503';
		expect(await total(logged, all.near.organizationId)).toBe(1);
	});

	it("goes to the primary as long as nobody knows what the key has seen", async () => {
		const all = await nearby();
		expect(await costOf(all, () => all.near.get("/leads"))).toMatchObject({
			served: [0, "primary"],
			limiters: ["check", "saw"],
		});
		expect((await costOf(all, () => all.near.get("/leads"))).served).toEqual([0]);
	});

	it("goes to the primary if the copy fails, as one does that lacks a migration", async () => {
		const all = await nearby();
		const path = await settledLead(all);
		all.replicas.copyError = "D1_ERROR: no such table: leads: SQLITE_ERROR";
		expect(await costOf(all, () => all.near.get(path))).toMatchObject({ status: 200, served: ["primary"] });
	});

	it("is not confused by a database that is another than the key has seen", async () => {
		const all = await nearby();
		const path = await settledLead(all);
		const stub = env.KEY_LIMITER.getByName(all.near.keyId);
		const { seen = null } = await stub.check();
		expect(seen).toEqual({ shard: 0, bookmark: all.replicas.bookmark });
		await stub.saw({ shard: 0, bookmark: bookmarkOf(0xffffff) }, seen);
		expect((await costOf(all, () => all.near.get(path))).served, "restored from long ago").toEqual([
			0,
			"primary",
		]);
		expect((await costOf(all, () => all.near.get(path))).served).toEqual([0]);
		await stub.saw({ shard: 7, bookmark: bookmarkOf(1) }, (await stub.check()).seen ?? null);
		expect((await costOf(all, () => all.near.get(path))).served, "moved").toEqual([0, "primary"]);
		expect((await costOf(all, () => all.near.get(path))).served).toEqual([0]);
	});
});

describe("a session of such a key", () => {
	it("reads at the primary, and what it writes or reads the key does not unread", async () => {
		const all = await nearby();
		const path = await settledLead(all);
		const browser = await browserOf(all.near);
		const written = await costOf(all, () => browser.send("PATCH", path, { name: "Joan" }));
		expect(written).toMatchObject({ status: 200, limiters: ["check", "saw", "saw"] });
		expect((await all.near.get(path)).body.name).toBe("Joan");
		await all.replicas.catchUpAll();
		await all.far.patch(path, { name: "Jill" });
		expect((await all.near.get(path)).body.name, "another key's write may come later").toBe("Joan");
		const read = await costOf(all, () => browser.get(path));
		expect(read).toMatchObject({ body: { name: "Jill" }, limiters: ["check", "saw", "saw"] });
		expect(new Set(read.served)).toEqual(new Set(["primary"]));
		expect((await all.near.get(path)).body.name).toBe("Jill");
		expect((await costOf(all, () => browser.get(path))).limiters, "no news").toEqual(["check"]);
	});
});

describe("only the primary answers", () => {
	it("a key that chose nothing", async () => {
		const all = await nearby();
		const path = await settledLead(all);
		all.replicas.served.length = 0;
		all.limiters.calls.length = 0;
		await all.far.patch(path, { name: "Joan" });
		await all.far.get(path);
		expect(all.replicas.served.filter(({ by, start }) => by !== "primary" || start !== null)).toEqual([]);
		expect(all.limiters.calls).toEqual(["check", "check"]);
	});

	it("a write, with all that it reads to be planned", async () => {
		const all = await nearby();
		const path = await settledLead(all);
		const { body } = await all.far.patch(path, { name: "Joan" });
		const cost = await costOf(all, () =>
			all.near.patch(path, { name: "Jill" }, { "if-match": `"${body.version}"` }),
		);
		expect(cost).toMatchObject({ status: 200, limiters: ["check", "saw"] });
		expect(new Set(cost.served)).toEqual(new Set(["primary"]));
	});
});

describe("the choice", () => {
	it("is made when the key is, shown, and passed on to its successor", async () => {
		const api = await createCaller();
		const made = await api.post("/api-keys", { name: "Far away", reads: "nearest" });
		expect(made.body).toMatchObject({ reads: "nearest" });
		const path = `/api-keys/${made.body.id}`;
		expect((await api.get(path)).body.reads).toBe("nearest");
		expect((await api.post(`${path}/rotate`, {})).body.reads).toBe("nearest");
		expect((await api.post("/api-keys", { name: "Here" })).body.reads).toBe("primary");
	});

	it("is one of two, and can't be changed", async () => {
		const api = await createCaller();
		const wrong = await api.post("/api-keys", { name: "x", reads: "anywhere" });
		expect(wrong).toMatchObject({ status: 400, body: { errors: [{ path: "reads" }] } });
		const { id } = (await api.post("/api-keys", { name: "x" })).body;
		expect(await api.patch(`/api-keys/${id}`, { name: "y", reads: "nearest" })).toMatchObject({
			status: 400,
			body: { errors: [{ path: "reads", message: "Can't be changed once it is created." }] },
		});
	});
});
