// API keys: making, rotating and revoking them.
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { isWellFormedKey } from "../../src/gate/api-key.ts";
import { Api, type Json } from "../support/api.ts";
import { under } from "../support/bindings.ts";
import { givenCaller } from "../support/given.ts";

const START = Date.parse("2026-03-01T12:00:00Z");
const later = (seconds: number) => new Date(Date.now() + seconds * 1_000).toISOString();

/** A caller with the key that an answer shows. */
const holder = (api: Api, body: Json) => new Api(body.key, api.organizationId, body.id);

async function created(api: Api, body: object = {}): Promise<{ api: Api; body: Json }> {
	const reply = await api.post("/api-keys", { name: "Integration", ...body });
	expect(reply.status, reply.text).toBe(201);
	return { api: holder(api, reply.body), body: reply.body };
}

afterEach(() => vi.useRealTimers());

describe("a new key", () => {
	it("is shown once, works at once, and is kept as a hash", async () => {
		const admin = await givenCaller();
		const { api, body } = await created(admin);
		expect(isWellFormedKey(body.key)).toBe(true);
		expect(body.key).toMatch(/^lw_live_/);
		expect(body).toMatchObject({
			keyPrefix: body.key.slice(0, 12),
			scopes: ["*"],
			envelope: false,
			lastUsedAt: null,
			expiresAt: null,
			revokedAt: null,
		});
		expect((await api.post("/leads", { name: "Jane" })).status).toBe(201);
		for (const path of ["/api-keys", `/api-keys/${body.id}`, "/api-keys?includeRevoked=true"]) {
			const { text } = await admin.get(path);
			expect(text).toContain(body.keyPrefix);
			expect(text).not.toContain(body.key);
			expect(text).not.toMatch(/hash|pepper/i);
		}
		const tables = await env.DB.prepare(
			"SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%\\_search%' ESCAPE '\\'",
		).all<{ name: string }>();
		for (const { name } of tables.results.filter(({ name: table }) => !/^(_cf|sqlite|d1)_/.test(table))) {
			const dump = JSON.stringify((await env.DB.prepare(`SELECT * FROM "${name}"`).all()).results);
			for (const { key } of [api, admin]) expect(dump.includes(key), name).toBe(false);
		}
	});

	it.each([
		[{ scopes: [] }, "scopes"],
		[{ scopes: ["leads"] }, "scopes.0"],
		[{ scopes: ["leads:read", "nope:read"] }, "scopes.1"],
		[{ scopes: ["leads:delete"] }, "scopes.0"],
		[{ scopes: "leads:read" }, "scopes"],
		[{ scopes: null }, "scopes"],
		[{ expiresAt: "2020-01-01T00:00:00Z" }, "expiresAt"],
		[{ expiresAt: "2099-02-30T00:00:00Z" }, "expiresAt"],
		[{ expiresAt: 4_000_000_000 }, "expiresAt"],
		[{ envelope: "true" }, "envelope"],
		[{ name: " " }, "name"],
		[{ name: "x".repeat(256) }, "name"],
	])("with %j is 400", async (body, path) => {
		const admin = await givenCaller();
		const reply = await admin.post("/api-keys", { name: "Integration", ...body });
		expect(reply).toMatchObject({ status: 400, body: { code: "BAD_REQUEST", errors: [{ path }] } });
	});

	it("ends at its expiresAt, to the millisecond", async () => {
		vi.useFakeTimers({ toFake: ["Date"], now: START });
		const admin = await givenCaller();
		const { api, body } = await created(admin, { expiresAt: "2026-03-01T14:00:30+02:00" });
		expect(body.expiresAt).toBe("2026-03-01T12:00:30.000Z");
		expect(
			(await admin.post("/api-keys", { name: "x", expiresAt: "2026-03-01T12:00:00Z" })).status,
			"now",
		).toBe(400);
		vi.setSystemTime(START + 29_999);
		expect((await api.get("/leads")).status).toBe(200);
		vi.setSystemTime(START + 30_000);
		expect((await api.get("/leads")).status).toBe(401);
		const ids = async (query: string) =>
			(await admin.get(`/api-keys${query}`)).body.items.map(({ id }: Json) => id);
		expect(await ids("")).not.toContain(body.id);
		expect(await ids("?includeRevoked=true")).toContain(body.id);
	});

	it("grants each scope once, in the order given", async () => {
		const { body } = await created(await givenCaller(), { scopes: ["tags:read", "leads:read", "tags:read"] });
		expect(body.scopes).toEqual(["tags:read", "leads:read"]);
	});
});

describe("what a key may grant", () => {
	it.each([
		[["*"], ["*"], 201],
		[["*"], undefined, 201],
		[["api-keys:write", "leads:read"], ["leads:read"], 201],
		[["api-keys:write", "leads:read"], ["leads:read", "leads:write"], 400],
		[["api-keys:write", "leads:read"], ["*:read"], 400],
		[["api-keys:write", "leads:read"], ["*"], 400],
		[["api-keys:write", "leads:read"], undefined, 400],
		[["*:write", "*:read"], ["leads:write", "*:read", "*:write"], 201],
		[["*:write", "*:read"], ["*"], 400],
		[["*:write"], ["leads:read"], 400],
		[["*:read", "leads:write"], ["leads:read"], 403],
	])("holding %j: %j is %d", async (held, scopes, status) => {
		const api = await givenCaller({ scopes: held });
		const reply = await api.post("/api-keys", { name: "x", ...(scopes ? { scopes } : {}) });
		expect(reply.status, reply.text).toBe(status);
		if (status === 400) expect(reply.body.errors[0].path).toMatch(/^scopes\.\d$/);
	});

	it("is no more by rotating a key that may do more", async () => {
		const admin = await givenCaller();
		const { body } = await created(admin);
		const weak = await givenCaller({ organizationId: admin.organizationId, scopes: ["api-keys:write"] });
		const reply = await weak.post(`/api-keys/${body.id}/rotate`);
		expect(reply.status).toBe(400);
		expect(reply.text).not.toContain("lw_");
		expect((await admin.get(`/api-keys/${body.id}`)).body).toMatchObject({ version: 1, expiresAt: null });
	});
});

