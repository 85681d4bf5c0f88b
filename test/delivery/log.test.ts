// Sending by hand, and the log of what was sent.
import { Webhook } from "standardwebhooks";
import { afterEach, describe, expect, inject, it, vi } from "vitest";
import { catalogue } from "../../src/events/catalogue.ts";
import { HOUR_MS } from "../../src/time.ts";
import { advance } from "../support/clock.ts";
import { readDocument } from "../support/document.ts";
import { receivedRequests, Sender } from "../support/sender.ts";
import { dbOf } from "../support/shards.ts";

const fakeTime = () => vi.useFakeTimers({ toFake: ["Date"] });

afterEach(() => {
	vi.useRealTimers();
});

describe("the log of what waits", () => {
	it("says when the rate limit allows the next attempt", async () => {
		fakeTime();
		const sender = await Sender.start();
		const { id } = await sender.webhook("/status/200/told-of-limit", {
			rateLimit: { count: 1, seconds: 3_600 },
		});
		for (const name of ["Jane", "John"]) await sender.api("POST", "/leads", { name });
		await sender.drain();
		const waits = { status: "pending", nextAttemptAt: new Date(Date.now() + HOUR_MS).toISOString() };
		const { items } = (await sender.api("GET", `/webhooks/${id}/deliveries?status=pending`)).body;
		expect(items).toMatchObject([waits]);
		expect((await sender.api("GET", `/webhooks/${id}/deliveries/${items[0].id}`)).body).toMatchObject(waits);
		const ofEvent = await sender.api("GET", `/events/${items[0].eventId}/deliveries`);
		expect(ofEvent.body.items).toMatchObject([waits]);
	});

	it("says of a test send when it is tried again, which does not wait for the end of a pause", async () => {
		const sender = await Sender.start();
		const { id } = await sender.webhook("/status/503/tested");
		await sender.api("POST", `/webhooks/${id}/test`, { event: "lead.created" });
		await sender.drain();
		const before = await sender.delivery(id);
		expect(before).toMatchObject({ status: "pending", attemptCount: 1 });
		const pausedUntil = Date.now() + HOUR_MS;
		await dbOf(sender.organizationId)
			.prepare("UPDATE webhooks SET pausedUntil = ? WHERE id = ?")
			.bind(pausedUntil, id)
			.run();
		expect((await sender.delivery(id)).nextAttemptAt).toBe(before.nextAttemptAt);
	});
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
		advance(2 * HOUR_MS);
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

	it("the log of one record has the deliveries of its events, save_lead among them, and pages", async () => {
		const sender = await Sender.start();
		const { id } = await sender.webhook("/status/200/of-record", { events: ["*"] });
		const other = await sender.webhook("/status/200/of-record", { events: ["save_lead"] });
		const first = await sender.api("POST", "/leads", { name: "Jane" });
		await sender.api("POST", "/leads", { name: "Joe" });
		await sender.api("PATCH", `/leads/${first.body.id}`, { score: 1 });
		const task = await sender.api("POST", "/tasks", { title: "Call" });
		const read = async (webhookId: string, query: string) => {
			const { body } = await sender.api("GET", `/webhooks/${webhookId}/deliveries?${query}`);
			return body;
		};
		const events = (page: { items: { event: string }[] }) => page.items.map(({ event }) => event).toSorted();
		const ofLead = `recordId=${first.body.id}`;
		expect(events(await read(id, ofLead))).toEqual([
			"lead.created",
			"lead.updated",
			"save_lead",
			"save_lead",
		]);
		expect(events(await read(id, `recordId=${task.body.id}`))).toEqual(["task.created"]);
		expect(events(await read(other.id, ofLead))).toEqual(["save_lead", "save_lead"]);
		expect(events(await read(id, `${ofLead}&event=lead.created`))).toEqual(["lead.created"]);
		expect(events(await read(id, `${ofLead}&since=2099-01-01T00:00:00Z`))).toEqual([]);
		expect(events(await read(id, `${ofLead}&until=2020-01-01T00:00:00Z`))).toEqual([]);
		const seen: string[] = [];
		for (let cursor: string | null = ""; cursor !== null; ) {
			const page = await read(id, `${ofLead}&limit=1${cursor && `&cursor=${cursor}`}`);
			seen.push(...page.items.map((one: { id: string }) => one.id));
			cursor = page.nextCursor;
		}
		expect(seen).toHaveLength(4);
		expect(new Set(seen).size).toBe(4);
		expect((await sender.api("GET", `/webhooks/${id}/deliveries?recordId=Jane`)).status).toBe(400);
		// A page reads a bounded number of events; one without deliveries leads on to the next.
		await dbOf(sender.organizationId)
			.prepare(
				`WITH RECURSIVE more(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM more WHERE n < 1000), last AS (SELECT max(key) AS key FROM event_log
					WHERE key >> 40 = (SELECT ordinal FROM organizations WHERE id = ?))
				INSERT INTO event_log (key, id, type, entityId, createdAt, test, ownId, payload)
				SELECT last.key + n, 'evt_' || n, 'lead.updated', ?, 1, 0, 0, '{}' FROM last, more`,
			)
			.bind(sender.organizationId, first.body.id)
			.run();
		const page = await read(id, ofLead);
		expect(page).toMatchObject({ items: [], hasMore: true });
		expect(events(await read(id, `${ofLead}&cursor=${page.nextCursor}`))).toHaveLength(4);
		await sender.drain();
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

	it("a status beyond those of HTTP is shown as it was, as the document says, and filtered by", async () => {
		const sender = await Sender.start();
		const { id } = await sender.webhook("/status/999/beyond-http");
		await sender.api("POST", "/leads", { name: "Jane" });
		await sender.drain();
		const delivery = await sender.delivery(id);
		expect(delivery).toMatchObject({ lastStatusCode: 999, attempts: [{ statusCode: 999 }] });
		const { schemas } = (await readDocument()).components;
		expect(schemas.Delivery.properties.lastStatusCode.maximum).toBe(999);
		expect(schemas.Attempt.properties.statusCode.maximum).toBe(999);
		const filtered = await sender.api("GET", `/webhooks/${id}/deliveries?statusCode=999`);
		expect(filtered).toMatchObject({ status: 200, body: { items: [{ id: delivery.id }] } });
	});
});
