// Idempotency-Key and failures: which answers are stored, when a retry can succeed, and the state after a database failure.
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { fingerprintOf } from "../../src/http/idempotency.ts";
import type { Reply } from "../support/api.ts";
import { countedDatabases, interceptBatches, withMembers, workerWith } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { OF_ORGANIZATION } from "../support/events.ts";
import { dbOf } from "../support/shards.ts";
import { idempotencyKey, listRows, REPLAYED, storedAnswers } from "./repeating.ts";
import { bodyOf, createRow, resourceAt } from "./rows.ts";

afterEach(() => vi.useRealTimers());

describe("a failure", () => {
	const lead = { name: "Jane" };
	const replay = async (send: () => Promise<Reply>) => [await send(), await send()] as const;

	it("with 404, 409 or 412 is not stored, so its key may be used again", async () => {
		const api = await createCaller();
		const row = await createRow(api, resourceAt("leads"));
		const requests: [number, string, string, object | undefined, object?][] = [
			[404, "PATCH", "/leads/ld_01kaj2m5m8f7jt2n3v4w5x6y7z", lead],
			[409, "POST", `/leads/${row.id}/restore`, undefined],
			[412, "PATCH", `/leads/${row.id}`, lead, { "if-match": '"9"' }],
		];
		for (const [status, method, path, body, more] of requests) {
			const headers = { ...idempotencyKey(), ...more };
			const [first, second] = await replay(() => api.send(method, path, body, headers));
			for (const reply of [first, second]) {
				expect(reply.status).toBe(status);
				expect(reply.headers.get(REPLAYED)).toBeNull();
			}
			expect(second.body.requestId).not.toBe(first.body.requestId);
			expect(await storedAnswers(api)).toEqual([]);
			const other = await api.post("/leads", lead, headers);
			expect(other.status, "free for another body").toBe(201);
			await dbOf(api.organizationId).prepare("DELETE FROM idempotency_keys").run();
		}
	});

	it("of a rule is not stored, so a retry succeeds once its cause is gone", async () => {
		const api = await createCaller();
		const client = await createRow(api, resourceAt("clients"));
		const deal = await createRow(api, resourceAt("deals"), {
			...(await bodyOf(api, resourceAt("deals"))),
			clientId: client.id,
		});
		const row = await createRow(api, resourceAt("leads"));
		const [restore, headers] = [`/leads/${row.id}/restore`, idempotencyKey()];
		expect((await api.post(restore, undefined, headers)).status, "not deleted yet").toBe(409);
		expect((await api.delete(`/leads/${row.id}`)).status).toBe(204);
		const restored = await api.post(restore, undefined, headers);
		expect(restored.status).toBe(200);
		expect(restored.headers.get(REPLAYED)).toBeNull();
		expect((await api.post(restore, undefined, headers)).headers.get(REPLAYED), "done, so kept").toBe("true");
		expect((await api.delete(`/clients/${client.id}`)).status, "holds a deal").toBe(409);
		expect((await api.delete(`/deals/${deal.id}`)).status).toBe(204);
		expect((await api.delete(`/clients/${client.id}`)).status).toBe(204);
	});

	it("that version 1.0 stored no longer blocks its key", async () => {
		const api = await createCaller();
		await dbOf(api.organizationId)
			.prepare(
				`INSERT INTO idempotency_keys (organizationId, key, fingerprint, claimedBy, claimedAt, answer) VALUES (?, 'old', 'x', 'x', ?, '{"status":409,"error":{}}')`,
			)
			.bind(api.organizationId, Date.now())
			.run();
		expect((await api.post("/leads", lead, idempotencyKey("old"))).status).toBe(201);
	});

	it("with 400, 403, 413, 415 or 429 is not stored", async () => {
		const api = await createCaller();
		const headers = idempotencyKey();
		expect((await api.post("/leads", { nope: 1 }, headers)).status).toBe(400);
		expect(
			(await api.post("/leads", { name: "x", ownerId: "usr_01kaj2m5m8f7jt2n3v4w5x6y7z" }, headers)).status,
		).toBe(400);
		expect((await api.post("/leads", "{", headers)).status).toBe(400);
		expect((await api.post("/leads", lead, { ...headers, "content-type": "text/plain" })).status).toBe(415);
		expect((await api.post("/leads", " ".repeat(300_000), headers)).status).toBe(413);
		const reader = await createCaller({ organizationId: api.organizationId, scopes: ["leads:read"] });
		expect((await reader.post("/leads", lead, headers)).status).toBe(403);
		await Promise.all(Array.from({ length: 60 }, () => reader.get("/leads?limit=1")));
		const full = await createCaller({ organizationId: api.organizationId });
		await Promise.all(Array.from({ length: 60 }, () => full.get("/leads?limit=1")));
		expect((await full.post("/leads", lead, headers)).status).toBe(429);
		expect(await storedAnswers(api)).toEqual([]);
		const reply = await api.post("/leads", lead, headers);
		expect(reply.status).toBe(201);
		expect(reply.headers.get(REPLAYED)).toBeNull();
	});

	it("with 429 costs D1 nothing: the limiter decides before the key is stored", async () => {
		const api = await createCaller();
		await api.get("/leads?limit=1");
		const count = { statements: 0 };
		const limited = { outcome: "limited", remaining: 0, resetMs: 60_000 };
		const limiters = withMembers(env.KEY_LIMITER, { getByName: () => ({ check: async () => limited }) });
		const full = api.via(workerWith({ ...env, ...countedDatabases(count), KEY_LIMITER: limiters }));
		expect((await full.post("/leads", lead, idempotencyKey())).status).toBe(429);
		expect(count.statements).toBe(0);
	});

	/** The Worker with a database that fails at each batch that writes leads: before it, or after with the answer lost. */
	const failing = (when: "before" | "after") => {
		const databases = interceptBatches("leads", async (statements, written, db) => {
			if (written.length === 0) return db.batch(statements);
			if (when === "after") await db.batch(statements);
			throw new Error("D1_ERROR: Network connection lost.");
		});
		return workerWith({ ...env, ...databases });
	};

	it("of the database leaves nothing behind, so a retry succeeds", async () => {
		const api = await createCaller();
		const headers = idempotencyKey();
		const failed = await api.via(failing("before")).post("/leads", lead, headers);
		expect(failed).toMatchObject({ status: 503, body: { code: "SERVICE_UNAVAILABLE" } });
		expect(Number(failed.headers.get("retry-after"))).toBeGreaterThan(0);
		const reply = await api.post("/leads", lead, headers);
		expect(reply.status).toBe(201);
		expect(reply.headers.get(REPLAYED)).toBeNull();
		expect(await listRows(api, "/leads")).toHaveLength(1);
	});

	it("that lost the answer of a commit is repaired by a retry, with one row and one event", async () => {
		const api = await createCaller();
		const headers = idempotencyKey();
		expect((await api.via(failing("after")).post("/leads", lead, headers)).status).toBe(503);
		const reply = await api.post("/leads", lead, headers);
		expect(reply.status).toBe(201);
		expect(reply.headers.get(REPLAYED)).toBe("true");
		expect(await listRows(api, "/leads")).toEqual([reply.body]);
		const events = dbOf(api.organizationId).prepare(
			`SELECT type FROM event_log WHERE ${OF_ORGANIZATION} AND type = 'lead.created'`,
		);
		expect((await events.bind(api.organizationId).all()).results).toHaveLength(1);
	});

	it("of the whole request frees its key after a minute", async () => {
		vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2026-03-01T12:00:00Z") });
		const api = await createCaller();
		const headers = idempotencyKey("died");
		const fingerprint = await fingerprintOf("POST", "/api/v1/leads", JSON.stringify(lead));
		await dbOf(api.organizationId)
			.prepare(
				"INSERT INTO idempotency_keys (organizationId, key, fingerprint, claimedBy, claimedAt) VALUES (?, ?, ?, 'x', ?)",
			)
			.bind(api.organizationId, `${api.keyId} died`, fingerprint, Date.now())
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
		expect(await listRows(api, "/leads")).toHaveLength(1);
	});
});
