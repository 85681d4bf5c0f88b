// Idempotency-Key: a repeated request finds the finished answer, or knows that nothing was written.
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { fingerprintOf } from "../../src/gate/idempotency.ts";
import type { Api, Reply } from "../support/api.ts";
import { over, under } from "../support/bindings.ts";
import { givenCaller } from "../support/given.ts";
import { bodyOf, changeOf, has, made, oneOf, resourceAt, stood } from "./harness.ts";
import { resources } from "./resources.ts";

const HOUR_MS = 3_600_000;
const REPLAYED = "idempotency-replayed";
const key = (name = crypto.randomUUID()) => ({ "idempotency-key": name });
const rows = async (api: Api, path: string) => (await api.get(`${path}?limit=100`)).body.items;

/** What is kept of this organization's keys. */
async function kept({ organizationId }: Api): Promise<{ key: string; answer: string | null }[]> {
	const query = env.DB.prepare("SELECT key, answer FROM idempotency_keys WHERE organizationId = ?");
	return (await query.bind(organizationId).all<{ key: string; answer: string | null }>()).results;
}

afterEach(() => vi.useRealTimers());

describe.each(resources.filter(has("create")))("$path", (resource) => {
	const path = `/${resource.path}`;

	it("a repeated create gets the first answer and makes no second row", async () => {
		const api = await givenCaller();
		const before = (await stood(api, resource)).length;
		const [body, headers] = [await bodyOf(api, resource), key()];
		const first = await api.post(path, body, headers);
		expect(first.status).toBe(201);
		expect(first.headers.get(REPLAYED)).toBeNull();
		const repeated = [await api.post(path, body, headers), await api.post(path, body, headers)];
		for (const reply of repeated) {
			expect(reply.status).toBe(201);
			expect(reply.text).toBe(first.text);
			expect(reply.headers.get(REPLAYED)).toBe("true");
			for (const header of ["etag", "location", "content-type"])
				expect(reply.headers.get(header), header).toBe(first.headers.get(header));
		}
		expect(await rows(api, path)).toHaveLength(before + 1);
	});

	it("ten at once make one row", async () => {
		const api = await givenCaller();
		const before = (await stood(api, resource)).length;
		const [body, headers] = [await bodyOf(api, resource), key()];
		const replies = await Promise.all(Array.from({ length: 10 }, () => api.post(path, body, headers)));
		const made = replies.filter(({ status }) => status === 201);
		expect(made.filter((reply) => reply.headers.get(REPLAYED) === null)).toHaveLength(1);
		expect(new Set(made.map(({ text }) => text)).size).toBe(1);
		for (const { status, body } of replies.filter((reply) => reply.status !== 201))
			expect({ status, code: body.code }).toEqual({ status: 409, code: "CONFLICT" });
		expect(await rows(api, path)).toHaveLength(before + 1);
	});

	it("what shows a secret is kept sealed, anything else as it is", async () => {
		const api = await givenCaller();
		const { body } = await api.post(path, await bodyOf(api, resource), key());
		const [{ answer } = { answer: null }] = await kept(api);
		const secrets = (resource.shownOnce ?? []).map((field) => body[field]);
		if (secrets.length === 0) expect(JSON.parse(answer ?? "").answer.body).toEqual(body);
		else expect(answer).toMatch(/^v1\.k1\.[\w-]+\.[\w-]+$/);
		const dump = await env.DB.prepare(`SELECT * FROM ${path.slice(1).replaceAll("-", "_")}`).all();
		for (const secret of secrets) {
			expect(secret.length).toBeGreaterThan(20);
			expect(JSON.stringify(dump.results)).not.toContain(secret);
		}
	});
});

describe.each(resources.filter(has("update")))("$path", (resource) => {
	it("a repeated PATCH gets the first answer, even after a later change", async () => {
		const api = await givenCaller();
		const row = await made(api, resource);
		const [one, body, headers] = [oneOf(resource, row.id), changeOf(resource), key()];
		const first = await api.patch(one, body, headers);
		const [field = ""] = Object.keys(body);
		await api.patch(one, { [field]: row[field] });
		const repeated = await api.patch(one, body, headers);
		expect(repeated).toMatchObject({ status: 200, text: first.text });
		expect(repeated.headers.get(REPLAYED)).toBe("true");
		expect((await api.get(one)).body).toMatchObject({ version: row.version + 2, [field]: row[field] });
	});
});

