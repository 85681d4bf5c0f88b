// Sending by hand, and the log of what was sent.
import { Webhook } from "standardwebhooks";
import { afterEach, describe, expect, inject, it, vi } from "vitest";
import { catalogue } from "../../src/events/catalogue.ts";
import { receivedRequests, Sender } from "../support/sender.ts";

const SECOND = 1_000;

const advance = (ms: number) => vi.setSystemTime(Date.now() + ms);
const fakeTime = () => vi.useFakeTimers({ toFake: ["Date"] });

afterEach(() => {
	vi.useRealTimers();
});

describe("sending by hand", () => {
	it("a test send goes through the same pipe, marked, with the catalogue's example", async () => {
		const sender = await Sender.start();
		const { id, secret } = await sender.webhook("/status/200/test-send");
		const sent = await sender.api("POST", `/webhooks/${id}/test`, { event: "lead.stageChanged" });
		expect(sent.status).toBe(202);
		expect(sent.body).toMatchObject({ test: true, status: "pending", event: "lead.stageChanged" });
		await sender.drain();
		const [request] = await receivedRequests("test-send");
		const payload = new Webhook(secret).verify(request?.body ?? "", request?.headers ?? {});
		expect(payload).toMatchObject({
			event: "lead.stageChanged",
			organizationId: sender.organizationId,
			webhookId: sent.body.id,
		});
		expect(catalogue["lead.stageChanged"].payload.safeParse(payload).error).toBeUndefined();
		expect((await sender.delivery(id)).status).toBe("success");
		expect((await sender.api("POST", `/webhooks/${id}/test`, { event: "lead.exploded" })).status).toBe(400);
	});

	it("a redelivery is one attempt now, whatever the status, also while disabled", async () => {
		const sender = await Sender.start({ WEBHOOK_RETRY_DELAYS: "0" });
		const { id } = await sender.webhook("/fail-then-ok/1/again");
		await sender.api("POST", "/leads", { name: "Jane" });
		await sender.drain();
		const failed = await sender.delivery(id);
		expect(failed.status).toBe("failed");
		await sender.api("PATCH", `/webhooks/${id}`, { status: "disabled" });
		sender.queued.splice(0);
		const accepted = await sender.api("POST", `/webhooks/${id}/deliveries/${failed.id}/redeliver`);
		expect(accepted.status).toBe(202);
		await sender.drain();
		const delivery = await sender.delivery(id);
		expect(delivery).toMatchObject({ id: failed.id, status: "success" });
		expect(delivery.attempts.map((one: { trigger: string }) => one.trigger)).toEqual(["scheduled", "manual"]);
		const requests = await receivedRequests("again");
		expect(requests[0]?.body).toBe(requests[1]?.body);
	});

	it("a failed redelivery leaves a pending schedule as it is; a successful one ends it", async () => {
		fakeTime();
		const sender = await Sender.start();
		const { id } = await sender.webhook("/fail-then-ok/2/by-hand");
		await sender.api("POST", "/leads", { name: "Jane" });
		await sender.drain();
		const pending = await sender.delivery(id);
		for (const expected of [
			{ status: "pending", nextAttemptAt: pending.nextAttemptAt },
			{ status: "success", nextAttemptAt: null },
		]) {
			sender.queued.splice(0);
			await sender.api("POST", `/webhooks/${id}/deliveries/${pending.id}/redeliver`);
			await sender.drain();
			expect(await sender.delivery(id)).toMatchObject(expected);
		}
		advance(7_200 * SECOND);
		await sender.sweep();
		await sender.drain();
		expect(await receivedRequests("by-hand")).toHaveLength(3);
	});

	it("the log can be filtered and paged", async () => {
		const sender = await Sender.start({ WEBHOOK_RETRY_DELAYS: "0" });
		const { id } = await sender.webhook("/fail-then-ok/1/filtered", { events: ["lead.*"] });
		const lead = await sender.api("POST", "/leads", { name: "Jane" });
		await sender.drain();
		await sender.api("PATCH", `/leads/${lead.body.id}`, { score: 1 });
		await sender.drain();
		const log = async (query: string) =>
			(await sender.api("GET", `/webhooks/${id}/deliveries?${query}`)).body;
		const events = (page: { items: { event: string }[] }) => page.items.map(({ event }) => event);
		expect(events(await log(""))).toEqual(["lead.updated", "lead.created"]);
		expect(events(await log("status=failed"))).toEqual(["lead.created"]);
		expect(events(await log("status=failed&status=success"))).toHaveLength(2);
		expect(events(await log("statusCode=200"))).toEqual(["lead.updated"]);
		expect(events(await log("event=lead.created"))).toEqual(["lead.created"]);
		expect(events(await log(`since=${new Date(Date.now() + 60_000).toISOString()}`))).toEqual([]);
		const [{ createdAt: last }, { createdAt: first }] = (await log("")).items;
		expect(events(await log(`until=${new Date(Date.parse(first) - 1).toISOString()}`))).toEqual([]);
		expect(events(await log(`until=${first}`))).toEqual(["lead.created"]);
		expect(events(await log(`until=${last}`))).toEqual(["lead.updated", "lead.created"]);
		const { hasMore, nextCursor } = await log("limit=1");
		expect(hasMore).toBe(true);
		expect(events(await log(`limit=1&cursor=${nextCursor}`))).toEqual(["lead.created"]);
		const elsewhere = await sender.webhook("/status/200/elsewhere");
		const foreign = `/webhooks/${elsewhere.id}/deliveries?limit=1&cursor=${nextCursor}`;
		expect((await sender.api("GET", foreign)).status).toBe(400);
		expect((await sender.api("GET", `/webhooks/${id}/deliveries?status=lost`)).status).toBe(400);
	});
});

describe("receivers that misbehave", () => {
	it.each([
		["/hang", "timeout"],
		["/drip", "timeout"],
		["/reset", "connection_failed"],
		["/not-http", "connection_failed"],
	])("%s is a failure with the reason %s", async (behaviour, reason) => {
		const sender = await Sender.start({ WEBHOOK_TIMEOUT_SECONDS: "1" });
		const { id } = await sender.webhook(`${behaviour}/misbehaves`);
		await sender.api("POST", "/leads", { name: "Jane" });
		await sender.drain();
		const { status, attempts } = await sender.delivery(id);
		expect(status).toBe("pending");
		expect(attempts[0].error).toBe(reason);
	});

	it("one that hangs does not hold up the record of its neighbours", async () => {
		const sender = await Sender.start({ WEBHOOK_TIMEOUT_SECONDS: "4" });
		const { id } = await sender.webhook("/status/200/quick");
		await sender.webhook("/hang/slow");
		await sender.api("POST", "/leads", { name: "Jane" });
		const draining = sender.drain();
		await vi.waitUntil(async () => (await sender.delivery(id)).status === "success", {
			timeout: 3_000,
			interval: 200,
		});
		await draining;
	});

	it("a redirect is not followed", async () => {
		const sender = await Sender.start();
		const { id } = await sender.webhook(`/redirect/moved?to=${inject("receiver")}/status/200/redirected-to`);
		await sender.api("POST", "/leads", { name: "Jane" });
		await sender.drain();
		expect((await sender.delivery(id)).attempts[0]).toMatchObject({ statusCode: 302, error: "http_status" });
		expect(await receivedRequests("redirected-to")).toEqual([]);
	});
});
