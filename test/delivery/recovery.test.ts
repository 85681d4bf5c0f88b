// Recovery of failed deliveries, and hourly figures.
import { describe, expect, it, vi } from "vitest";
import { DAY_MS, HOUR_MS, SECOND_MS } from "../../src/time.ts";
import { advance, fakeDate } from "../support/clock.ts";
import { receivedRequests, Sender } from "../support/sender.ts";
import { run } from "../support/shards.ts";
import { latest, lead } from "./arriving.ts";

const ago = (ms: number) => new Date(Date.now() - ms).toISOString();

fakeDate();

describe("recovering a window", () => {
	it("starts the schedule again for deliveries that failed in it, except those that have succeeded since", async () => {
		const sender = await Sender.start({ WEBHOOK_RETRY_DELAYS: "0,60" });
		const { id } = await sender.webhook("/fail-then-ok/6/recover");
		await lead(sender);
		await sender.drain();
		advance(70 * SECOND_MS);
		await sender.drain();
		const since = new Date(Date.now() + 1).toISOString();
		for (let index = 0; index < 2; index += 1) await lead(sender);
		await sender.drain();
		advance(70 * SECOND_MS);
		await sender.drain();
		const failed = (await sender.api("GET", `/webhooks/${id}/deliveries?status=failed`)).body.items;
		expect(failed).toHaveLength(3);
		// One of them is saved by hand before.
		await sender.api("POST", `/webhooks/${id}/deliveries/${failed[0].id}/redeliver`);
		await sender.drain();

		const reply = await sender.api("POST", `/webhooks/${id}/recover`, { since });
		expect(reply).toMatchObject({ status: 202, body: { recovered: 1 } });
		expect((await sender.delivery(id)).id).toBe(failed[0].id);
		await sender.drain();
		const all = (await sender.api("GET", `/webhooks/${id}/deliveries`)).body.items;
		expect(all.map((one: { status: string }) => one.status)).toEqual(["success", "success", "failed"]);
		expect(all.map((one: { attemptCount: number }) => one.attemptCount)).toEqual([3, 3, 2]);
	});

	it("sends what was skipped while the webhook was disabled", async () => {
		const sender = await Sender.start();
		const { id } = await sender.webhook("/status/200/skipped", { status: "disabled" });
		for (let index = 0; index < 3; index += 1) await lead(sender);
		const refused = await sender.api("POST", `/webhooks/${id}/recover`, { since: ago(HOUR_MS) });
		expect(refused.status).toBe(409);
		await sender.api("PATCH", `/webhooks/${id}`, { status: "active" });
		expect((await sender.api("POST", `/webhooks/${id}/recover`, { since: ago(HOUR_MS) })).body).toEqual({
			recovered: 0,
		});
		const window = { since: ago(HOUR_MS), status: "skipped" };
		expect((await sender.api("POST", `/webhooks/${id}/recover`, window)).body).toEqual({ recovered: 3 });
		await sender.drain();
		expect(await receivedRequests("skipped")).toHaveLength(3);
	});

	it("takes deliveries that waited when the webhook was disabled, and leaves out test sends", async () => {
		const sender = await Sender.start({ WEBHOOK_RETRY_DELAYS: "0,60" });
		const { id } = await sender.webhook("/fail-then-ok/13/waited");
		for (let index = 0; index < 12; index += 1) await lead(sender);
		await sender.drain();
		await sender.api("POST", `/webhooks/${id}/test`, { event: "lead.created" });
		await sender.drain();
		await sender.api("PATCH", `/webhooks/${id}`, { status: "disabled" });
		const statuses = async () => {
			const { items } = (await sender.api("GET", `/webhooks/${id}/deliveries`)).body;
			return Object.entries(Object.groupBy(items, (one: { status: string }) => one.status))
				.map(([status, some]) => [status, some?.length])
				.toSorted();
		};
		expect(await statuses()).toEqual([
			["pending", 1],
			["skipped", 12],
		]);
		await sender.api("PATCH", `/webhooks/${id}`, { status: "active" });
		const window = { since: ago(HOUR_MS), status: "skipped" };
		expect((await sender.api("POST", `/webhooks/${id}/recover`, window)).body).toEqual({ recovered: 12 });
		for (let round = 0; round < 3; round += 1) {
			await sender.drain();
			advance(70 * SECOND_MS);
		}
		expect(await statuses()).toEqual([["success", 13]]);
	});

	it("leaves failed test sends", async () => {
		const sender = await Sender.start({ WEBHOOK_RETRY_DELAYS: "0" });
		const { id } = await sender.webhook("/status/503/failed-test");
		await sender.api("POST", `/webhooks/${id}/test`, { event: "lead.created" });
		await sender.drain();
		expect((await sender.delivery(id)).status).toBe("failed");
		expect((await sender.api("POST", `/webhooks/${id}/recover`, { since: ago(HOUR_MS) })).body).toEqual({
			recovered: 0,
		});
	});

	it("refuses a window too long or empty, and a webhook there isn't", async () => {
		const sender = await Sender.start();
		const { id } = await sender.webhook("/status/200/windows");
		const tooLong = await sender.api("POST", `/webhooks/${id}/recover`, {
			since: ago(14 * DAY_MS + SECOND_MS),
		});
		expect(tooLong).toMatchObject({ status: 400, body: { errors: [{ path: "since" }] } });
		const empty = await sender.api("POST", `/webhooks/${id}/recover`, { since: ago(0), until: ago(HOUR_MS) });
		expect(empty).toMatchObject({ status: 400, body: { errors: [{ path: "until" }] } });
		const future = await sender.api("POST", `/webhooks/${id}/recover`, { since: ago(-HOUR_MS) });
		expect(future).toMatchObject({ status: 400, body: { errors: [{ path: "since" }] } });
		const edge = { since: ago(20 * DAY_MS), until: ago(6 * DAY_MS) };
		expect((await sender.api("POST", `/webhooks/${id}/recover`, edge)).body).toEqual({ recovered: 0 });
		await sender.api("DELETE", `/webhooks/${id}`);
		expect((await sender.api("POST", `/webhooks/${id}/recover`, edge)).status).toBe(404);
	});

	it("takes at most ten thousand at once, of which all but the first twenty go into the backlog", async () => {
		const sender = await Sender.start();
		const { id } = await sender.webhook("/status/200/many", { events: ["task.created"] });
		await sender.db
			.prepare(
				`INSERT INTO deliveries (webhookId, id, organizationId, eventId, event, status, test, createdAt, updatedAt, attemptsMade, lastAttempt, manualWaiting)
			SELECT ?1, 'whd_' || substr(?2, 5, 12) || printf('%014d', value), ?3, 'evt_x', 'task.created', 'failed', 0, 0, 0, 5, 5, 0
			FROM (WITH RECURSIVE counted(value) AS (SELECT 0 UNION ALL SELECT value + 1 FROM counted LIMIT 10020) SELECT value FROM counted)`,
			)
			.bind(
				id,
				(await sender.webhook("/status/200/other")).id.replace("webhook_", "whd_"),
				sender.organizationId,
			)
			.run();
		const window = { since: ago(HOUR_MS) };
		expect((await sender.api("POST", `/webhooks/${id}/recover`, window)).body).toEqual({ recovered: 10_000 });
		expect(sender.queued.map(({ body }) => body.webhookId)).toEqual(Array(20).fill(id));
		expect((await sender.api("POST", `/webhooks/${id}/recover`, window)).body).toEqual({ recovered: 20 });
	});
});

