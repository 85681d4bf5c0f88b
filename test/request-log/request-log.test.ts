// The log of requests: what is in it, what never is, and how much of it there may be.

import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import worker from "../../scripts/platform/worker.ts";
import { chance } from "../../src/chance.ts";
import { storeRequests } from "../../src/request-log/store.ts";
import { DAY_MS, MINUTE_MS } from "../../src/time.ts";
import { type Api, type Json, ORIGIN } from "../support/api.ts";
import { workerWith } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { purgeAll } from "../support/purge.ts";
import { dbOf, envFor } from "../support/shards.ts";

const SECRET = "jane.doe@secret.example";
const logging = { ...env, REQUEST_LOG_DAYS: "7" };

beforeEach(() => {
	// No request that succeeded is in the sample.
	vi.spyOn(chance, "random").mockReturnValue(0.5);
});
afterEach(() => {
	vi.restoreAllMocks();
});

/** A caller whose requests are logged. Work after each answer is waited for, so requests are sent at once to be stored at once. */
const loggedCaller = async (given: Parameters<typeof createCaller>[0] = {}) =>
	(await createCaller(given)).via(workerWith(logging));

/** The log as a caller reads it, without being logged for it. */
async function logOf({ organizationId }: Api, query = ""): Promise<Json[]> {
	const reader = await createCaller({ organizationId, scopes: ["request-log:read"] });
	const { status, body, text } = await reader.get(`/request-log${query}`);
	expect(status, text).toBe(200);
	return body.items;
}

const row = (index: number, at: number) => ({
	at,
	requestId: `req_${index}`,
	keyId: "key_01kaj2m5m8f7jt2n3v4w5x6y7z",
	method: "GET",
	path: `/api/v1/leads/${index}`,
	status: 404,
	code: "NOT_FOUND",
	message: "There is no such lead.",
	durationMs: 1,
	count: 1,
});

const collected = (count: number, at: number, more = 0) => ({
	rows: new Map(Array.from({ length: count }, (_, index) => [String(index), row(index, at)])),
	more: { count: more },
});

