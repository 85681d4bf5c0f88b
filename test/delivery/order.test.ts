// Webhooks with an order: which attempt is next, and when it begins.
import { describe, expect, it } from "vitest";
import { MINUTE_MS, SECOND_MS } from "../../src/time.ts";
import type { Json } from "../support/api.ts";
import { advance } from "../support/clock.ts";
import { batch, consumeDue, namesIn, START } from "../support/paced.ts";
import { receivedRequests, Sender } from "../support/sender.ts";
import { run } from "../support/shards.ts";

describe("an order", () => {
	const ordered = { ordered: true };

	it("lets the next begin when the one before has ended, across retries, and given up", async () => {
		const sender = await Sender.start({ WEBHOOK_RETRY_DELAYS: "0,60" });
		const { id } = await sender.webhook("/fail-then-ok/3/in-order", ordered);
		await batch(sender, 4);
		expect(sender.queued).toHaveLength(1);
		await consumeDue(sender);
		await sender.sweep();
		await consumeDue(sender);
		expect(await namesIn("in-order")).toEqual(["Lead 0"]);
		await batch(sender, 1);
		advance(70 * SECOND_MS);
		await consumeDue(sender);
		expect(await namesIn("in-order"), "given up, so the next begins").toEqual(["Lead 0", "Lead 0", "Lead 1"]);
		advance(70 * SECOND_MS);
		await consumeDue(sender);
		expect((await namesIn("in-order")).slice(3)).toEqual(["Lead 1", "Lead 2", "Lead 3", "Lead 0"]);
		const since = new Date(START - MINUTE_MS).toISOString();
		expect((await sender.api("POST", `/webhooks/${id}/recover`, { since })).body).toEqual({ recovered: 1 });
		await consumeDue(sender);
		expect((await namesIn("in-order")).slice(7)).toEqual(["Lead 0"]);
	});

	it("holds for what is recovered, after the webhook was disabled, by the order of the events", async () => {
		const sender = await Sender.start();
		const { id } = await sender.webhook("/status/200/recovered-in-order", { ...ordered, status: "disabled" });
		await batch(sender, 5);
		await sender.api("PATCH", `/webhooks/${id}`, { status: "active" });
		await sender.api("POST", "/leads", { name: "Later" });
		const since = new Date(START - MINUTE_MS).toISOString();
		await sender.api("POST", `/webhooks/${id}/recover`, { since, status: "skipped" });
		await consumeDue(sender);
		expect(await namesIn("recovered-in-order")).toEqual([
			...Array.from({ length: 5 }, (_, index) => `Lead ${index}`),
			"Later",
		]);
	});

	it("holds while the breaker is open, and the retry is later than the probe would be", async () => {
		const sender = await Sender.start({ WEBHOOK_RETRY_DELAYS: "0,600" });
		const { id } = await sender.webhook("/fail-then-ok/1/order-while-open", ordered);
		await run("UPDATE webhooks SET consecutiveFailures = 9 WHERE id = ?", id);
		await batch(sender, 2);
		await consumeDue(sender);
		expect((await sender.api("GET", `/webhooks/${id}`)).body.pausedUntil).not.toBeNull();
		await sender.api("POST", "/leads", { name: "Later" });
		advance(90 * SECOND_MS);
		await sender.sweep();
		await consumeDue(sender);
		expect(await namesIn("order-while-open")).toEqual(["Lead 0"]);
		advance(700 * SECOND_MS);
		await consumeDue(sender);
		expect(await namesIn("order-while-open")).toEqual(["Lead 0", "Lead 0", "Lead 1", "Later"]);
	});

	it("begins with what waits when it is switched on, and ends when it is switched off", async () => {
		const sender = await Sender.start({ WEBHOOK_RETRY_DELAYS: "0,600" });
		const { id } = await sender.webhook("/fail-then-ok/5/switched");
		await batch(sender, 5);
		await consumeDue(sender);
		expect(await receivedRequests("switched")).toHaveLength(5);
		await sender.api("PATCH", `/webhooks/${id}`, ordered);
		advance(700 * SECOND_MS);
		await sender.sweep();
		await consumeDue(sender);
		expect((await namesIn("switched")).slice(5)).toEqual(
			Array.from({ length: 5 }, (_, index) => `Lead ${index}`),
		);
		await run("UPDATE webhooks SET pausedUntil = NULL, consecutiveFailures = 0 WHERE id = ?", id);
		await batch(sender, 4);
		expect(sender.queued).toHaveLength(1);
		await sender.api("PATCH", `/webhooks/${id}`, { ordered: false });
		expect(sender.queued).toHaveLength(4);
	});

	it("is not held up by a test send, and a delivery that is asked for is sent at once", async () => {
		const sender = await Sender.start({ WEBHOOK_RETRY_DELAYS: "0,60,60" });
		const { id } = await sender.webhook("/status/503/asked-in-order", ordered);
		await batch(sender, 2);
		await consumeDue(sender);
		const { body } = await sender.api("GET", `/webhooks/${id}/deliveries`);
		const second = body.items.find((one: Json) => one.attemptCount === 0);
		await sender.api("POST", `/webhooks/${id}/deliveries/${second.id}/redeliver`);
		await sender.api("POST", `/webhooks/${id}/test`, { event: "lead.created" });
		await consumeDue(sender);
		expect(await receivedRequests("asked-in-order")).toHaveLength(3);
		advance(70 * SECOND_MS);
		await consumeDue(sender);
		expect((await namesIn("asked-in-order")).slice(3), "the first, and its test send").toContain("Lead 0");
		expect((await namesIn("asked-in-order")).slice(3)).not.toContain("Lead 1");
	});
});
