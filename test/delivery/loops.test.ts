// Events about webhooks are sent to webhooks, but never to the webhook they are about, and they must not cause each other.
import { afterEach, describe, expect, it, vi } from "vitest";
import { SECOND_MS } from "../../src/time.ts";
import type { Json } from "../support/api.ts";
import { eventsOf, eventTypesOf } from "../support/events.ts";
import { receivedRequests, Sender } from "../support/sender.ts";

/** More rounds than anything here may take. */
const MAX_ROUNDS = 8;

afterEach(() => {
	vi.useRealTimers();
});

/** Delivers until nothing more is due; the number of rounds that took. */
async function settle(sender: Sender): Promise<number> {
	for (let round = 1; round <= MAX_ROUNDS; round += 1) {
		await sender.drain();
		if (sender.queued.length === 0) return round;
	}
	return Number.POSITIVE_INFINITY;
}

/** The names of a webhook's deliveries, oldest first. */
async function sentBy(sender: Sender, id: string): Promise<string[]> {
	const { body } = await sender.api("GET", `/webhooks/${id}/deliveries?limit=100`);
	return body.items.map(({ event }: Json) => event).reverse();
}

const aboutWebhooks = async (sender: Sender) =>
	(await eventsOf(sender.organizationId))
		.filter(({ type }) => type.startsWith("webhook."))
		.map(({ type, entityId }) => [type, entityId]);

const lead = (sender: Sender) => sender.api("POST", "/leads", { name: "Jane" });
const all = { events: ["*"] };
const notices = { events: ["webhook.*"] };

describe("a webhook gets no events about itself", () => {
	it("that it is exhausted, or was disabled", async () => {
		const sender = await Sender.start({ WEBHOOK_RETRY_DELAYS: "0" });
		const watcher = await sender.webhook("/status/200/loops-watcher", notices);
		const exhausted = await sender.webhook("/status/503/loops-exhausted", {
			events: ["lead.created", "webhook.exhausted", "webhook.disabled"],
		});
		const gone = await sender.webhook("/410/loops-gone", { events: ["lead.created", "webhook.*"] });
		await lead(sender);
		expect(await settle(sender)).toBeLessThan(4);
		expect(await aboutWebhooks(sender)).toEqual(
			expect.arrayContaining([
				["webhook.exhausted", exhausted.id],
				["webhook.disabled", gone.id],
			]),
		);
		const heard = (await receivedRequests("loops-watcher")).map(({ body }) => JSON.parse(body));
		expect(heard.map(({ event, data }) => [event, data.id])).toEqual(
			expect.arrayContaining(await aboutWebhooks(sender)),
		);
		for (const { id, bucket } of [
			{ ...exhausted, bucket: "loops-exhausted" },
			{ ...gone, bucket: "loops-gone" },
		]) {
			const own = (await eventsOf(sender.organizationId)).filter(({ entityId }) => entityId === id);
			const { body } = await sender.api("GET", `/webhooks/${id}/deliveries?limit=100`);
			const ids: string[] = body.items.map(({ eventId }: Json) => eventId);
			expect(own.filter((event) => ids.includes(event.id))).toEqual([]);
			const told = (await receivedRequests(bucket)).map(({ body }) => JSON.parse(body));
			expect(told.filter(({ data }) => data.id === id)).toEqual([]);
		}
		expect(await sentBy(sender, watcher.id)).not.toContain("lead.created");
	});

	it("that it has recovered", async () => {
		vi.useFakeTimers({ toFake: ["Date"] });
		const sender = await Sender.start({ WEBHOOK_RETRY_DELAYS: "0" });
		const watcher = await sender.webhook("/status/200/recovered-watcher", { events: ["webhook.recovered"] });
		const { id } = await sender.webhook("/fail-then-ok/10/recovers", {
			events: ["lead.created", "webhook.recovered"],
		});
		for (let failure = 0; failure < 10; failure += 1) await lead(sender);
		await settle(sender);
		vi.setSystemTime(Date.now() + SECOND_MS);
		expect(await receivedRequests("recovers")).toHaveLength(10);
		const paused = (await sender.api("GET", `/webhooks/${id}`)).body;
		expect(paused).toMatchObject({ consecutiveFailures: 10, pausedUntil: expect.any(String) });
		expect(Date.parse(paused.pausedUntil) - Date.now()).toBeGreaterThan(55 * SECOND_MS);

		// While the breaker is open nothing is sent, and waiting uses up no attempt.
		await lead(sender);
		await sender.drain();
		expect(await receivedRequests("recovers")).toHaveLength(10);
		expect(await sender.delivery(id)).toMatchObject({ status: "pending", attemptCount: 0 });
		vi.setSystemTime(Date.parse(paused.pausedUntil) + SECOND_MS);
		await settle(sender);
		expect(await receivedRequests("recovers")).toHaveLength(11);
		expect((await sender.api("GET", `/webhooks/${id}`)).body).toMatchObject({
			consecutiveFailures: 0,
			pausedUntil: null,
		});
		expect(await sentBy(sender, watcher.id)).toEqual(["webhook.recovered"]);
		expect(await sentBy(sender, id)).not.toContain("webhook.recovered");
	});
});

describe("failing to tell of a failure", () => {
	it("is not reported again, so webhooks that all fail don't trigger each other without end", async () => {
		const sender = await Sender.start({ WEBHOOK_RETRY_DELAYS: "0" });
		// Two, so that neither comes to the ten failures that would pause it.
		const made = [
			await sender.webhook("/status/503/silent-0", all),
			await sender.webhook("/status/503/silent-1", all),
		];
		await lead(sender);
		expect(await settle(sender)).toBeLessThan(4);
		// Each exhausted its two deliveries of the lead (created, and save_lead), and told the other of it.
		expect(await aboutWebhooks(sender)).toHaveLength(4);
		for (const { id } of made) {
			const sent = await sentBy(sender, id);
			expect(sent.filter((event) => event === "webhook.exhausted")).toHaveLength(2);
		}
		await lead(sender);
		expect(await settle(sender)).toBeLessThan(4);
		expect(
			(await eventTypesOf(sender.organizationId)).filter((type) => type.startsWith("webhook.")),
		).toHaveLength(8);
	});

	it("is still recorded in the delivery log", async () => {
		const sender = await Sender.start({ WEBHOOK_RETRY_DELAYS: "0" });
		const watcher = await sender.webhook("/status/503/deaf-watcher", notices);
		await sender.webhook("/status/503/fails-first");
		await lead(sender);
		await settle(sender);
		expect(await sender.delivery(watcher.id)).toMatchObject({ event: "webhook.exhausted", status: "failed" });
		expect(await aboutWebhooks(sender)).toHaveLength(1);
	});

	it("with 410 disables the receiving webhook once, and is reported to the remaining ones", async () => {
		const sender = await Sender.start({ WEBHOOK_RETRY_DELAYS: "0" });
		const watcher = await sender.webhook("/410/gone-watcher", notices);
		const failing = await sender.webhook("/status/503/told-of-gone", all);
		await lead(sender);
		expect(await settle(sender)).toBeLessThan(6);
		expect(await sentBy(sender, failing.id)).toContain("webhook.disabled");
		expect((await aboutWebhooks(sender)).filter(([type]) => type === "webhook.disabled")).toEqual([
			["webhook.disabled", watcher.id],
		]);
	});
});