describe("the request log", () => {
	it("has every request that failed, with its error, and nothing that the caller wrote", async () => {
		const api = await loggedCaller({ scopes: ["leads:read", "leads:write"] });
		const lead = (await api.post("/leads", { name: SECRET, email: SECRET })).body;
		const json = { "content-type": "application/json", "x-request-id": "mine-1" };
		await Promise.all([
			api.post("/leads", { name: SECRET, emial: SECRET }, json),
			api.post("/leads", { name: "A", [SECRET]: 1 }),
			api.get(`/leads?search=${SECRET}&nope=${SECRET}`),
			api.get(`/leads/${encodeURIComponent(SECRET)}`),
			api.delete(`/leads/${lead.id.replace(/.$/, lead.id.endsWith("0") ? "1" : "0")}`),
			api.get("/deals", { "x-custom": SECRET }),
			api.raw("PUT", "/leads", { headers: json, body: SECRET }),
			api.raw("POST", `/${SECRET}/${api.key}`, { headers: json, body: SECRET }),
		]);
		const items = await logOf(api, "?limit=100");
		const found = items.map(({ method, path, status, code, message }) =>
			[method, path.replace("/api/v1", ""), status, code, message].join(" | "),
		);
		expect(found.toSorted()).toEqual([
			`DELETE | /leads/${lead.id.replace(/.$/, lead.id.endsWith("0") ? "1" : "0")} | 404 | NOT_FOUND | There is no such lead.`,
			"GET | /deals | 403 | FORBIDDEN | This API key lacks the scope deals:read.",
			"GET | /leads | 400 | BAD_REQUEST | nope: Unknown field.",
			"GET | /leads/… | 404 | NOT_FOUND | There is no such lead.",
			"POST | /leads | 400 | BAD_REQUEST | emial: Unknown field.",
			"POST | /leads | 400 | BAD_REQUEST | …: Unknown field.",
			"POST | /…/… | 404 | NOT_FOUND | There is no such path.",
			"PUT | /leads | 405 | METHOD_NOT_ALLOWED | This path takes GET, HEAD, POST.",
		]);
		expect(items.filter(({ requestId }) => requestId === "mine-1")).toHaveLength(3);
		for (const { keyId, count, omitted, durationMs, at } of items) {
			expect({ keyId, count, omitted }).toEqual({ keyId: api.keyId, count: 1, omitted: 0 });
			expect(durationMs).toBeGreaterThanOrEqual(0);
			expect(Math.abs(Date.now() - Date.parse(at))).toBeLessThan(MINUTE_MS);
		}
		const { results } = await dbOf(api.organizationId)
			.prepare("SELECT * FROM request_log WHERE organizationId = ?")
			.bind(api.organizationId)
			.all();
		expect(results).toHaveLength(8);
		expect(JSON.stringify(results)).not.toMatch(/jane|secret|lw_live_|lw_test_/i);
		expect(await logOf(await loggedCaller())).toEqual([]);
	});

	it("has a sample of the requests that succeeded, and those over the limit with their number", async () => {
		const api = await loggedCaller();
		await api.get("/tags");
		expect(await logOf(api)).toEqual([]);
		vi.mocked(chance.random).mockReturnValue(0.019);
		await Promise.all(Array.from({ length: 64 }, () => api.get("/tags")));
		const items = await logOf(api);
		expect(items.map(({ status, code, count }) => [status, code, count]).toSorted()).toEqual([
			[200, null, 59],
			[429, "TOO_MANY_REQUESTS", 5],
		]);
	});

	it("is written after the answer, and not at all when it is switched off", async () => {
		const api = await createCaller();
		const ask = async (bindings: typeof env) => {
			const ctx = createExecutionContext();
			const request = new Request(`${ORIGIN}/api/v1/nowhere`, { headers: { "x-api-key": api.key } });
			expect((await worker.fetch(request, bindings, ctx)).status).toBe(404);
			const before = await logOf(api);
			await waitOnExecutionContext(ctx);
			return [before.length, (await logOf(api)).length];
		};
		expect(await ask({ ...env, REQUEST_LOG_DAYS: "0" })).toEqual([0, 0]);
		expect(await ask(logging)).toEqual([0, 1]);
	});

	it("is filtered by status, method, key and time, and paged", async () => {
		const api = await loggedCaller({ scopes: ["tags:read"] });
		const other = await loggedCaller({ organizationId: api.organizationId, scopes: ["tags:read"] });
		const since = new Date().toISOString();
		await Promise.all([api.get("/leads"), api.get("/nowhere"), api.post("/tags", {}), other.get("/leads")]);
		const count = async (query: string) => (await logOf(api, `?${query}`)).length;
		expect(await count("")).toBe(4);
		expect(await count("status=403")).toBe(3);
		expect(await count("status=403&status=404")).toBe(4);
		expect(await count("method=POST")).toBe(1);
		expect(await count(`keyId=${other.keyId}`)).toBe(1);
		expect(await count(`since=${since}`)).toBe(4);
		expect(await count("since=2099-01-01T00:00:00Z")).toBe(0);
		const reader = await createCaller({ organizationId: api.organizationId });
		const seen: string[] = [];
		for (let cursor: string | null = ""; cursor !== null; ) {
			const { body }: Json = await reader.get(`/request-log?limit=3${cursor && `&cursor=${cursor}`}`);
			seen.push(...body.items.map((one: Json) => one.id));
			cursor = body.nextCursor;
		}
		expect(seen).toEqual(seen.toSorted().toReversed());
		expect(new Set(seen).size).toBe(4);
		for (const query of ["status=4xx", "method=TRACE", "keyId=x", "since=yesterday"])
			expect((await reader.get(`/request-log?${query}`)).status).toBe(400);
	});
});

