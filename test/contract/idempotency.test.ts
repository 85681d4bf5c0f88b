// Idempotency-Key: a repeated request finds the finished answer, or knows that nothing was written.

import { afterEach, describe, expect, it, vi } from "vitest";
import { HOUR_MS } from "../../src/time.ts";
import { browserOf, OWN_ORIGIN } from "../gate/sessions.ts";
import { createCaller } from "../support/callers.ts";
import { run } from "../support/shards.ts";
import { hasOperations } from "./operations.ts";
import { idempotencyKey, listRows, REPLAYED, storedAnswers } from "./repeating.ts";
import { resources } from "./resources.ts";
import { bodyOf, changeOf, createRow, existingRows, resourceAt, rowPath } from "./rows.ts";

afterEach(() => vi.useRealTimers());

describe.each(resources.filter(hasOperations("create")))("$path", (resource) => {
	const path = `/${resource.path}`;

	it("a repeated create gets the first answer and creates no second row", async () => {
		const api = await createCaller();
		const before = (await existingRows(api, resource)).length;
		const [body, headers] = [await bodyOf(api, resource), idempotencyKey()];
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
		expect(await listRows(api, path)).toHaveLength(before + 1);
	});

	it("ten at the same time create one row", async () => {
		const api = await createCaller();
		const before = (await existingRows(api, resource)).length;
		const [body, headers] = [await bodyOf(api, resource), idempotencyKey()];
		const replies = await Promise.all(Array.from({ length: 10 }, () => api.post(path, body, headers)));
		const made = replies.filter(({ status }) => status === 201);
		expect(made.filter((reply) => reply.headers.get(REPLAYED) === null)).toHaveLength(1);
		expect(new Set(made.map(({ text }) => text)).size).toBe(1);
		for (const { status, body } of replies.filter((reply) => reply.status !== 201))
			expect({ status, code: body.code }).toEqual({ status: 409, code: "CONFLICT" });
		expect(await listRows(api, path)).toHaveLength(before + 1);
	});

	it("what shows a secret is kept sealed, anything else as it is", async () => {
		const api = await createCaller();
		const { body } = await api.post(path, await bodyOf(api, resource), idempotencyKey());
		const [{ answer } = { answer: null }] = await storedAnswers(api);
		const secrets = (resource.shownOnce ?? []).map((field) => body[field]);
		if (secrets.length === 0) expect(JSON.parse(answer ?? "").answer.body).toEqual(body);
		else expect(answer).toMatch(/^v1\.k1\.[\w-]+\.[\w-]+ \{"updatedAt":"[^"]+"\}$/);
		const dump = await run(`SELECT * FROM ${path.slice(1).replaceAll("-", "_")}`);
		for (const secret of secrets) {
			expect(secret.length).toBeGreaterThan(20);
			expect(JSON.stringify(dump)).not.toContain(secret);
		}
	});
});

describe.each(resources.filter(hasOperations("update")))("$path", (resource) => {
	it("a repeated PATCH gets the first answer, even after a later change", async () => {
		const api = await createCaller();
		const row = await createRow(api, resource);
		const [one, body, headers] = [rowPath(resource, row.id), changeOf(resource), idempotencyKey()];
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
		const api = await createCaller();
		const headers = idempotencyKey();
		const { body } = await api.post("/leads", lead, headers);
		const other = await createRow(api, resourceAt("leads"));
		for (const reply of [
			await api.post("/leads", { name: "Janet" }, headers),
			await api.post("/leads", `${JSON.stringify(lead)} `, headers),
			await api.post("/tags", lead, headers),
			await api.patch(`/leads/${body.id}`, lead, headers),
			await api.post(`/leads/${other.id}/restore`, undefined, headers),
		])
			expect(reply).toMatchObject({ status: 422, body: { code: "UNPROCESSABLE" } });
		expect((await api.post("/leads", lead, headers)).body).toEqual(body);
		expect(await listRows(api, "/leads")).toHaveLength(2);
	});

	it("belongs to the API key or session that sent it: another one's is its own", async () => {
		const [one, other] = [await createCaller(), await createCaller()];
		const headers = idempotencyKey("the-same");
		const first = await one.post("/leads", lead, headers);
		const second = await other.post("/leads", lead, headers);
		expect(second.status).toBe(201);
		expect(second.headers.get(REPLAYED)).toBeNull();
		expect(second.body.id).not.toBe(first.body.id);
		const colleague = await createCaller({ organizationId: one.organizationId });
		const browsers = [await browserOf(one), await browserOf(one)];
		const ids = new Set([first.body.id, second.body.id]);
		for (const sender of [colleague, ...browsers]) {
			const own = await sender.send("POST", "/leads", lead, { ...OWN_ORIGIN, ...headers });
			expect(own.status).toBe(201);
			expect(own.headers.get(REPLAYED)).toBeNull();
			ids.add(own.body.id);
			expect((await sender.send("POST", "/leads", lead, { ...OWN_ORIGIN, ...headers })).text).toBe(own.text);
			expect(
				(await sender.send("POST", "/leads", { name: "Janet" }, { ...OWN_ORIGIN, ...headers })).status,
			).toBe(422);
		}
		expect(ids.size).toBe(5);
		expect((await one.post("/leads", lead, headers)).text).toBe(first.text);
		const reader = await createCaller({ organizationId: one.organizationId, scopes: ["leads:read"] });
		expect((await reader.post("/leads", lead, headers)).status).toBe(403);
	});

	it("shows a created API key only to the caller that created it", async () => {
		const admin = await createCaller();
		const body = { name: "All", scopes: ["api-keys:write"] };
		const made = await admin.post("/api-keys", body, idempotencyKey("the-same"));
		expect(made.status).toBe(201);
		const clerk = await createCaller({ organizationId: admin.organizationId, scopes: ["api-keys:write"] });
		const own = await clerk.post("/api-keys", body, idempotencyKey("the-same"));
		expect(own.status).toBe(201);
		expect(own.body.id).not.toBe(made.body.id);
		expect(own.text).not.toContain(made.body.key);
		const everything = { name: "All" };
		await admin.post("/api-keys", everything, idempotencyKey("another"));
		expect((await clerk.post("/api-keys", everything, idempotencyKey("another"))).status, "lacks *").toBe(
			400,
		);
	});

	it("is kept for 24 hours", async () => {
		vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2026-03-01T12:00:00Z") });
		const api = await createCaller();
		const headers = idempotencyKey();
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
		const api = await createCaller();
		const reply = await api.post("/leads", lead, idempotencyKey(text));
		expect(reply).toMatchObject({ status: 400, body: { errors: [{ path: "Idempotency-Key" }] } });
		expect(await listRows(api, "/leads")).toEqual([]);
	});

	it("may have 255 characters, quotes among them", async () => {
		const api = await createCaller();
		for (const text of ["a".repeat(255), `"${crypto.randomUUID()}"`, "~!';--"]) {
			const first = await api.post("/leads", lead, idempotencyKey(text));
			expect((await api.post("/leads", lead, idempotencyKey(text))).text).toBe(first.text);
		}
	});

	it("is ignored on GET and DELETE", async () => {
		const api = await createCaller();
		const headers = idempotencyKey();
		const { body } = await api.post("/leads", lead, headers);
		expect((await api.get(`/leads/${body.id}`, headers)).status).toBe(200);
		expect((await api.delete(`/leads/${body.id}`, headers)).status).toBe(204);
		expect((await api.delete(`/leads/${body.id}`, headers)).status).toBe(404);
	});

	it("covers batch, upsert, restore and rotation as well", async () => {
		const api = await createCaller();
		const gone = await createRow(api, resourceAt("leads"));
		await api.delete(`/leads/${gone.id}`);
		const apiKey = await createRow(api, resourceAt("api-keys"));
		for (const [path, body] of [
			["/leads/batch", { items: [lead, {}, lead] }],
			["/leads/upsert", { matchBy: "email", email: "jane@example.com", name: "Jane" }],
			[`/leads/${gone.id}/restore`, undefined],
			[`/api-keys/${apiKey.id}/rotate`, { graceSeconds: 60 }],
			[`/api-keys/${apiKey.id}/rotate`, undefined],
		] as const) {
			const headers = idempotencyKey();
			const first = await api.post(path, body, headers);
			expect(first.status, path).toBeLessThan(300);
			const again = await api.post(path, body, headers);
			expect(again, path).toMatchObject({ status: first.status, text: first.text });
			expect(again.headers.get(REPLAYED)).toBe("true");
		}
		expect(await listRows(api, "/leads")).toHaveLength(4);
		expect(
			(await api.get("/leads?orderBy=createdAt&orderDir=asc")).body.items.map(
				(row: { number: number }) => row.number,
			),
		).toEqual([1, 2, 3, 4]);
	});
});