describe("a key", () => {
	const lead = { name: "Jane" };

	it("belongs to one request: another body, path or method is 422", async () => {
		const api = await givenCaller();
		const headers = key();
		const { body } = await api.post("/leads", lead, headers);
		const other = await made(api, resourceAt("leads"));
		for (const reply of [
			await api.post("/leads", { name: "Janet" }, headers),
			await api.post("/leads", `${JSON.stringify(lead)} `, headers),
			await api.post("/tags", lead, headers),
			await api.patch(`/leads/${body.id}`, lead, headers),
			await api.post(`/leads/${other.id}/restore`, undefined, headers),
		])
			expect(reply).toMatchObject({ status: 422, body: { code: "UNPROCESSABLE" } });
		expect((await api.post("/leads", lead, headers)).body).toEqual(body);
		expect(await rows(api, "/leads")).toHaveLength(2);
	});

	it("belongs to one organization", async () => {
		const [one, other] = [await givenCaller(), await givenCaller()];
		const headers = key("the-same");
		const first = await one.post("/leads", lead, headers);
		const second = await other.post("/leads", lead, headers);
		expect(second.status).toBe(201);
		expect(second.headers.get(REPLAYED)).toBeNull();
		expect(second.body.id).not.toBe(first.body.id);
		const colleague = await givenCaller({ organizationId: one.organizationId });
		expect((await colleague.post("/leads", lead, headers)).text).toBe(first.text);
		const reader = await givenCaller({ organizationId: one.organizationId, scopes: ["leads:read"] });
		expect((await reader.post("/leads", lead, headers)).status).toBe(403);
	});

	it("is kept for 24 hours", async () => {
		vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2026-03-01T12:00:00Z") });
		const api = await givenCaller();
		const headers = key();
		const first = await api.post("/leads", lead, headers);
		vi.setSystemTime(Date.now() + 24 * HOUR_MS - 1);
		expect((await api.post("/leads", lead, headers)).text).toBe(first.text);
		vi.setSystemTime(Date.now() + 1);
		const second = await api.post("/leads", lead, headers);
		expect(second.status).toBe(201);
		expect(second.body.id).not.toBe(first.body.id);
		expect((await api.post("/leads", lead, headers)).text).toBe(second.text);
		vi.setSystemTime(Date.now() + 24 * HOUR_MS);
		expect((await api.post("/leads", { name: "Other" }, headers)).status, "free for another request").toBe(
			201,
		);
	});

	it.each([
		["256 characters", "a".repeat(256)],
		["a blank", "a b"],
		["another alphabet", "schlüssel"],
		["a control character", "a\tb"],
	])("with %s is 400", async (_, text) => {
		const api = await givenCaller();
		const reply = await api.post("/leads", lead, key(text));
		expect(reply).toMatchObject({ status: 400, body: { errors: [{ path: "Idempotency-Key" }] } });
		expect(await rows(api, "/leads")).toEqual([]);
	});

	it("may have 255 characters, quotes among them", async () => {
		const api = await givenCaller();
		for (const text of ["a".repeat(255), `"${crypto.randomUUID()}"`, "~!';--"]) {
			const first = await api.post("/leads", lead, key(text));
			expect((await api.post("/leads", lead, key(text))).text).toBe(first.text);
		}
	});

	it("means nothing on GET and DELETE", async () => {
		const api = await givenCaller();
		const headers = key();
		const { body } = await api.post("/leads", lead, headers);
		expect((await api.get(`/leads/${body.id}`, headers)).status).toBe(200);
		expect((await api.delete(`/leads/${body.id}`, headers)).status).toBe(204);
		expect((await api.delete(`/leads/${body.id}`, headers)).status).toBe(404);
	});

	it("covers batch, upsert, restore and rotation as well", async () => {
		const api = await givenCaller();
		const gone = await made(api, resourceAt("leads"));
		await api.delete(`/leads/${gone.id}`);
		const apiKey = await made(api, resourceAt("api-keys"));
		for (const [path, body] of [
			["/leads/batch", { items: [lead, {}, lead] }],
			["/leads/upsert", { matchBy: "email", email: "jane@example.com", name: "Jane" }],
			[`/leads/${gone.id}/restore`, undefined],
			[`/api-keys/${apiKey.id}/rotate`, { graceSeconds: 60 }],
			[`/api-keys/${apiKey.id}/rotate`, undefined],
		] as const) {
			const headers = key();
			const first = await api.post(path, body, headers);
			expect(first.status, path).toBeLessThan(300);
			const again = await api.post(path, body, headers);
			expect(again, path).toMatchObject({ status: first.status, text: first.text });
			expect(again.headers.get(REPLAYED)).toBe("true");
		}
		expect(await rows(api, "/leads")).toHaveLength(4);
		expect(
			(await api.get("/leads?orderBy=createdAt&orderDir=asc")).body.items.map(
				(row: { number: number }) => row.number,
			),
		).toEqual([1, 2, 3, 4]);
	});
});

