// API keys: rotating and revoking them.
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { workerWith } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { run } from "../support/shards.ts";
import { callerOf, createKeyWith, START } from "./keys.ts";
import { browserOf } from "./sessions.ts";

const later = (seconds: number) => new Date(Date.now() + seconds * 1_000).toISOString();

afterEach(() => vi.useRealTimers());

describe("a key that ends", () => {
	const TOO_LONG = {
		status: 400,
		body: {
			errors: [{ path: "expiresAt", message: "Your own key expires earlier, so it can't create this one." }],
		},
	};

	it("can't make one that ends later", async () => {
		const end = Date.now() + 600_000;
		const api = await createCaller({ expiresAt: end });
		const browser = await browserOf(api);
		const count = async () => (await api.get("/api-keys?limit=100")).body.items.length;
		for (const expiresAt of [undefined, null, new Date(end + 1).toISOString(), "2099-01-01T00:00:00.000Z"])
			for (const sender of [api, browser])
				expect(await sender.send("POST", "/api-keys", { name: "Longer", expiresAt })).toMatchObject(TOO_LONG);
		expect(await count()).toBe(1);
		for (const instant of [end, end - 1]) {
			const expiresAt = new Date(instant).toISOString();
			expect((await api.post("/api-keys", { name: "As long", expiresAt })).status).toBe(201);
		}
	});

	it("can't in the minute in which an isolate remembers it as endless", async () => {
		const admin = await createCaller();
		const { api, body } = await createKeyWith(admin);
		expect((await api.get("/api-keys")).status, "remembered").toBe(200);
		expect((await admin.post(`/api-keys/${body.id}/rotate`, { graceSeconds: 600 })).status).toBe(201);
		expect(await api.post("/api-keys", { name: "For ever" })).toMatchObject(TOO_LONG);
		const { body: endless } = await createKeyWith(admin);
		expect(await api.post(`/api-keys/${endless.id}/rotate`)).toMatchObject(TOO_LONG);
		expect((await admin.get(`/api-keys/${endless.id}`)).body.expiresAt).toBeNull();
	});
});

describe("revoking a key that is at its limit", () => {
	it.each([
		["told to this isolate,", () => null],
		["told to another isolate, a second ago,", () => vi.setSystemTime(Date.now() + 1_001)],
	])("%s makes it 401, not 429", async (_, pass) => {
		vi.useFakeTimers({ toFake: ["Date"], now: START });
		const admin = await createCaller();
		const api = await createCaller({ organizationId: admin.organizationId });
		await Promise.all(Array.from({ length: 60 }, () => api.get("/tags/x")));
		expect((await api.get("/tags")).status).toBe(429);
		if (pass() === null) expect((await admin.delete(`/api-keys/${api.keyId}`)).status).toBe(204);
		else await env.KEY_LIMITER.getByName(api.keyId).endAt(0);
		expect((await api.get("/tags")).status).toBe(401);
	});
});

describe("rotating", () => {
	it("without a grace ends the old key at once, wherever it is remembered", async () => {
		const admin = await createCaller();
		const { api: old, body } = await createKeyWith(admin, { scopes: ["leads:read"], envelope: true });
		expect((await old.get("/leads")).status).toBe(200);
		const reply = await admin.post(`/api-keys/${body.id}/rotate`);
		expect(reply.status).toBe(201);
		expect(reply.headers.get("location")).toBe(`/api/v1/api-keys/${reply.body.id}`);
		expect(reply.body.id).not.toBe(body.id);
		expect(reply.body).toMatchObject({
			name: body.name,
			scopes: ["leads:read"],
			envelope: true,
			expiresAt: null,
		});
		expect((await old.get("/leads")).status).toBe(401);
		const next = callerOf(admin, reply.body);
		expect((await next.get("/leads")).body.data).toEqual([]);
		expect((await next.get("/tags")).status).toBe(403);
	});

	it("with a grace lets both work until it is over", async () => {
		vi.useFakeTimers({ toFake: ["Date"], now: START });
		const admin = await createCaller();
		const { api: old, body } = await createKeyWith(admin);
		const next = callerOf(
			admin,
			(await admin.post(`/api-keys/${body.id}/rotate`, { graceSeconds: 3_600 })).body,
		);
		expect((await admin.get(`/api-keys/${body.id}`)).body).toMatchObject({
			expiresAt: "2026-03-01T13:00:00.000Z",
		});
		for (const second of [0, 3_590, 3_599.999]) {
			vi.setSystemTime(START + second * 1_000);
			expect([(await old.get("/leads")).status, (await next.get("/leads")).status]).toEqual([200, 200]);
		}
		vi.setSystemTime(START + 3_600_000);
		expect([(await old.get("/leads")).status, (await next.get("/leads")).status]).toEqual([401, 200]);
	});

	it("gives the new key no later end than that of the calling key", async () => {
		const admin = await createCaller();
		const end = Date.now() + 600_000;
		const ending = await createCaller({ organizationId: admin.organizationId, expiresAt: end });
		const { body: endless } = await createKeyWith(admin);
		const { body: brief } = await createKeyWith(admin, { expiresAt: later(60) });
		expect((await ending.post(`/api-keys/${endless.id}/rotate`)).body.expiresAt).toBe(
			new Date(end).toISOString(),
		);
		expect((await ending.post(`/api-keys/${brief.id}/rotate`)).body.expiresAt).toBe(brief.expiresAt);
		expect((await ending.post(`/api-keys/${ending.keyId}/rotate`)).body.expiresAt).toBe(
			new Date(end).toISOString(),
		);
	});

	it("never postpones the end of a key", async () => {
		vi.useFakeTimers({ toFake: ["Date"], now: START });
		const admin = await createCaller();
		const { body } = await createKeyWith(admin, { expiresAt: later(60) });
		const reply = await admin.post(`/api-keys/${body.id}/rotate`, { graceSeconds: 3_600 });
		expect(reply.body.expiresAt).toBe(later(60));
		expect((await admin.get(`/api-keys/${body.id}`)).body.expiresAt).toBe(later(60));
		const { body: other } = await createKeyWith(admin);
		await admin.post(`/api-keys/${other.id}/rotate`, { graceSeconds: 10 });
		await admin.post(`/api-keys/${other.id}/rotate`, { graceSeconds: 3_600 });
		expect((await admin.get(`/api-keys/${other.id}`)).body.expiresAt).toBe(later(10));
	});

	it.each([
		{ graceSeconds: -1 },
		{ graceSeconds: 604_801 },
		{ graceSeconds: 1.5 },
		{ graceSeconds: "60" },
		{ grace: 1 },
	])("refuses %j", async (body) => {
		const admin = await createCaller();
		const { body: key } = await createKeyWith(admin);
		expect((await admin.post(`/api-keys/${key.id}/rotate`, body)).status).toBe(400);
	});

	it("of a revoked or an expired key is 404, as is renaming it", async () => {
		vi.useFakeTimers({ toFake: ["Date"], now: START });
		const admin = await createCaller();
		const [{ body: revoked }, { body: expired }] = [
			await createKeyWith(admin),
			await createKeyWith(admin, { expiresAt: later(60) }),
		];
		await admin.delete(`/api-keys/${revoked.id}`);
		vi.setSystemTime(later(60));
		for (const { id } of [revoked, expired]) {
			expect((await admin.post(`/api-keys/${id}/rotate`)).status).toBe(404);
			expect((await admin.patch(`/api-keys/${id}`, { name: "Other" })).status).toBe(404);
		}
	});
});

