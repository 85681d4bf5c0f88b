// When a failed delivery is tried again, what is sent then, and how it ends.
import { Webhook } from "standardwebhooks";
import { afterEach, describe, expect, it, vi } from "vitest";
import { catalogue } from "../../src/events/catalogue.ts";
import { SECOND_MS } from "../../src/time.ts";
import { advance } from "../support/clock.ts";
import { receivedRequests, Sender } from "../support/sender.ts";

const DELAYS = [60, 300, 900, 3_600];

const fakeTime = () => vi.useFakeTimers({ toFake: ["Date"] });

afterEach(() => {
	vi.useRealTimers();
});

describe("retries", () => {
	it("follow the schedule, sign afresh, keep id and bytes, and end in failed and webhook.exhausted", async () => {
		fakeTime();
		const sender = await Sender.start();
		const { id, secret } = await sender.webhook("/status/503/always-fails", {
			events: ["lead.created", "webhook.*"],
		});
		await sender.webhook("/status/200/watches", { events: ["webhook.*"] });
		await sender.api("POST", "/leads", { name: "Jane" });
		for (const [index, delay] of DELAYS.entries()) {
			await sender.drain();
			const [next] = sender.queued;
			expect(next?.delaySeconds).toBeGreaterThanOrEqual(delay);
			expect(next?.delaySeconds).toBeLessThanOrEqual(Math.ceil(delay * 1.1));
			expect(await sender.delivery(id)).toMatchObject({ status: "pending", attemptCount: index + 1 });
			// A wake-up that comes too soon sends nothing and is put back.
			await sender.drain();
			expect(await receivedRequests("always-fails")).toHaveLength(index + 1);
			expect(sender.queued).toHaveLength(1);
			advance((next?.delaySeconds ?? 0) * SECOND_MS);
		}
		await sender.drain();
		const requests = await receivedRequests("always-fails");
		expect(requests).toHaveLength(5);
		expect(new Set(requests.map(({ body }) => body)).size).toBe(1);
		expect(new Set(requests.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
		expect(new Set(requests.map(({ headers }) => headers["webhook-signature"])).size).toBe(5);
		expect(requests.map(({ headers }) => headers["x-webhook-attempt"])).toEqual(["1", "2", "3", "4", "5"]);
		const [, , , , last] = requests;
		expect(new Webhook(secret).verify(last?.body ?? "", last?.headers ?? {})).toBeTruthy();
		expect(await sender.delivery(id)).toMatchObject({
			status: "failed",
			nextAttemptAt: null,
			lastStatusCode: 503,
		});

		await sender.drain();
		const [notice, ...more] = await receivedRequests("watches");
		expect(more).toEqual([]);
		const payload = JSON.parse(notice?.body ?? "{}");
		expect(payload).toMatchObject({ event: "webhook.exhausted", data: { id } });
		expect(catalogue["webhook.exhausted"].payload.safeParse(payload).error).toBeUndefined();
		expect(await receivedRequests("always-fails")).toHaveLength(5);
	});

	it("wait as long as Retry-After asks, an hour at most", async () => {
		fakeTime();
		const sender = await Sender.start();
		for (const [asked, least] of [
			["120", 120],
			["5", 60],
			["1000000000", 3_600],
			["soon", 60],
		] as const) {
			const { id } = await sender.webhook(`/429/retry-${asked}?retry-after=${asked}`);
			await sender.api("POST", "/leads", { name: "Jane" });
			await sender.drain();
			const delays = sender.queued
				.splice(0)
				.filter(({ body }) => body.webhookId === id)
				.map(({ delaySeconds }) => delaySeconds);
			expect(delays[0], asked).toBeGreaterThanOrEqual(least);
			expect(delays[0], asked).toBeLessThanOrEqual(Math.ceil(least * 1.1));
			await sender.api("DELETE", `/webhooks/${id}`);
		}
	});

	it("succeed when the receiver comes back", async () => {
		fakeTime();
		const sender = await Sender.start({ WEBHOOK_RETRY_DELAYS: "0,1,1" });
		const { id } = await sender.webhook("/fail-then-ok/2/comes-back");
		await sender.api("POST", "/leads", { name: "Jane" });
		for (let attempt = 1; attempt <= 3; attempt += 1) {
			await sender.drain();
			advance(2 * SECOND_MS);
		}
		const delivery = await sender.delivery(id);
		expect(delivery.status).toBe("success");
		expect(delivery.attempts.map((one: { statusCode: number }) => one.statusCode)).toEqual([503, 503, 200]);
		expect((await sender.api("GET", `/webhooks/${id}`)).body.consecutiveFailures).toBe(0);
	});
});
