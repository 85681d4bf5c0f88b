// The client's retries after lost answers and temporary errors.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
	brokenBody,
	busyResponse,
	clientOf,
	clientWithAnswers,
	createTestClient,
	failureOf,
	losingFirstAnswer,
	noAnswer,
	pageResponse,
	type Send,
} from "./clients.ts";

describe("an answer that gets lost", () => {
	it.each([
		["before it begins", noAnswer],
		["half way through its body", brokenBody],
		["behind a proxy's 502", () => new Response("Bad gateway", { status: 502 })],
	])("%s is asked for again, and the work is done once", async (_, lose) => {
		const { client, sent } = await createTestClient({ send: losingFirstAnswer(lose) });
		const { data, response } = await client.POST("/leads", { body: { name: "Once" } });
		expect(data.name).toBe("Once");
		expect(response.headers.get("idempotency-replayed")).toBe("true");
		const keys = sent.map(({ headers }) => headers.get("idempotency-key"));
		expect(keys).toHaveLength(2);
		expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
		expect(keys[1]).toBe(keys[0]);
		expect((await client.GET("/leads")).data.items).toHaveLength(1);
	});

	it("of a conditional PATCH is no conflict with ourselves", async () => {
		const { client, key } = await createTestClient();
		const { data, response } = await client.POST("/leads", { body: { name: "Old" } });
		const { client: lossy, sent } = clientOf(key, { send: losingFirstAnswer(noAnswer) });
		const params = { path: { id: data.id }, header: { "If-Match": response.headers.get("etag") ?? "" } };
		const changed = await lossy.PATCH("/leads/{id}", { params, body: { name: "New" } });
		expect(changed.data).toMatchObject({ name: "New", version: 2 });
		expect(sent).toHaveLength(2);
	});

	it("of a DELETE is a success, though the second attempt finds nothing; what was never there is 404", async () => {
		const { client, key } = await createTestClient();
		const { data } = await client.POST("/leads", { body: { name: "Gone" } });
		const params = { path: { id: data.id } };
		const { client: lossy } = clientOf(key, { send: losingFirstAnswer(noAnswer) });
		expect((await lossy.DELETE("/leads/{id}", { params })).response.status).toBe(204);
		expect(await failureOf(client.DELETE("/leads/{id}", { params }))).toMatchObject({ code: "NOT_FOUND" });
	});

	it("of a request still at work is waited for; a conflict that was kept for us is final", async () => {
		const conflict = (replayed: boolean) =>
			Response.json(
				{ code: "CONFLICT", message: "A conflict.", requestId: "req_1" },
				{ status: 409, headers: replayed ? { "idempotency-replayed": "true" } : {} },
			);
		const lead = () => Response.json({ id: "ld_1" }, { status: 201 });
		const working = clientWithAnswers(noAnswer, () => conflict(false), lead);
		expect((await working.client.POST("/leads", { body: { name: "A" } })).data.id).toBe("ld_1");
		const kept = clientWithAnswers(noAnswer, () => conflict(true), lead);
		expect(await failureOf(kept.client.POST("/leads", { body: { name: "A" } }))).toMatchObject({
			status: 409,
		});
		const plain = clientWithAnswers(() => conflict(false), lead);
		expect(await failureOf(plain.client.POST("/leads", { body: { name: "A" } }))).toMatchObject({
			status: 409,
		});
		expect(plain.sent).toHaveLength(1);
	});
});

describe("the Idempotency-Key", () => {
	it("is new for each POST and PATCH, the caller's own where there is one, and not sent with others", async () => {
		const { client, sent } = clientWithAnswers(
			pageResponse,
			pageResponse,
			pageResponse,
			pageResponse,
			pageResponse,
		);
		const params = { path: { id: "ld_1" } };
		await client.POST("/leads", { body: { name: "A" } });
		await client.POST("/leads", { body: { name: "A" } });
		await client.PATCH("/leads/{id}", { params, body: {} });
		await client.POST("/leads", { body: { name: "A" }, params: { header: { "Idempotency-Key": "mine" } } });
		await client.GET("/leads");
		const keys = sent.map(({ headers }) => headers.get("idempotency-key"));
		expect(new Set(keys.slice(0, 3)).size).toBe(3);
		for (const key of keys.slice(0, 3)) expect(key).toMatch(/^[0-9a-f-]{36}$/);
		expect(keys.slice(3)).toEqual(["mine", null]);
	});
});

