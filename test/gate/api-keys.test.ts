// API keys: making them, and what they may grant.
import { afterEach, describe, expect, it, vi } from "vitest";
import { isWellFormedKey } from "../../src/gate/api-key.ts";
import type { Json } from "../support/api.ts";
import { createCaller } from "../support/callers.ts";
import { dbOf } from "../support/shards.ts";
import { createKeyWith, START } from "./keys.ts";

afterEach(() => vi.useRealTimers());

describe("a new key", () => {
	it("is shown once, works at once, and is kept as a hash", async () => {
		const admin = await createCaller();
		const { api, body } = await createKeyWith(admin);
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
		const db = dbOf(admin.organizationId);
		const tables = await db
			.prepare(
				"SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%\\_search%' ESCAPE '\\'",
			)
			.all<{ name: string }>();
		for (const { name } of tables.results.filter(({ name: table }) => !/^(_cf|sqlite|d1)_/.test(table))) {
			const dump = JSON.stringify((await db.prepare(`SELECT * FROM "${name}"`).all()).results);
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
		const admin = await createCaller();
		const reply = await admin.post("/api-keys", { name: "Integration", ...body });
		expect(reply).toMatchObject({ status: 400, body: { code: "BAD_REQUEST", errors: [{ path }] } });
	});

	it("is renamed, and an empty PATCH leaves it as it is", async () => {
		const admin = await createCaller();
		const { body } = await createKeyWith(admin);
		const path = `/api-keys/${body.id}`;
		expect(await admin.patch(path, {})).toMatchObject({ status: 200, body: { name: body.name, version: 1 } });
		expect(await admin.patch(path, { name: "Site" })).toMatchObject({
			status: 200,
			body: { name: "Site", version: 2 },
		});
		expect((await admin.patch(path, {}, { "If-Match": '"1"' })).status).toBe(412);
		for (const name of [null, " "])
			expect(await admin.patch(path, { name })).toMatchObject({
				status: 400,
				body: { errors: [{ path: "name" }] },
			});
	});

	it("ends at its expiresAt, to the millisecond", async () => {
		vi.useFakeTimers({ toFake: ["Date"], now: START });
		const admin = await createCaller();
		const { api, body } = await createKeyWith(admin, { expiresAt: "2026-03-01T14:00:30+02:00" });
		expect(body.expiresAt).toBe("2026-03-01T12:00:30.000Z");
		expect(
			(await admin.post("/api-keys", { name: "x", expiresAt: "2026-03-01T12:00:00Z" })).status,
			"now",
		).toBe(400);
		vi.setSystemTime(START + 29_999);
		expect((await api.get("/leads")).status).toBe(200);
		expect((await admin.get(`/api-keys/${body.id}`)).status).toBe(200);
		vi.setSystemTime(START + 30_000);
		expect((await api.get("/leads")).status).toBe(401);
		const path = `/api-keys/${body.id}`;
		expect(await admin.get(path)).toMatchObject({ status: 404, body: { code: "NOT_FOUND" } });
		expect(await admin.get(path, { "If-None-Match": '"1"' })).toMatchObject({ status: 404 });
		const shown = await admin.get(`${path}?includeRevoked=true`);
		expect(shown).toMatchObject({ status: 200, body: { expiresAt: body.expiresAt, revokedAt: null } });
		const ids = async (query: string) =>
			(await admin.get(`/api-keys${query}`)).body.items.map(({ id }: Json) => id);
		expect(await ids("")).not.toContain(body.id);
		expect(await ids("?includeRevoked=true")).toContain(body.id);
	});

	it("grants each scope once, in the order given", async () => {
		const { body } = await createKeyWith(await createCaller(), {
			scopes: ["tags:read", "leads:read", "tags:read"],
		});
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
		const api = await createCaller({ scopes: held });
		const reply = await api.post("/api-keys", { name: "x", ...(scopes ? { scopes } : {}) });
		expect(reply.status, reply.text).toBe(status);
		if (status === 400) expect(reply.body.errors[0].path).toMatch(/^scopes\.\d$/);
	});

	it("is no more by rotating a key that may do more", async () => {
		const admin = await createCaller();
		const { body } = await createKeyWith(admin);
		const weak = await createCaller({ organizationId: admin.organizationId, scopes: ["api-keys:write"] });
		const reply = await weak.post(`/api-keys/${body.id}/rotate`);
		expect(reply.status).toBe(400);
		expect(reply.text).not.toContain("lw_");
		expect((await admin.get(`/api-keys/${body.id}`)).body).toMatchObject({ version: 1, expiresAt: null });
	});
});

describe("lastUsedAt", () => {
	it("is noted to the minute, and changes no version", async () => {
		vi.useFakeTimers({ toFake: ["Date"], now: START });
		const admin = await createCaller();
		const { api, body } = await createKeyWith(admin);
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
		const admin = await createCaller();
		const { body } = await createKeyWith(admin);
		await admin.get("/leads", { "x-api-key": `${body.key.slice(0, -1)}!` });
		expect((await admin.get(`/api-keys/${body.id}`)).body.lastUsedAt).toBeNull();
	});
});
