// A failing receiver doesn't affect others: it uses few lanes, delays no batch for long, and is then moved to the queue of
// slow webhooks.
import { describe, expect, it } from "vitest";
import { createLanes } from "../../src/delivery/lanes.ts";
import { batchesOf, receivedRequests, Sender } from "../support/sender.ts";

describe("lanes", () => {
	it("admit five, and a waiting one when another leaves; the others give up after a while", async () => {
		const lanes = createLanes();
		const entered = await Promise.all(Array.from({ length: 5 }, () => lanes.enter("a")));
		expect(entered).toEqual([true, true, true, true, true]);
		const [sixth, seventh] = [lanes.enter("a"), lanes.enter("a")];
		lanes.leave("a");
		expect(await sixth).toBe(true);
		expect(await seventh).toBe(false);
		lanes.leave("a");
		expect(await lanes.enter("b")).toBe(true);
		expect([lanes.heldBy("a"), lanes.heldBy("b")]).toEqual([4, 1]);
	});

	it("are never all held by one webhook while a delivery of another waits", async () => {
		const lanes = createLanes();
		const hanging = Array.from({ length: 6 }, () => lanes.enter("hanging"));
		const sent: number[] = [];
		const quick = Array.from({ length: 12 }, async () => {
			if (!(await lanes.enter("quick"))) return;
			await Promise.resolve();
			sent.push(lanes.heldBy("hanging"));
			lanes.leave("quick");
		});
		await Promise.all(quick);
		expect(sent).toHaveLength(12);
		expect(Math.max(...sent)).toBeLessThan(5);
		expect((await Promise.all(hanging)).filter(Boolean)).toHaveLength(5);
	});
});

describe("a batch", () => {
	it("with a receiver that hangs is done with after a second, and its attempt is recorded all the same", async () => {
		const sender = await Sender.start({ WEBHOOK_TIMEOUT_SECONDS: "3" });
		const hanging = await sender.webhook("/hang/hanging");
		const healthy = await sender.webhook("/status/200/healthy");
		await sender.api("POST", "/leads", { name: "Jane" });
		const began = Date.now();
		const { finished } = await sender.startConsumer(sender.queued.splice(0).map(({ body }) => body));
		const took = Date.now() - began;
		expect(took).toBeGreaterThan(950);
		expect(took).toBeLessThan(2_500);
		expect(await sender.delivery(healthy.id)).toMatchObject({ status: "success" });
		expect(await sender.delivery(hanging.id)).toMatchObject({ status: "pending", attemptCount: 0 });
		await finished;
		expect(await sender.delivery(hanging.id)).toMatchObject({
			status: "pending",
			attempts: [{ error: "timeout" }],
		});
	});

	it("full of hanging ones returns those that find no lane, through the slow queue, without counting an attempt", async () => {
		const sender = await Sender.start({ WEBHOOK_TIMEOUT_SECONDS: "2" });
		const { id } = await sender.webhook("/hang/full");
		for (let index = 0; index < 8; index += 1) await sender.api("POST", "/leads", { name: "Jane" });
		const { finished } = await sender.startConsumer(sender.queued.splice(0).map(({ body }) => body));
		expect(sender.queued, "at once, not when the others end").toMatchObject(
			Array.from({ length: 3 }, () => ({ slow: true, delaySeconds: 0 })),
		);
		await finished;
		const { items } = (await sender.api("GET", `/webhooks/${id}/deliveries`)).body;
		const counts = items.map((one: { attemptCount: number }) => one.attemptCount).sort();
		expect(counts).toEqual([0, 0, 0, 1, 1, 1, 1, 1]);
		await sender.drain();
		expect(await receivedRequests("full")).toHaveLength(8);
		const { items: after } = (await sender.api("GET", `/webhooks/${id}/deliveries`)).body;
		expect(after.every((one: { attemptCount: number }) => one.attemptCount > 0)).toBe(true);
	});
});

describe("a receiver that hangs, beside a healthy one", () => {
	const EVENTS = 15;

	it.each([1, 3, 20])(
		"takes at most two places of the first queue, with %i consumers at the same time",
		async (consumers) => {
			const sender = await Sender.start({ WEBHOOK_TIMEOUT_SECONDS: "3" });
			const [hangs, healthy] = [`hangs-${consumers}`, `healthy-${consumers}`];
			const { id } = await sender.webhook(`/hang/${hangs}`);
			await sender.webhook(`/status/200/${healthy}`);
			// One by one, so that the wake-ups of both come by turns.
			for (let event = 0; event < EVENTS; event += 1) await sender.api("POST", "/leads", { name: "Jane" });
			const going: Promise<unknown>[] = [];
			const met: number[] = [];
			for (let first = sender.queued.filter(({ slow }) => !slow); first.length > 0; ) {
				const batches = batchesOf(first).slice(0, consumers);
				const taken = new Set(batches.flatMap(({ bodies }) => bodies));
				const left = sender.queued.filter(({ body }) => !taken.has(body));
				sender.queued.splice(0, sender.queued.length, ...left);
				const begun = await Promise.all(
					batches.map(({ bodies, queue }) => sender.startConsumer(bodies, queue)),
				);
				going.push(...begun.map(({ finished }) => finished));
				met.push((await receivedRequests(hangs)).length);
				first = sender.queued.filter(({ slow }) => !slow);
				expect(met.length, "rounds").toBeLessThan(8);
			}
			// Only the batches handed over before anybody knew have waited for it: of one alone it could be a stumble.
			const whoKnew = consumers === 1 ? 1 : 0;
			expect(met.at(-1)).toBe(met[whoKnew]);
			expect(met.length).toBeLessThanOrEqual(Math.ceil((2 * EVENTS) / 10 / consumers) + 1);
			expect(await receivedRequests(healthy)).toHaveLength(EVENTS);
			const waiting = sender.queued.map(({ body, slow }) => [body.webhookId, slow]);
			expect(waiting.length).toBe(EVENTS - (met.at(-1) ?? 0));
			expect(waiting.every(([webhookId, slow]) => webhookId === id && slow)).toBe(true);
			await Promise.all(going);
		},
	);
});