describe("the hours", () => {
	it("count successes and failures and show how long attempts took", async () => {
		const sender = await Sender.start();
		const { id } = await sender.webhook("/fail-then-ok/2/hours");
		vi.setSystemTime(Math.ceil(Date.now() / HOUR_MS) * HOUR_MS + 1);
		const hour = new Date(Date.now() - 1).toISOString();
		for (let index = 0; index < 4; index += 1) await latest(sender, "hours");
		const first = await sender.api("GET", `/webhooks/${id}/stats`);
		expect(first).toMatchObject({
			status: 200,
			body: {
				items: [{ hour, successes: 2, failures: 2, p50Ms: expect.any(Number), p95Ms: expect.any(Number) }],
				nextCursor: null,
				hasMore: false,
			},
		});
		advance(HOUR_MS);
		await latest(sender, "hours");
		const { items } = (await sender.api("GET", `/webhooks/${id}/stats?since=${hour}`)).body;
		expect(items.map((one: { successes: number }) => one.successes)).toEqual([2, 3]);
		const since = new Date(Date.now()).toISOString();
		expect((await sender.api("GET", `/webhooks/${id}/stats?since=${since}`)).body.items).toHaveLength(1);
	});

	it("are thrown away with the log", async () => {
		const sender = await Sender.start();
		const { id } = await sender.webhook("/status/200/old-hours");
		await latest(sender, "old-hours");
		advance(31 * DAY_MS);
		await sender.sweep();
		const results = await run("SELECT * FROM delivery_hours WHERE webhookId = ?", id);
		expect(results).toEqual([]);
	});
});