describe("a failure", () => {
	const lead = { name: "Jane" };
	const replay = async (send: () => Promise<Reply>) => [await send(), await send()] as const;

	it("that a repetition would only get again is kept: 404, 409, 412", async () => {
		const api = await givenCaller();
		const row = await made(api, resourceAt("leads"));
		const requests: [number, string, string, object | undefined, object?][] = [
			[404, "PATCH", "/leads/ld_01kaj2m5m8f7jt2n3v4w5x6y7z", lead],
			[409, "POST", `/leads/${row.id}/restore`, undefined],
			[412, "PATCH", `/leads/${row.id}`, lead, { "if-match": '"9"' }],
		];
		for (const [status, method, path, body, more] of requests) {
			const headers = { ...key(), ...more };
			const [first, second] = await replay(() => api.send(method, path, body, headers));
			expect(first.status).toBe(status);
			expect(first.headers.get(REPLAYED)).toBeNull();
			expect(second).toMatchObject({ status, text: first.text });
			expect(second.headers.get(REPLAYED)).toBe("true");
		}
	});

	it("that the caller can mend is not: 400, 403, 413, 415, 429", async () => {
		const api = await givenCaller();
		const headers = key();
		expect((await api.post("/leads", { nope: 1 }, headers)).status).toBe(400);
		expect(
			(await api.post("/leads", { name: "x", ownerId: "usr_01kaj2m5m8f7jt2n3v4w5x6y7z" }, headers)).status,
		).toBe(400);
		expect((await api.post("/leads", "{", headers)).status).toBe(400);
		expect((await api.post("/leads", lead, { ...headers, "content-type": "text/plain" })).status).toBe(415);
		expect((await api.post("/leads", " ".repeat(300_000), headers)).status).toBe(413);
		const reader = await givenCaller({ organizationId: api.organizationId, scopes: ["leads:read"] });
		expect((await reader.post("/leads", lead, headers)).status).toBe(403);
		await Promise.all(Array.from({ length: 60 }, () => reader.get("/leads?limit=1")));
		const full = await givenCaller({ organizationId: api.organizationId });
		await Promise.all(Array.from({ length: 60 }, () => full.get("/leads?limit=1")));
		expect((await full.post("/leads", lead, headers)).status).toBe(429);
		expect(await kept(api)).toEqual([]);
		const reply = await api.post("/leads", lead, headers);
		expect(reply.status).toBe(201);
		expect(reply.headers.get(REPLAYED)).toBeNull();
	});

	/** The Worker with a database that fails at each batch that writes leads: before it, or after with the answer lost. */
	const failing = (when: "before" | "after") => {
		const writes = new WeakSet<object>();
		const DB = over(env.DB, {
			prepare: (text: string) => ({
				bind(...params: unknown[]) {
					const statement = env.DB.prepare(text).bind(...params);
					if (/^INSERT INTO "leads"/.test(text)) writes.add(statement);
					return statement;
				},
			}),
			async batch(statements: D1PreparedStatement[]) {
				if (!statements.some((statement) => writes.has(statement))) return env.DB.batch(statements);
				if (when === "after") await env.DB.batch(statements);
				throw new Error("D1_ERROR: Network connection lost.");
			},
		});
		return under({ ...env, DB });
	};

	it("of the database leaves nothing behind, so that a repetition works", async () => {
		const api = await givenCaller();
		const headers = key();
		const failed = await api.via(failing("before")).post("/leads", lead, headers);
		expect(failed).toMatchObject({ status: 503, body: { code: "SERVICE_UNAVAILABLE" } });
		expect(Number(failed.headers.get("retry-after"))).toBeGreaterThan(0);
		const reply = await api.post("/leads", lead, headers);
		expect(reply.status).toBe(201);
		expect(reply.headers.get(REPLAYED)).toBeNull();
		expect(await rows(api, "/leads")).toHaveLength(1);
	});

	it("that lost the answer of a commit is made good by a repetition, with one row and one event", async () => {
		const api = await givenCaller();
		const headers = key();
		expect((await api.via(failing("after")).post("/leads", lead, headers)).status).toBe(503);
		const reply = await api.post("/leads", lead, headers);
		expect(reply.status).toBe(201);
		expect(reply.headers.get(REPLAYED)).toBe("true");
		expect(await rows(api, "/leads")).toEqual([reply.body]);
		const events = env.DB.prepare(
			"SELECT type FROM events WHERE organizationId = ? AND type = 'lead.created'",
		);
		expect((await events.bind(api.organizationId).all()).results).toHaveLength(1);
	});

	it("of the whole request frees its key after a minute", async () => {
		vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2026-03-01T12:00:00Z") });
		const api = await givenCaller();
		const headers = key("died");
		const fingerprint = await fingerprintOf("POST", "/api/v1/leads", JSON.stringify(lead));
		await env.DB.prepare(
			"INSERT INTO idempotency_keys (organizationId, key, fingerprint, claimedBy, claimedAt) VALUES (?, 'died', ?, 'x', ?)",
		)
			.bind(api.organizationId, fingerprint, Date.now())
			.run();
		expect(await api.post("/leads", lead, headers)).toMatchObject({
			status: 409,
			body: { code: "CONFLICT" },
		});
		expect((await api.post("/leads", { name: "Other" }, headers)).status).toBe(422);
		vi.setSystemTime(Date.now() + 59_999);
		expect((await api.post("/leads", lead, headers)).status).toBe(409);
		vi.setSystemTime(Date.now() + 1);
		expect((await api.post("/leads", lead, headers)).status).toBe(201);
		expect(await rows(api, "/leads")).toHaveLength(1);
	});
});
