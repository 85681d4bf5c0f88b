// Failing receivers: their webhooks are paused, probed and released.
import { describe, expect, it } from "vitest";
import { SECOND_MS } from "../../src/time.ts";
import { advance, fakeDate } from "../support/clock.ts";
import { receivedRequests, Sender } from "../support/sender.ts";
import { run, shardOf } from "../support/shards.ts";
import { leads, shown } from "./arriving.ts";

fakeDate();

/** Ten events for a webhook whose receiver refuses each of them once. */
async function tenFailures(sender: Sender, path: string, more: object = {}) {
	const webhook = await sender.webhook(path, more);
	await leads(sender, 10);
	// On a busy machine a delivery may find no lane in time; it is sent with its next wake-up.
	for (let round = 0; round < 5; round += 1) {
		await sender.drain();
		if ((await shown(sender, webhook.id)).consecutiveFailures === 10) break;
	}
	return webhook;
}

const waitOf = (pausedUntil: string) => (Date.parse(pausedUntil) - Date.now()) / SECOND_MS;

/** Wakes all pending deliveries, as the sweeper and stray messages would. */
async function wakeAll(sender: Sender) {
	sender.queued.length = 0;
	const pending = await run(
		"SELECT webhookId, id AS deliveryId FROM deliveries WHERE organizationId = ? AND status = 'pending'",
		sender.organizationId,
	);
	const bodies = pending.map((row) => ({ ...row, shard: shardOf(sender.organizationId) }));
	for (let start = 0; start < bodies.length; start += 10)
		await sender.consume(bodies.slice(start, start + 10));
}

