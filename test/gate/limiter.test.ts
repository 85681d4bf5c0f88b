// 60 requests in any 60 seconds, seen from outside: never a 61st, and all 60 when asked for.
import { abortAllDurableObjects, evictAllDurableObjects, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { PAUSE_MS } from "../../src/limiter/admission-log.ts";
import type { Api, Reply } from "../support/api.ts";
import { createCaller } from "../support/callers.ts";
import { total } from "../support/shards.ts";
import { admitted, at, burst, clock, expectConsistent, numberIn } from "./bursts.ts";

const limiterOf = ({ keyId }: Api) => env.KEY_LIMITER.getByName(keyId);

/** Waits until the limiter of a key has stored the end of a burst, as it does long before it loses its memory. */
const pause = (api: Api) =>
	runInDurableObject(limiterOf(api), () => new Promise((resolve) => setTimeout(resolve, PAUSE_MS + 50)));

/** Counts the rows that the limiter of a key writes from now on: each call of `put` is one. */
const rowsWritten = (api: Api) =>
	runInDurableObject(limiterOf(api), (_, { storage }) => vi.spyOn(storage.kv, "put"));

afterEach(() => vi.useRealTimers());

describe("200 requests at once", () => {
	it("are 60 that pass and 140 that are told to wait", async () => {
		const api = await createCaller();
		const replies = await burst(api, 200);
		const [passed, refused] = [admitted(replies), replies.filter(({ status }) => status === 429)];
		expect([passed.length, refused.length]).toEqual([60, 140]);
		for (const reply of replies) expectConsistent(reply);
		expect(passed.map((reply) => numberIn(reply, "ratelimit-remaining")).sort((a, b) => a - b)).toEqual(
			Array.from({ length: 60 }, (_, index) => index),
		);
		for (const reply of refused) {
			expect(reply.body).toMatchObject({ code: "TOO_MANY_REQUESTS" });
			expect(reply.body.message).toContain(`retry in ${reply.headers.get("retry-after")} s`);
			expect(reply.headers.get("ratelimit-remaining")).toBe("0");
			expect(reply.headers.get("cache-control")).toBe("private, no-cache");
		}
	});

	it("write sixty rows when they are writes", async () => {
		const api = await createCaller();
		const replies = await Promise.all(Array.from({ length: 100 }, () => api.post("/tags", { name: "x" })));
		expect(replies.filter(({ status }) => status === 201)).toHaveLength(60);
		const rows = "SELECT count(*) FROM tags WHERE organizationId = ?";
		expect(await total(rows, api.organizationId)).toBe(60);
	});

	it("of two keys of one organization are 60 each", async () => {
		const one = await createCaller();
		const other = await createCaller({ organizationId: one.organizationId });
		const [first, second] = await Promise.all([burst(one, 70), burst(other, 70)]);
		expect([admitted(first).length, admitted(second).length]).toEqual([60, 60]);
	});
});

describe("the window", () => {
	it("slides: 60 at its end leave nothing for the next one's beginning", async () => {
		clock();
		const api = await createCaller();
		at(59.9);
		expect(admitted(await burst(api, 60))).toHaveLength(60);
		at(60.1);
		expect(admitted(await burst(api, 60))).toEqual([]);
		at(119.8);
		expect(admitted(await burst(api, 1))).toEqual([]);
		at(119.9);
		expect(admitted(await burst(api, 61))).toHaveLength(60);
	});

	it("gives a slot back as each request leaves it", async () => {
		clock();
		const api = await createCaller();
		for (let second = 0; second < 60; second += 1) {
			at(second);
			const [reply] = await burst(api, 1);
			expect(reply?.headers.get("ratelimit-reset")).toBe(String(60 - second));
		}
		for (const second of [60, 61, 62]) {
			at(second);
			expect(admitted(await burst(api, 5))).toHaveLength(1);
		}
	});

	it("ends when RateLimit-Reset and Retry-After say, not a second before", async () => {
		clock();
		const api = await createCaller();
		at(0.25);
		const last = (await burst(api, 60)).find((reply) => numberIn(reply, "ratelimit-remaining") === 0);
		at(17.5);
		const [refused] = await burst(api, 1);
		if (!last || !refused) throw new Error("There was no answer");
		expect(numberIn(last, "ratelimit-reset")).toBe(60);
		expect(numberIn(refused, "retry-after")).toBe(43);
		at(17.5 + 42);
		expect(admitted(await burst(api, 1))).toEqual([]);
		at(17.5 + 43);
		expect(admitted(await burst(api, 60))).toHaveLength(60);
	});

	it("is not forgotten when the object is evicted or aborted, or its isolate starts anew", async () => {
		const api = await createCaller();
		expect(admitted(await burst(api, 20))).toHaveLength(20);
		await pause(api);
		await evictAllDurableObjects();
		expect(admitted(await burst(api, 39))).toHaveLength(39);
		await pause(api);
		await abortAllDurableObjects();
		expect(admitted(await burst(api, 5))).toHaveLength(1);
		await abortAllDurableObjects();
		// Asked directly, because an isolate that knows the key to be full asks nobody.
		expect(await env.KEY_LIMITER.getByName(api.keyId).check()).toMatchObject({ outcome: "limited" });
	});
});

describe("what a limiter was told of its key", () => {
	it("is not forgotten when the object is evicted", async () => {
		const limiter = env.KEY_LIMITER.getByName(crypto.randomUUID());
		const seen = { shard: 0, bookmark: "b" };
		const checked = async (isLocated = true) => {
			await evictAllDurableObjects();
			return limiter.check(undefined, undefined, isLocated);
		};
		expect(await checked(false)).toMatchObject({ outcome: "admitted", seen: null });
		await limiter.saw(seen, null);
		expect(await checked()).toMatchObject({ outcome: "admitted", seen });
		await limiter.announceMove(Date.now() + 60_000);
		expect(await checked(false)).toMatchObject({ outcome: "moving" });
		expect(await checked()).toMatchObject({ outcome: "admitted", seen: null });
		await limiter.endAt(Date.now());
		expect(await checked()).toMatchObject({ outcome: "ended" });
	});
});

describe("a burst", () => {
	it("of sixty writes at most fifteen rows, and the answers say how many are left", async () => {
		clock();
		const api = await createCaller();
		const written = await rowsWritten(api);
		for (let count = 1; count <= 60; count += 1) {
			at(count / 10);
			const [reply] = await burst(api, 1);
			expect(numberIn(reply as Reply, "ratelimit-remaining")).toBe(60 - count);
		}
		await pause(api);
		expect(written.mock.calls.length).toBeLessThanOrEqual(15);
		expect(written).toHaveBeenLastCalledWith(
			"log",
			expect.toSatisfy(({ length }) => length === 60),
		);
	});

	it("of requests that come alone writes a row for each", async () => {
		clock();
		const api = await createCaller();
		const written = await rowsWritten(api);
		for (const second of [1, 2, 3, 4, 5]) {
			at(second);
			await burst(api, 1);
		}
		expect(written).toHaveBeenCalledTimes(5);
	});

	it("in which the object crashes costs the requests that it had reserved, until they leave the window", async () => {
		clock();
		const api = await createCaller();
		expect(admitted(await burst(api, 9))).toHaveLength(9);
		await abortAllDurableObjects();
		// Eight were reserved with the eighth. A timer that fires meanwhile on a slow machine gives them back.
		const left = numberIn((await burst(api, 1))[0] as Reply, "ratelimit-remaining");
		expect([60 - 9 - 6 - 1, 60 - 9 - 1]).toContain(left);
		at(59.9);
		expect(admitted(await burst(api, 60))).toHaveLength(left);
		at(60);
		expect(admitted(await burst(api, 60))).toHaveLength(60 - left);
	});
});

describe("a clock that jumps", () => {
	it("back by 90 s locks nobody out for longer than the answer says", async () => {
		clock();
		const api = await createCaller();
		at(100);
		expect(admitted(await burst(api, 60))).toHaveLength(60);
		at(10);
		const [refused] = await burst(api, 1);
		const wait = Number(refused?.headers.get("retry-after"));
		expect(refused?.status).toBe(429);
		expect(wait).toBeLessThanOrEqual(60);
		at(10 + wait - 1);
		expect(admitted(await burst(api, 1))).toEqual([]);
		at(10 + wait);
		expect(admitted(await burst(api, 61))).toHaveLength(60);
	});

	it("back by 90 s with slots left neither gives nor takes any", async () => {
		clock();
		const api = await createCaller();
		at(100);
		expect(admitted(await burst(api, 40))).toHaveLength(40);
		at(10);
		expect(admitted(await burst(api, 40))).toHaveLength(20);
		at(69);
		expect(admitted(await burst(api, 1))).toEqual([]);
		at(70);
		expect(admitted(await burst(api, 61))).toHaveLength(60);
	});

	it("forward by 90 s is time that has passed", async () => {
		clock();
		const api = await createCaller();
		expect(admitted(await burst(api, 61))).toHaveLength(60);
		at(90);
		expect(admitted(await burst(api, 61))).toHaveLength(60);
	});
});