describe("revoking", () => {
	it("is effective once answered, also for an isolate that remembers the key", async () => {
		const admin = await createCaller();
		const { api, body } = await createKeyWith(admin);
		expect((await api.post("/tags", { name: "before" })).status).toBe(201);
		expect((await admin.delete(`/api-keys/${body.id}`)).status).toBe(204);
		for (const reply of [
			await api.get("/tags"),
			await api.post("/tags", { name: "after" }),
			await api.post("/tags", { name: "after" }, { "idempotency-key": "x" }),
		])
			expect(reply).toMatchObject({ status: 401, body: { code: "UNAUTHORIZED" } });
		expect((await admin.get("/tags")).body.items).toHaveLength(1);
	});

	it("lets no call succeed that begins after it, under fifty at once", async () => {
		const admin = await createCaller();
		const { api, body } = await createKeyWith(admin);
		await api.get("/tags");
		let answered = false;
		const calls = Array.from({ length: 50 }, async (_, index) => {
			await new Promise((resolve) => setTimeout(resolve, index));
			const late = answered;
			return { late, status: (await api.post("/tags", { name: `${index}` })).status };
		});
		const revoked = admin.delete(`/api-keys/${body.id}`).then((reply) => {
			answered = true;
			return reply.status;
		});
		expect(await revoked).toBe(204);
		const results = await Promise.all(calls);
		expect(results.filter(({ late }) => late).length).toBeGreaterThan(0);
		expect(results.filter(({ late, status }) => late && status !== 401)).toEqual([]);
		const written = results.filter(({ status }) => status === 201).length;
		expect((await admin.get("/tags?limit=100")).body.items).toHaveLength(written);
	});

	it("holds when a clock goes back", async () => {
		vi.useFakeTimers({ toFake: ["Date"], now: START });
		const admin = await createCaller();
		const { api, body } = await createKeyWith(admin);
		await api.get("/tags");
		vi.setSystemTime(START + 30_000);
		expect((await admin.delete(`/api-keys/${body.id}`)).status).toBe(204);
		for (const second of [20, 0, -90]) {
			vi.setSystemTime(START + second * 1_000);
			expect((await api.get("/tags")).status).toBe(401);
		}
	});

	it("is not undone by a rotation that was under way", async () => {
		const limiter = env.KEY_LIMITER.getByName("raced");
		await limiter.endAt(0);
		await limiter.endAt(Date.now() + 3_600_000);
		expect(await limiter.check()).toMatchObject({ outcome: "ended" });
	});

	it("of the calling key itself is its last success", async () => {
		const api = await createCaller();
		expect((await api.delete(`/api-keys/${api.keyId}`)).status).toBe(204);
		expect((await api.get("/leads")).status).toBe(401);
	});
});

describe("a pepper that is rotated", () => {
	it("leaves older keys working, and hashes new ones under the new", async () => {
		const admin = await createCaller();
		const fresh = btoa("n".repeat(32));
		const rotated = workerWith({ ...env, KEY_PEPPER: `k2:${fresh},${env.KEY_PEPPER}` });
		const replaced = workerWith({ ...env, KEY_PEPPER: `k2:${fresh}` });
		const { body } = await createKeyWith(admin.via(rotated));
		const pepperOf = async (id: string) => await run("SELECT pepperId FROM api_keys WHERE id = ?", id);
		expect(await pepperOf(body.id)).toEqual([{ pepperId: "k2" }]);
		expect(await pepperOf(admin.keyId)).toEqual([{ pepperId: "k1" }]);
		const next = callerOf(admin, body);
		expect((await next.via(replaced).get("/leads")).status).toBe(200);
		const old = await createCaller({ organizationId: admin.organizationId });
		expect((await old.via(replaced).get("/leads")).status, "its pepper is gone").toBe(401);
		// That is remembered for a minute.
		vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 60_000 });
		expect((await old.via(rotated).get("/leads")).status).toBe(200);
	});
});
