// One failing endpoint hurts nobody: hanging receivers hold few lanes, few places and no batch for long.
import { createExecutionContext, createMessageBatch, waitOnExecutionContext } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import worker from "../../scripts/platform/worker.ts";
import { inTurn, leavePlace, openLanes, takePlaces } from "../../src/delivery/lanes.ts";
import { received, Sender } from "../support/sender.ts";

describe("lanes", () => {
	it("let five in, and whoever waits when one leaves; after half a second they give up", async () => {
		const lanes = openLanes();
		const entered = await Promise.all(Array.from({ length: 5 }, () => lanes.enter()));
		expect(entered).toEqual([true, true, true, true, true]);
		const [sixth, seventh] = [lanes.enter(), lanes.enter()];
		lanes.leave();
		expect(await sixth).toBe(true);
		expect(await seventh).toBe(false);
		lanes.leave();
		expect(await lanes.enter()).toBe(true);
	});

	it("give each webhook its first before any has its second", () => {
		const of = (webhookId: string, id: number) => ({ webhookId, id });
		const items = [of("a", 1), of("a", 2), of("a", 3), of("b", 4), of("c", 5), of("b", 6)];
		expect(inTurn(items).map(({ id }) => id)).toEqual([1, 4, 5, 2, 6, 3]);
	});

	it("have ten places per webhook, to be given back", () => {
		const item = { webhookId: "webhook_places" };
		const asked = Array.from({ length: 12 }, () => item);
		expect(takePlaces(asked)).toMatchObject({ admitted: { length: 10 }, refused: { length: 2 } });
		expect(takePlaces([item, { webhookId: "webhook_other" }])).toMatchObject({
			admitted: [{ webhookId: "webhook_other" }],
			refused: [item],
		});
		leavePlace(item.webhookId);
		expect(takePlaces([item, item])).toMatchObject({ admitted: { length: 1 }, refused: { length: 1 } });
	});
});

describe("a batch", () => {
	it("with a receiver that hangs is done with after two seconds, and its attempt is recorded all the same", async () => {
		const sender = await Sender.start({ WEBHOOK_TIMEOUT_SECONDS: "4" });
		const hanging = await sender.webhook("/hang/hanging");
		const healthy = await sender.webhook("/status/200/healthy");
		await sender.api("POST", "/leads", { name: "Jane" });
		const ctx = createExecutionContext();
		const messages = sender.queued
			.splice(0)
			.map(({ body }, index) => ({ id: String(index), timestamp: new Date(), attempts: 1, body }));
		const began = Date.now();
		await worker.queue(createMessageBatch("leadwire-deliveries", messages), sender.env, ctx);
		const took = Date.now() - began;
		expect(took).toBeGreaterThan(1_900);
		expect(took).toBeLessThan(3_500);
		expect(await sender.delivery(healthy.id)).toMatchObject({ status: "success" });
		expect(await sender.delivery(hanging.id)).toMatchObject({ status: "pending", attemptCount: 0 });
		await waitOnExecutionContext(ctx);
		expect(await sender.delivery(hanging.id)).toMatchObject({
			status: "pending",
			attempts: [{ error: "timeout" }],
		});
	});

	it("full of hanging ones gives back what finds no lane, and takes no attempt for it", async () => {
		const sender = await Sender.start({ WEBHOOK_TIMEOUT_SECONDS: "2" });
		const { id } = await sender.webhook("/hang/full");
		for (let index = 0; index < 8; index += 1) await sender.api("POST", "/leads", { name: "Jane" });
		await sender.drain();
		const { items } = (await sender.api("GET", `/webhooks/${id}/deliveries`)).body;
		const counts = items.map((one: { attemptCount: number }) => one.attemptCount).sort();
		expect(counts).toEqual([0, 0, 0, 1, 1, 1, 1, 1]);
		expect(sender.queued.filter(({ delaySeconds }) => delaySeconds === 0)).toHaveLength(3);
		await sender.drain();
		expect(await received("full")).toHaveLength(8);
		const { items: after } = (await sender.api("GET", `/webhooks/${id}/deliveries`)).body;
		expect(after.every((one: { attemptCount: number }) => one.attemptCount > 0)).toBe(true);
	});
});
