// What a key's limiter remembers of what the key has seen, and that no answer leaves before it is told.
import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { newId } from "../../src/ids.ts";
import { bookmarkOf } from "../support/replicas.ts";
import { costOf, nearby, rejects, settledLead } from "./nearby.ts";

afterEach(() => vi.restoreAllMocks());

const at = (version: number, shard = 0) => ({ shard, bookmark: bookmarkOf(version) });

function limiter() {
	const stub = env.KEY_LIMITER.getByName(newId("key", Date.now()));
	return { stub, seen: async () => (await stub.check()).seen };
}

describe("a key's limiter", () => {
	it("knows nothing at first", async () => {
		expect(await limiter().seen()).toBeNull();
	});

	it("keeps the newest that it is told, in whatever order requests end", async () => {
		const { stub, seen } = limiter();
		await stub.saw(at(5), null);
		await stub.saw(at(3), null);
		expect(await seen()).toEqual(at(5));
		await stub.saw(at(7), null);
		expect(await seen()).toEqual(at(7));
	});

	it("believes that the database is another one only if nobody has told anything since", async () => {
		const { stub, seen } = limiter();
		await stub.saw(at(5), null);
		await stub.saw(at(2, 1), at(4));
		expect(await seen(), "a request of before").toEqual(at(5));
		await stub.saw(at(2, 1), at(5));
		expect(await seen()).toEqual(at(2, 1));
		await stub.saw(at(9), at(5));
		expect(await seen(), "one that is late").toEqual(at(2, 1));
		await stub.saw(at(1, 1), at(2, 1));
		expect(await seen(), "restored from before").toEqual(at(1, 1));
	});
});

describe("the limiter", () => {
	it("still knows what a key has seen after it was evicted", async () => {
		const all = await nearby();
		const path = await settledLead(all);
		await all.near.patch(path, { name: "Joan" });
		await evictDurableObject(env.KEY_LIMITER.getByName(all.near.keyId));
		expect((await all.near.get(path)).body.name).toBe("Joan");
	});

	it("forgets it when the organization may move", async () => {
		const all = await nearby();
		const path = await settledLead(all);
		await env.KEY_LIMITER.getByName(all.near.keyId).announceMove(0);
		expect((await costOf(all, () => all.near.get(path))).served).toEqual([0, "primary"]);
	});

	it("is told before the answer leaves, also of what a refused write has shown", async () => {
		const all = await nearby();
		const path = await settledLead(all);
		await all.far.patch(path, { name: "Joan" });
		const lost = await costOf(all, () => all.near.patch(path, { name: "Jill" }, { "if-match": '"1"' }));
		expect(lost).toMatchObject({ status: 412, limiters: ["check", "saw"] });
		expect((await all.near.get(path)).body.name).toBe("Joan");
	});

	it("does not go back to what a write has read before others, and then was refused", async () => {
		const all = await nearby();
		const path = await settledLead(all);
		const before = all.replicas.bookmark;
		let admit = () => {};
		const waits = new Promise<void>((resolve) => {
			admit = resolve;
		});
		all.limiters.call = (_, really) => waits.then(really);
		const late = all.near.patch("/leads/ld_01kaj2m5m8f7jt2n3v4w5x6y7z", { name: "Nobody" });
		await vi.waitFor(() => expect(all.limiters.calls.at(-1)).toBe("check"));
		all.limiters.call = (_, really) => really();
		await all.far.patch(path, { name: "Joan" });
		all.replicas.route = () => null;
		expect((await all.near.get(path)).body.name).toBe("Joan");
		admit();
		expect((await late).status).toBe(404);
		expect((await env.KEY_LIMITER.getByName(all.near.keyId).check()).seen?.bookmark).toBe(
			all.replicas.bookmark,
		);
		expect(all.replicas.bookmark > before).toBe(true);
		all.replicas.route = () => 0;
		expect((await all.near.get(path)).body.name).toBe("Joan");
	});

	it("that can't be told holds the answer back", async () => {
		const log = vi.spyOn(console, "error").mockImplementation(() => {});
		const all = await nearby();
		const path = await settledLead(all);
		all.limiters.call = (method, really) => (method === "saw" ? rejects() : really());
		const reply = await all.near.patch(path, { name: "Joan" }, { "idempotency-key": "one" });
		expect(reply).toMatchObject({ status: 503, body: { code: "SERVICE_UNAVAILABLE" } });
		expect(reply.headers.get("etag")).toBeNull();
		expect(log).toHaveBeenCalled();
		all.limiters.call = (_, really) => really();
		const again = await all.near.patch(path, { name: "Joan" }, { "idempotency-key": "one" });
		expect(again.headers.get("idempotency-replayed")).toBe("true");
		expect((await all.near.get(path)).body).toMatchObject({ name: "Joan", version: again.body.version });
	});

	it("that can't be asked either lets the request through, read at the primary", async () => {
		vi.spyOn(console, "error").mockImplementation(() => {});
		const all = await nearby();
		const path = await settledLead(all);
		all.limiters.call = rejects;
		expect((await all.near.patch(path, { name: "Joan" })).status).toBe(200);
		expect(await costOf(all, () => all.near.get(path))).toMatchObject({
			body: { name: "Joan" },
			served: [0, "primary"],
		});
	});
});
