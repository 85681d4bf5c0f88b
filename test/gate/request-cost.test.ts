// What a request costs of the 60, and what a refused one answers.
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Api, Reply } from "../support/api.ts";
import { createCaller } from "../support/callers.ts";
import { admitted, at, burst, clock, expectConsistent, NOTHING, numberIn } from "./bursts.ts";

afterEach(() => vi.useRealTimers());

describe("what a request costs", () => {
	const left = async (api: Api) => numberIn((await burst(api, 1))[0] as Reply, "ratelimit-remaining");

	it("is one, whatever its answer", async () => {
		const api = await createCaller({ scopes: ["leads:read", "leads:write", "tags:write"] });
		const { body: lead } = await api.post("/leads", { name: "Jane" });
		const requests: [number, () => Promise<Reply>][] = [
			[200, () => api.get("/leads")],
			[201, () => api.post("/tags", { name: "VIP" })],
			[200, () => api.post("/leads/batch", { items: [{ name: "a" }, { name: "b" }, {}] })],
			[304, () => api.get(`/leads/${lead.id}`, { "if-none-match": '"1"' })],
			[400, () => api.get("/leads?limit=0")],
			[400, () => api.post("/leads", {})],
			[403, () => api.get("/users")],
			[404, () => api.get(NOTHING)],
			[404, () => api.get("/nowhere")],
			[405, () => api.send("PUT", "/leads", {})],
			[409, () => api.post(`/leads/${lead.id}/restore`)],
			[412, () => api.delete(`/leads/${lead.id}`, { "if-match": '"9"' })],
			[413, () => api.post("/leads", " ".repeat(300_000))],
			[415, () => api.raw("POST", "/leads", { body: "{}" })],
			[204, () => api.delete(`/leads/${lead.id}`)],
		];
		let before = await left(api);
		for (const [status, request] of requests) {
			const reply = await request();
			expect(reply.status, reply.text).toBe(status);
			expectConsistent(reply);
			expect(numberIn(reply, "ratelimit-remaining"), String(status)).toBe(before - 1);
			before -= 1;
		}
	});

	it("is nothing when it is refused with 401 or 429", async () => {
		clock();
		const api = await createCaller();
		const before = await left(api);
		const wrong = await Promise.all(
			Array.from({ length: 70 }, () => api.get("/leads", { "x-api-key": "no" })),
		);
		expect(wrong.every(({ status }) => status === 401)).toBe(true);
		expect(await left(api)).toBe(before - 1);
		expect(admitted(await burst(api, 58))).toHaveLength(58);
		for (const second of [10, 30, 50]) {
			at(second);
			expect(admitted(await burst(api, 70))).toEqual([]);
		}
		at(60);
		expect(admitted(await burst(api, 70))).toHaveLength(60);
	});
});

describe("a refused read", () => {
	it("shows nothing of what was read", async () => {
		const api = await createCaller();
		const { body } = await api.post("/tags", { name: "one" });
		await api.post("/tags", { name: "two" });
		const replies = await Promise.all([
			...Array.from({ length: 60 }, () => api.get(`/tags/${body.id}`)),
			...Array.from({ length: 60 }, () => api.get("/tags?limit=1")),
		]);
		const refused = replies.filter(({ status }) => status === 429);
		expect(refused).toHaveLength(62);
		for (const { headers, text } of refused) {
			for (const header of ["etag", "link", "location"]) expect(headers.get(header), header).toBeNull();
			expect(text).not.toContain("tag_");
		}
	});
});