describe("ten failures in a row", () => {
	it("pause a webhook: first attempts and retries wait, and waiting takes no attempt", async () => {
		const sender = await Sender.start();
		const { id } = await tenFailures(sender, "/status/503/paused");
		const webhook = await shown(sender, id);
		expect(webhook).toMatchObject({ consecutiveFailures: 10, status: "active" });
		expect(waitOf(webhook.pausedUntil)).toBeCloseTo(60, 0);
		expect(webhook.failingSince).not.toBeNull();

		advance(SECOND_MS);
		await leads(sender, 1);
		await sender.drain();
		expect(await receivedRequests("paused")).toHaveLength(10);
		const delivery = await sender.delivery(id);
		expect(delivery).toMatchObject({
			status: "pending",
			attemptCount: 0,
			nextAttemptAt: webhook.pausedUntil,
		});
	});

	it("leave one probe per minute, then per twice as long, up to a quarter of an hour", async () => {
		const sender = await Sender.start({ WEBHOOK_RETRY_DELAYS: Array(20).fill("0").join(",") });
		const { id } = await tenFailures(sender, "/status/503/probed");
		let arrived = 10;
		for (const pause of [60, 120, 240, 480, 900, 900]) {
			const { pausedUntil } = await shown(sender, id);
			expect(waitOf(pausedUntil)).toBeCloseTo(pause, 0);
			advance((pause - 2) * SECOND_MS);
			await wakeAll(sender);
			expect(await receivedRequests("probed")).toHaveLength(arrived);
			advance(3 * SECOND_MS);
			await wakeAll(sender);
			arrived += 1;
			expect(await receivedRequests("probed")).toHaveLength(arrived);
		}
	});

	it("end with the first success, which releases all waiting deliveries and is reported to the other webhooks", async () => {
		const sender = await Sender.start({ WEBHOOK_RETRY_DELAYS: "0,30,60" });
		const watcher = await sender.webhook("/status/200/watcher", { events: ["webhook.*"] });
		const { id } = await tenFailures(sender, "/fail-then-ok/10/recovering", {
			events: ["lead.created", "webhook.*"],
		});
		await leads(sender, 3);
		await sender.drain();
		expect(await receivedRequests("recovering")).toHaveLength(10);

		// The probe was woken for the moment it may go, and nobody else.
		advance(61 * SECOND_MS);
		await sender.drain();
		expect((await receivedRequests("recovering")).length).toBeGreaterThan(10);
		expect(await shown(sender, id)).toMatchObject({
			consecutiveFailures: 0,
			failingSince: null,
			pausedUntil: null,
		});
		// What waited is woken again, by messages and not only by the sweeper.
		await sender.drain();
		await sender.drain();
		expect(await receivedRequests("recovering")).toHaveLength(23);
		const told = (await receivedRequests("watcher")).map(({ body }) => JSON.parse(body));
		expect(told).toMatchObject([
			{ event: "webhook.recovered", data: { id, consecutiveFailures: 0, pausedUntil: null } },
		]);
		expect(watcher.id).not.toBe(id);
		const results = await run(
			"SELECT DISTINCT status, attemptsMade FROM deliveries WHERE webhookId = ? ORDER BY 2",
			id,
		);
		expect(results).toEqual([
			{ status: "success", attemptsMade: 1 },
			{ status: "success", attemptsMade: 2 },
		]);
	});

	it("delay neither a redelivery nor a test send; the redelivery may end the pause, the test send can't", async () => {
		const sender = await Sender.start();
		const { id } = await tenFailures(sender, "/fail-then-ok/10/asked");
		const paused = await shown(sender, id);
		expect((await sender.api("POST", `/webhooks/${id}/test`, { event: "lead.created" })).status).toBe(202);
		await sender.drain();
		expect(await receivedRequests("asked")).toHaveLength(11);
		expect(await shown(sender, id)).toEqual(paused);
		const { items } = (await sender.api("GET", `/webhooks/${id}/deliveries?status=pending`)).body;
		await sender.api("POST", `/webhooks/${id}/deliveries/${items[0].id}/redeliver`);
		await sender.drain();
		expect(await receivedRequests("asked")).toHaveLength(12);
		expect(await shown(sender, id)).toMatchObject({ pausedUntil: null, consecutiveFailures: 0 });
	});

	it("are not made of test sends, nor ended by them", async () => {
		const sender = await Sender.start();
		const { id } = await sender.webhook("/status/503/only-tests");
		for (let count = 0; count < 11; count += 1)
			await sender.api("POST", `/webhooks/${id}/test`, { event: "lead.created" });
		await sender.drain();
		expect(await receivedRequests("only-tests")).toHaveLength(11);
		expect(await shown(sender, id)).toMatchObject({
			consecutiveFailures: 0,
			failingSince: null,
			pausedUntil: null,
		});
	});

	it("end when the owner resumes the webhook; waiting deliveries are sent, at most its window at once", async () => {
		const sender = await Sender.start();
		const { id } = await tenFailures(sender, "/fail-then-ok/10/resumed");
		await leads(sender, 30);
		sender.queued.length = 0;
		const resumed = await sender.api("POST", `/webhooks/${id}/resume`);
		expect(resumed).toMatchObject({ status: 200, body: { id, pausedUntil: null } });
		expect(sender.queued).toHaveLength(20);
		for (let round = 0; round < 5; round += 1) await sender.drain();
		expect(await receivedRequests("resumed")).toHaveLength(40);
		const again = await sender.api("POST", `/webhooks/${id}/resume`);
		expect(again).toMatchObject({ status: 200, body: { id, pausedUntil: null } });
		expect(sender.queued).toEqual([]);
		expect((await sender.api("POST", "/webhooks/webhook_01kaj2m5m8f7jt2n3v4w5x6y7z/resume")).status).toBe(
			404,
		);
	});

	it("are reset when the URL changes, and waiting deliveries are sent there at once", async () => {
		const sender = await Sender.start();
		const { id } = await tenFailures(sender, "/status/503/moved-from");
		await leads(sender, 2);
		await sender.drain();
		const url = (await shown(sender, id)).url.replace("/status/503/moved-from", "/status/200/moved-to");
		await sender.api("PATCH", `/webhooks/${id}`, { url });
		await sender.drain();
		expect(await receivedRequests("moved-to")).toHaveLength(2);
	});

	it("of two groups at once are added up", async () => {
		const sender = await Sender.start();
		const { id } = await sender.webhook("/status/503/groups");
		await leads(sender, 10);
		const bodies = sender.queued.splice(0).map(({ body }) => body);
		await Promise.all([sender.consume(bodies.slice(0, 4)), sender.consume(bodies.slice(4))]);
		// Who found no lane in time, as on a busy machine, comes again.
		await sender.drain();
		const webhook = await shown(sender, id);
		expect(webhook.consecutiveFailures).toBe(10);
		expect(webhook.pausedUntil).not.toBeNull();
	});

	it("a probe that dies leaves the next one to another after its lease", async () => {
		const sender = await Sender.start();
		const { id } = await tenFailures(sender, "/status/503/dying");
		await leads(sender, 2);
		await sender.drain();
		advance(61 * SECOND_MS);
		const before = (await receivedRequests("dying")).length;
		await run("UPDATE webhooks SET pausedUntil = ? WHERE id = ?", Date.now() + 45 * SECOND_MS, id);
		await wakeAll(sender);
		expect(await receivedRequests("dying")).toHaveLength(before);
		advance(46 * SECOND_MS);
		await wakeAll(sender);
		expect(await receivedRequests("dying")).toHaveLength(before + 1);
	});
});
