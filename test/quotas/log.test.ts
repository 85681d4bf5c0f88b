// The quota on the delivery log, as callers meet it: how deliveries and attempts are counted, and what happens near it.

import { afterEach, describe, expect, it, vi } from "vitest";
import { chance } from "../../src/chance.ts";
import { SAMPLE_BYTES as UNIT } from "../../src/quotas/log.ts";
import { storedBytes } from "../../src/quotas/sampling.ts";
import { DAY_MS } from "../../src/time.ts";
import { purgeAll } from "../support/purge.ts";
import { setQuotas } from "../support/quotas.ts";
import { Sender } from "../support/sender.ts";
import { run, total } from "../support/shards.ts";

/** What a delivery with room for five attempts is counted with. */
const DELIVERY = 950;

afterEach(() => {
	vi.unstubAllGlobals();
	vi.restoreAllMocks();
});

/** A sender whose receiver answers at length, and a webhook with a long header of its own. */
async function talkative(status = 500) {
	vi.stubGlobal(
		"fetch",
		async () => new Response("x".repeat(16_384), { status, headers: { "x-long": "y".repeat(1_000) } }),
	);
	const sender = await Sender.start();
	const { id } = await sender.webhook("/receiver", { headers: { "x-mine": "z".repeat(4_000) } });
	const used = async () => {
		const { body } = await sender.api("GET", "/organization/usage");
		return body.items.find(({ quota }: { quota: string }) => quota === "logBytes").used;
	};
	/** Makes a lead, delivers its event once, and gives the attempt. */
	const attempt = async () => {
		await sender.api("POST", "/leads", { name: "Jane" });
		await sender.consume(sender.queued.splice(0).map(({ body }) => body));
		const { attempts, ...delivery } = await sender.delivery(id);
		return { delivery, attempt: attempts.at(-1) };
	};
	return { sender, id, used, attempt };
}

describe("the quota on the delivery log", () => {
	it("is counted by samples, each for 256 KiB, and uncounted as the log is purged", async () => {
		const { sender, used, attempt } = await talkative();
		const random = vi.spyOn(chance, "random").mockReturnValue(0.9);
		await attempt();
		expect(await used()).toBe(0);
		// Some 25 KB of 262.
		random.mockReturnValue(0.05);
		await attempt();
		await attempt();
		expect(await used()).toBe(2 * UNIT);
		// Of 100 deliveries, one.
		random.mockReturnValue(0.9);
		await sender.api("POST", "/leads/batch", { items: Array(100).fill({ name: "Jane" }) });
		expect(await used()).toBe(3 * UNIT);
		await run("UPDATE deliveries SET dueAt = NULL, status = 'failed'");
		await purgeAll(Date.now() + 31 * DAY_MS);
		expect(await used()).toBe(0);
	});

	it("says how much there is, near enough", async () => {
		const { sender, used } = await talkative(200);
		// Evenly spread numbers, so that the samples are as good as many.
		let drawn = 0;
		vi.spyOn(chance, "random").mockImplementation(() => {
			drawn += 0.618_034;
			return drawn % 1;
		});
		for (let round = 0; round < 4; round += 1) {
			await sender.api("POST", "/leads/batch", { items: Array(20).fill({ name: "Jane" }) });
			while (sender.queued.length > 0)
				await sender.consume(sender.queued.splice(0, 10).map(({ body }) => body));
		}
		const { results } = await sender.db
			.prepare(
				"SELECT octet_length(url) + octet_length(requestHeaders) + octet_length(responseHeaders) + octet_length(responseBody) AS bytes FROM attempts",
			)
			.all<{ bytes: number }>();
		expect(results).toHaveLength(80);
		const stored = results.reduce((sum, { bytes }) => sum + storedBytes(120 + bytes) - 120 + DELIVERY, 0);
		expect(Math.abs((await used()) - stored)).toBeLessThan(3 * UNIT);
	});

	it("counts each attempt that is asked for once more, and each run of the schedule", async () => {
		const { sender, id, used, attempt } = await talkative();
		const random = vi.spyOn(chance, "random").mockReturnValue(0.9);
		const { delivery } = await attempt();
		random.mockReturnValue(0);
		await sender.api("POST", `/webhooks/${id}/deliveries/${delivery.id}/redeliver`);
		expect(await used()).toBe(UNIT);
		await sender.db.prepare("UPDATE deliveries SET status = 'failed', manualWaiting = 0, dueAt = NULL").run();
		random.mockReturnValue(0.9999);
		const since = new Date(Date.now() - DAY_MS).toISOString();
		expect((await sender.api("POST", `/webhooks/${id}/recover`, { since })).body).toEqual({ recovered: 1 });
		expect(await used()).toBe(2 * UNIT);
	});

	it("leaves out URL, headers and answers at nine tenths, and nothing else; then an attempt takes the room that its delivery was counted with", async () => {
		const { sender, used, attempt } = await talkative();
		const random = vi.spyOn(chance, "random").mockReturnValue(0.05);
		const whole = await attempt();
		expect(whole.attempt).toMatchObject({
			statusCode: 500,
			responseBody: "x".repeat(16_384),
			responseTruncated: false,
		});
		expect(whole.attempt.requestHeaders).toHaveProperty("x-mine");
		expect(await used()).toBe(UNIT);

		await setQuotas(sender.organizationId, { logBytes: UNIT / 0.9 });
		const bare = await attempt();
		expect(bare.delivery).toMatchObject({ status: "pending", lastStatusCode: 500, attemptCount: 1 });
		expect(bare.attempt).toMatchObject({
			number: 1,
			trigger: "scheduled",
			url: "",
			requestHeaders: {},
			statusCode: 500,
			error: "http_status",
			responseHeaders: null,
			responseBody: null,
			responseTruncated: true,
		});
		expect(await used()).toBe(UNIT);
		random.mockReturnValue(0.0001);
		await attempt();
		expect(await used()).toBe(UNIT);

		await setQuotas(sender.organizationId, {});
		expect((await attempt()).attempt.responseBody).toHaveLength(16_384);
	});

	it("has no attempt of a delivery that another process ended, and that was removed before this one recorded", async () => {
		const { sender, id, used } = await talkative();
		await sender.api("POST", "/leads", { name: "Jane" });
		const delivery = await sender.delivery(id);
		vi.stubGlobal("fetch", async () => {
			await run("UPDATE deliveries SET status = 'success', dueAt = NULL, lease = NULL, leaseUntil = NULL");
			await purgeAll(Date.now() + 31 * DAY_MS);
			return new Response(null);
		});
		vi.spyOn(chance, "random").mockReturnValue(0.0001);
		await sender.drain();
		expect(await total("SELECT count(*) FROM attempts WHERE deliveryId = ?", delivery.id)).toBe(0);
		expect(await used()).toBe(0);
		expect((await sender.api("GET", `/webhooks/${id}`)).body.lastDeliveredAt).not.toBeNull();
	});

	it("is one organization's own, also in a batch with others", async () => {
		const one = await talkative();
		const other = await talkative();
		for (const { sender } of [one, other]) await sender.api("POST", "/leads", { name: "Jane" });
		await setQuotas(one.sender.organizationId, { logBytes: 0 });
		await one.sender.consume([...one.sender.queued, ...other.sender.queued].map(({ body }) => body));
		expect((await one.sender.delivery(one.id)).attempts[0].responseBody).toBeNull();
		expect((await other.sender.delivery(other.id)).attempts[0].responseBody).toHaveLength(16_384);
	});
});