describe("lastUsedAt", () => {
	it("is noted to the minute, and changes no version", async () => {
		vi.useFakeTimers({ toFake: ["Date"], now: START });
		const admin = await givenCaller();
		const { api, body } = await created(admin);
		const shown = async () => (await admin.get(`/api-keys/${body.id}`)).body;
		const use = async (second: number) => {
			vi.setSystemTime(START + second * 1_000);
			expect((await api.get("/leads")).status).toBe(200);
			await vi.waitFor(async () => expect((await shown()).lastUsedAt).not.toBeNull());
		};
		await use(1);
		expect((await shown()).lastUsedAt).toBe("2026-03-01T12:00:01.000Z");
		await use(60);
		expect((await shown()).lastUsedAt).toBe("2026-03-01T12:00:01.000Z");
		await use(61);
		await vi.waitFor(async () => expect((await shown()).lastUsedAt).toBe("2026-03-01T12:01:01.000Z"));
		expect(await shown()).toMatchObject({ version: 1, updatedAt: body.updatedAt });
	});

	it("is not noted by a call that is refused", async () => {
		const admin = await givenCaller();
		const { body } = await created(admin);
		await admin.get("/leads", { "x-api-key": `${body.key.slice(0, -1)}!` });
		expect((await admin.get(`/api-keys/${body.id}`)).body.lastUsedAt).toBeNull();
	});
});

describe("rotating", () => {
	it("without a grace ends the old key at once, wherever it is remembered", async () => {
		const admin = await givenCaller();
		const { api: old, body } = await created(admin, { scopes: ["leads:read"], envelope: true });
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
		const next = holder(admin, reply.body);
		expect((await next.get("/leads")).body.data).toEqual([]);
		expect((await next.get("/tags")).status).toBe(403);
	});

	it("with a grace lets both work until it is over", async () => {
		vi.useFakeTimers({ toFake: ["Date"], now: START });
		const admin = await givenCaller();
		const { api: old, body } = await created(admin);
		const next = holder(
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

	it("never lengthens a life", async () => {
		vi.useFakeTimers({ toFake: ["Date"], now: START });
		const admin = await givenCaller();
		const { body } = await created(admin, { expiresAt: later(60) });
		const reply = await admin.post(`/api-keys/${body.id}/rotate`, { graceSeconds: 3_600 });
		expect(reply.body.expiresAt).toBe(later(60));
		expect((await admin.get(`/api-keys/${body.id}`)).body.expiresAt).toBe(later(60));
		const { body: other } = await created(admin);
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
		const admin = await givenCaller();
		const { body: key } = await created(admin);
		expect((await admin.post(`/api-keys/${key.id}/rotate`, body)).status).toBe(400);
	});

	it("of a revoked key is 404", async () => {
		const admin = await givenCaller();
		const { body } = await created(admin);
		await admin.delete(`/api-keys/${body.id}`);
		expect((await admin.post(`/api-keys/${body.id}/rotate`)).status).toBe(404);
	});
});

describe("revoking", () => {
	it("is effective once answered, also for an isolate that remembers the key", async () => {
		const admin = await givenCaller();
		const { api, body } = await created(admin);
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
		const admin = await givenCaller();
		const { api, body } = await created(admin);
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
		const admin = await givenCaller();
		const { api, body } = await created(admin);
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
		const api = await givenCaller();
		expect((await api.delete(`/api-keys/${api.keyId}`)).status).toBe(204);
		expect((await api.get("/leads")).status).toBe(401);
	});
});

describe("a pepper that is rotated", () => {
	it("leaves older keys working, and hashes new ones under the new", async () => {
		const admin = await givenCaller();
		const fresh = btoa("n".repeat(32));
		const rotated = under({ ...env, KEY_PEPPER: `k2:${fresh},${env.KEY_PEPPER}` });
		const replaced = under({ ...env, KEY_PEPPER: `k2:${fresh}` });
		const { body } = await created(admin.via(rotated));
		const row = env.DB.prepare("SELECT pepperId, hash FROM api_keys WHERE id = ?");
		expect(await row.bind(body.id).first()).toMatchObject({ pepperId: "k2" });
		expect(await row.bind(admin.keyId).first()).toMatchObject({ pepperId: "k1" });
		const next = holder(admin, body);
		expect((await next.via(replaced).get("/leads")).status).toBe(200);
		const old = await givenCaller({ organizationId: admin.organizationId });
		expect((await old.via(replaced).get("/leads")).status, "its pepper is gone").toBe(401);
		expect((await old.via(rotated).get("/leads")).status).toBe(200);
	});
});