describe("between attempts", () => {
	/** Whether a call has ended, and with what, after each of some spans. */
	async function after(call: Promise<unknown>, spans: readonly number[]): Promise<string[]> {
		let state = "waiting";
		call.then(
			() => (state = "done"),
			(error) => (state = error.code ?? String(error)),
		);
		const states: string[] = [];
		for (const span of spans) {
			await vi.advanceTimersByTimeAsync(span);
			states.push(state);
		}
		return states;
	}

	beforeEach(() => void vi.useFakeTimers({ now: 1_800_000_000_000 }));
	afterEach(() => {
		vi.useRealTimers();
		vi.restoreAllMocks();
	});

	it.each([
		["seconds", "7"],
		["a date", new Date(1_800_000_007_000).toUTCString()],
	])("Retry-After in %s is honoured, and little more", async (_, value) => {
		const { client } = clientWithAnswers(busyResponse({ "retry-after": value }), pageResponse);
		expect(await after(client.GET("/leads"), [6_999, 501])).toEqual(["waiting", "done"]);
	});

	it("it waits twice as long each time, by chance up to half of it less", async () => {
		const chance = vi.spyOn(Math, "random").mockReturnValue(0.999);
		const late = clientWithAnswers(busyResponse(), busyResponse(), busyResponse(), pageResponse);
		const call = late.client.GET("/leads");
		const sent: number[] = [];
		for (const span of [490, 20, 970, 40, 1_940, 60]) {
			await vi.advanceTimersByTimeAsync(span);
			sent.push(late.sent.length);
		}
		expect(sent).toEqual([1, 2, 2, 3, 3, 4]);
		await call;
		chance.mockReturnValue(0);
		const early = clientWithAnswers(busyResponse(), busyResponse(), pageResponse);
		expect(await after(early.client.GET("/leads"), [249, 1, 499, 1])).toEqual([
			...["waiting", "waiting", "waiting", "done"],
		]);
	});

	it("it gives up after as many retries as it may, with the last answer", async () => {
		const { client, sent } = clientWithAnswers(
			noAnswer,
			noAnswer,
			busyResponse({ "retry-after": "1" }),
			noAnswer,
		);
		expect(await after(client.GET("/leads"), [60_000])).toEqual(["NO_ANSWER"]);
		expect(sent).toHaveLength(4);
	});

	it("it doesn't begin a wait that would outlast the call", async () => {
		const { client, sent } = clientWithAnswers(busyResponse({ "retry-after": "91" }));
		expect(await after(client.GET("/leads"), [0])).toEqual(["TOO_MANY_REQUESTS"]);
		expect(sent).toHaveLength(1);
	});

	it("the caller's signal ends a wait, with the caller's reason", async () => {
		const { client, sent } = clientWithAnswers(busyResponse({ "retry-after": "30" }));
		const caller = new AbortController();
		const call = client.GET("/leads", { signal: caller.signal });
		expect(await after(call, [1_000])).toEqual(["waiting"]);
		caller.abort(new Error("Enough."));
		await expect(call).rejects.toThrow("Enough.");
		expect(sent).toHaveLength(1);
	});

	it("the time is up also while an answer is awaited, or the caller has enough", async () => {
		const hanging: Send = ({ signal }) =>
			new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
		const { client } = clientOf("lw_test_key", { send: hanging, timeoutMs: 5_000 });
		expect(await after(client.GET("/leads"), [4_999, 1])).toEqual(["waiting", "TIMEOUT"]);
		const caller = new AbortController();
		const call = client.GET("/leads", { signal: caller.signal });
		caller.abort(new Error("Enough."));
		expect(await after(call, [1])).toEqual(["Error: Enough."]);
	});

	it("a call may have any time, and Retry-After name any", async () => {
		const { client, sent } = clientOf("lw_test_key", {
			send: async () => busyResponse({ "retry-after": "9999999" })(),
			timeoutMs: Number.POSITIVE_INFINITY,
		});
		expect(await after(client.GET("/leads"), [60_000])).toEqual(["waiting"]);
		expect(sent).toHaveLength(1);
	});

	it("no timer is left behind", async () => {
		const { client } = clientWithAnswers(pageResponse);
		await client.GET("/leads");
		expect(vi.getTimerCount()).toBe(0);
	});
});