describe("a flood of requests that fail", () => {
	it("is a few rows of an isolate, and the number of the others", async () => {
		const api = await loggedCaller({ keys: 2 });
		await Promise.all(
			Array.from({ length: 50 }, (_, index) => api.get(`/leads/ld_01kaj2m5m8f7jt2n3v4w5x6y${10 + index}`)),
		);
		const items = await logOf(api, "?limit=100");
		expect(items).toHaveLength(20);
		expect(items.map(({ omitted }) => omitted)).toEqual([30, ...Array(19).fill(0)]);
	});

	it("is at most sixty rows a minute of all isolates", async () => {
		const { organizationId } = await createCaller();
		const bindings = envFor(organizationId);
		const now = Date.now();
		for (let isolate = 0; isolate < 5; isolate += 1)
			await storeRequests(bindings, organizationId, collected(20, now), now);
		await storeRequests(bindings, organizationId, collected(20, now, 7), now + MINUTE_MS);
		const { results } = await dbOf(organizationId)
			.prepare("SELECT id, omitted FROM request_log WHERE organizationId = ? ORDER BY id")
			.bind(organizationId)
			.all<{ id: string; omitted: number }>();
		expect(results).toHaveLength(60);
		expect(results.map(({ id }) => Number(id.slice(18)))).toEqual(results.map((_, index) => index + 1));
		expect(results.map(({ omitted }) => omitted)).toEqual([...Array(59).fill(0), 67]);
		await storeRequests(bindings, organizationId, collected(20, now + 2 * MINUTE_MS), now + 2 * MINUTE_MS);
		await storeRequests(bindings, organizationId, collected(1, now), now + 2 * MINUTE_MS);
		const { results: later } = await dbOf(organizationId)
			.prepare("SELECT at FROM request_log WHERE organizationId = ? ORDER BY id DESC LIMIT 21")
			.bind(organizationId)
			.all<{ at: number }>();
		expect(new Set(later.map(({ at }) => at))).toEqual(new Set([now + 2 * MINUTE_MS]));
	});

	it("is not stored where the organization no longer is", async () => {
		const { organizationId } = await createCaller();
		const db = dbOf(organizationId);
		await db.prepare("UPDATE organizations SET home = -1 WHERE id = ?").bind(organizationId).run();
		const storing = storeRequests(envFor(organizationId), organizationId, collected(1, 1), 1);
		await expect(storing).rejects.toMatchObject({ code: "SERVICE_UNAVAILABLE" });
	});
});

describe("old requests", () => {
	const insert = (organizationId: string, count: number, at: number) =>
		dbOf(organizationId)
			.prepare(
				`WITH RECURSIVE more(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM more WHERE n < ?)
				INSERT INTO request_log (organizationId, id, at, requestId, keyId, method, path, status, durationMs, count)
				SELECT ?, ? || 'e008' || printf('%012d', n), ?, 'r', 'key_01kaj2m5m8f7jt2n3v4w5x6y7z', 'GET', '/', 404, 1, 1 FROM more`,
			)
			.bind(count, organizationId, `rql_${idTime(at)}`, at)
			.run();
	const idTime = (at: number) => {
		let text = "";
		for (let rest = at; text.length < 10; rest = Math.floor(rest / 32))
			text = "0123456789abcdefghjkmnpqrstvwxyz".charAt(rest % 32) + text;
		return text;
	};
	const left = async (organizationId: string) =>
		dbOf(organizationId)
			.prepare("SELECT count(*) AS n FROM request_log WHERE organizationId = ?")
			.bind(organizationId)
			.first<number>("n");

	it("are removed after a week, and before that as far as there are more than ten thousand", async () => {
		const [old, many] = [await createCaller(), await createCaller()];
		const now = Date.now();
		await insert(old.organizationId, 3, now - 8 * DAY_MS);
		await storeRequests(envFor(old.organizationId), old.organizationId, collected(2, now), now);
		await insert(many.organizationId, 10_700, now - DAY_MS);
		await purgeAll(now, { REQUEST_LOG_DAYS: "7" });
		expect(await left(old.organizationId)).toBe(2);
		expect(await left(many.organizationId)).toBe(10_000);
		const [newest] = await logOf(many, "?limit=1");
		expect(newest.id).toMatch(/10700$/);
	});
});
