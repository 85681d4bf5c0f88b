// X-Webhook-Bookmark: the receiver of a delivery that reads at once, with a key that reads from the nearest copy.
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openSeen, sealSeen } from "../../src/db/seen-header.ts";
import { FIRST_SHARD } from "../../src/shards.ts";
import { workerWith } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { bookmarkOf, Replicas } from "../support/replicas.ts";
import { Sender } from "../support/sender.ts";
import { firstShard } from "../support/shards.ts";
import { Limiters } from "./nearby.ts";

let arrived: Headers[] = [];

beforeEach(() => {
	arrived = [];
	vi.stubGlobal("fetch", async (_url: unknown, init: RequestInit) => {
		const headers = new Headers(init.headers);
		arrived.push(headers);
		return Response.json({ received: headers.get("x-webhook-bookmark") });
	});
});
afterEach(() => {
	vi.unstubAllGlobals();
	vi.restoreAllMocks();
});

/** An organization with a webhook and copies; `receiver` reads from the nearest copy. */
async function receiving() {
	const replicas = await Replicas.of(firstShard.DB);
	const limiters = new Limiters();
	const sender = await Sender.start(
		{ DB: replicas.db, KEY_LIMITER: limiters.binding },
		undefined,
		FIRST_SHARD,
	);
	const { id } = (
		await sender.api("POST", "/webhooks", { url: "https://hooks.example.com/", events: ["lead.created"] })
	).body;
	const receiver = (await createCaller({ organizationId: sender.organizationId, reads: "nearest" })).via(
		workerWith(sender.env),
	);
	await receiver.get("/tags");
	await replicas.catchUpAll();
	await receiver.get("/tags");
	return { replicas, sender, receiver, webhookId: id };
}

/** Creates a lead, which the copies do not have yet, and gets its delivery. */
async function told({ sender }: Awaited<ReturnType<typeof receiving>>) {
	const { id } = (await sender.api("POST", "/leads", { name: "Jane" })).body;
	await sender.drain();
	return { path: `/leads/${id}`, bookmark: arrived.at(-1)?.get("x-webhook-bookmark") ?? "" };
}

/** The header of a request. */
const sent = (bookmark: string) => ({ "x-webhook-bookmark": bookmark });

describe("a delivery", () => {
	it("has a bookmark that tells nobody but us how new a copy must be", async () => {
		const all = await receiving();
		const before = all.replicas.bookmark;
		const { bookmark } = await told(all);
		expect(bookmark).toMatch(/^v1\.k1\./);
		const seen = await openSeen(env, all.sender.organizationId, bookmark);
		expect(seen?.shard).toBe(0);
		expect(String(seen?.bookmark) > before).toBe(true);
		const shown = await all.sender.delivery(all.webhookId);
		expect(shown.attempts[0].requestHeaders["X-Webhook-Bookmark"]).toBe("***");
		expect(shown.attempts[0].responseBody, "what the receiver sends back").toBe('{"received":"***"}');
	});

	it("of an organization without a key that reads from copies has none", async () => {
		const all = await receiving();
		await all.sender.api("DELETE", `/api-keys/${all.receiver.keyId}`);
		await told(all);
		expect(arrived[0]?.has("x-webhook-id")).toBe(true);
		expect(arrived[0]?.has("x-webhook-bookmark")).toBe(false);
	});
});

describe("its receiver", () => {
	it("may be ahead of the nearest copy, and finds the record with the bookmark", async () => {
		const all = await receiving();
		const { path, bookmark } = await told(all);
		expect((await all.receiver.get(path)).status, "otherwise the bookmark is of no use").toBe(404);
		expect((await all.receiver.get(path, sent(bookmark))).status).toBe(200);
		expect((await all.receiver.get(path)).status, "the key has seen it now").toBe(200);
	});

	it("is answered by the copy once that has the record", async () => {
		const all = await receiving();
		const { path, bookmark } = await told(all);
		await all.replicas.catchUp(0);
		all.replicas.served.length = 0;
		expect((await all.receiver.get(path, sent(bookmark))).status).toBe(200);
		expect(all.replicas.served.map(({ by }) => by)).toEqual([0]);
	});

	it("is answered by the primary whenever the bookmark says nothing", async () => {
		const all = await receiving();
		const other = await createCaller();
		const { path, bookmark } = await told(all);
		const { organizationId } = all.sender;
		const seal = (shard: number, version: number, owner = organizationId) =>
			sealSeen(env, owner, { shard, bookmark: bookmarkOf(version) });
		for (const [what, value] of [
			["made up", "zzzz"],
			["altered", `${bookmark.slice(0, -2)}AA`],
			["another organization's", await seal(0, 1, other.organizationId)],
			["of another shard", await seal(3, 1)],
			["from the future", await seal(0, 0xffffff)],
		] as const) {
			const receiver = (await createCaller({ organizationId, reads: "nearest" })).via(all.receiver.target);
			await env.KEY_LIMITER.getByName(receiver.keyId).saw({ shard: 0, bookmark: bookmarkOf(100) }, null);
			expect((await receiver.get(path)).status, "not yet").toBe(404);
			expect((await receiver.get(path, sent(value))).status, what).toBe(200);
		}
	});
});
