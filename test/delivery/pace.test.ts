// Webhooks with a rate limit or an order: how many attempts begin when, which is next, and that nobody else waits for them.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { MINUTE_MS, SECOND_MS } from "../../src/time.ts";
import type { Json } from "../support/api.ts";
import { countingSender, createBacklog, deleteDeliveries } from "../support/backlog.ts";
import { advance } from "../support/clock.ts";
import { receivedRequests, Sender } from "../support/sender.ts";
import { run, total } from "../support/shards.ts";

const START = Date.parse("2026-03-01T12:00:00Z");

beforeEach(async () => {
	vi.useFakeTimers({ toFake: ["Date"], now: START });
	await deleteDeliveries();
});
afterEach(() => {
	vi.useRealTimers();
	vi.restoreAllMocks();
});

const batch = (sender: Sender, count: number) =>
	sender.api("POST", "/leads/batch", {
		items: Array.from({ length: count }, (_, index) => ({ name: `Lead ${index}` })),
	});
const namesIn = async (bucket: string) =>
	(await receivedRequests(bucket)).map(({ body }) => JSON.parse(body).data.name);
const woken = (sender: Sender, id: string) => sender.queued.filter(({ body }) => body.webhookId === id);

/** Lets the queue deliver what is due, until nothing is. */
async function consumeDue(sender: Sender): Promise<void> {
	for (let due = [...sender.queued]; due.length > 0; ) {
		due = sender.queued.filter(({ at }) => at <= Date.now());
		sender.queued.splice(0, sender.queued.length, ...sender.queued.filter(({ at }) => at > Date.now()));
		await sender.deliverMessages(due);
	}
}

describe("a rate limit", () => {
	it("lets so many attempts begin in its time, the others wait in order and without messages", async () => {
		const sender = await Sender.start();
		const { id } = await sender.webhook("/status/200/limited", { rateLimit: { count: 2, seconds: 60 } });
		await sender.webhook("/status/200/unlimited");
		await batch(sender, 5);
		expect(woken(sender, id)).toHaveLength(2);
		await consumeDue(sender);
		expect(await namesIn("limited")).toHaveLength(2);
		expect(await namesIn("unlimited")).toHaveLength(5);
		for (const [passed, arrived] of [
			[59, 2],
			[1, 4],
			[59, 4],
			[2, 5],
		] as const) {
			advance(passed * SECOND_MS);
			expect(woken(sender, id).length).toBeLessThanOrEqual(2);
			await consumeDue(sender);
			expect(await namesIn("limited")).toHaveLength(arrived);
		}
		expect(sender.queued).toEqual([]);
		expect(new Set(await namesIn("limited")).size).toBe(5);
	});

	it("that is used up by messages that were on their way puts them back, and uses no attempt", async () => {
		const sender = await Sender.start();
		const { id } = await sender.webhook("/status/200/put-back");
		await batch(sender, 6);
		await sender.api("PATCH", `/webhooks/${id}`, { rateLimit: { count: 1, seconds: 1 } });
		expect(woken(sender, id)).toHaveLength(6);
		await sender.deliverMessages(sender.queued.splice(0));
		expect(await receivedRequests("put-back")).toHaveLength(1);
		expect(woken(sender, id)).toHaveLength(1);
		for (let second = 2; second <= 6; second += 1) {
			advance(SECOND_MS);
			await consumeDue(sender);
			expect(await receivedRequests("put-back")).toHaveLength(second);
		}
		expect(await total(`SELECT max(attemptsMade) AS n FROM deliveries WHERE webhookId = ?`, id)).toBe(1);
	});

	it("lets an attempt begin with its claim, and not when others leave a lane", async () => {
		vi.useRealTimers();
		const sender = await Sender.start();
		const events = ["lead.created"];
		const others = [];
		for (const name of ["a", "b", "c", "d", "e", "f"])
			others.push(await sender.webhook(`/late/300/beside-limited-${name}`, { events }));
		const { id } = await sender.webhook("/status/200/limited-beside", {
			events,
			rateLimit: { count: 1, seconds: 1 },
		});
		await batch(sender, 1);
		const own = woken(sender, id);
		const bodies = [...sender.queued.filter((one) => !own.includes(one)), ...own].map(({ body }) => body);
		await sender.consume(bodies);
		const beginning = async (one: string) => Date.parse((await sender.delivery(one)).attempts[0].at);
		const times = await Promise.all(others.map((other) => beginning(other.id)));
		expect(await beginning(id), "one of the others waits for a lane").toBeLessThan(Math.max(...times));
	});

	it("counts no attempt that found no lane, so that it isn't put off by a whole period", async () => {
		vi.useRealTimers();
		const sender = await Sender.start({ WEBHOOK_TIMEOUT_SECONDS: "1" });
		const fields = { events: ["lead.created"], rateLimit: { count: 1, seconds: 3_600 } };
		for (const name of ["a", "b", "c", "d", "e"]) await sender.webhook(`/hang/limited-hangs-${name}`, fields);
		const { id } = await sender.webhook("/status/200/limited-unheard", fields);
		await batch(sender, 2);
		expect(woken(sender, id)).toHaveLength(1);
		const own = woken(sender, id);
		const bodies = [...sender.queued.filter((one) => !own.includes(one)), ...own].map(({ body }) => body);
		sender.queued.length = 0;
		await sender.consume(bodies);
		expect(await receivedRequests("limited-unheard")).toEqual([]);
		expect(woken(sender, id)).toMatchObject([{ delaySeconds: 0 }]);
		await sender.deliverMessages(woken(sender, id));
		expect(await receivedRequests("limited-unheard")).toHaveLength(1);
		await sender.sweep();
		await sender.deliverMessages(woken(sender, id).slice(1));
		expect(await receivedRequests("limited-unheard"), "the next one waits").toHaveLength(1);
	});

	it("doesn't hold what a person asks for, and its end lets go what waits", async () => {
		const sender = await Sender.start();
		const { id } = await sender.webhook("/status/200/asked-while-limited", {
			rateLimit: { count: 1, seconds: 3_600 },
		});
		await batch(sender, 3);
		await consumeDue(sender);
		const { body } = await sender.api("GET", `/webhooks/${id}/deliveries?status=pending`);
		await sender.api("POST", `/webhooks/${id}/deliveries/${body.items[0].id}/redeliver`);
		await sender.api("POST", `/webhooks/${id}/test`, { event: "lead.created" });
		await consumeDue(sender);
		expect(await receivedRequests("asked-while-limited")).toHaveLength(3);
		await sender.api("PATCH", `/webhooks/${id}`, { rateLimit: null });
		await consumeDue(sender);
		expect(await receivedRequests("asked-while-limited")).toHaveLength(4);
	});

	it("of one a second with 1,000 waiting costs others nothing, however many consumers there are", async () => {
		/** What a create and a delivery of another webhook read, beside so many that wait. */
		async function costs(waiting: number, bucket: string) {
			const { sender, meter } = await countingSender();
			const limited = await sender.webhook(`/status/200/${bucket}-limited`, {
				events: ["deal.created"],
				rateLimit: { count: 1, seconds: 1 },
			});
			await createBacklog(sender, limited.id, waiting, { ago: MINUTE_MS, inLine: true });
			await sender.sweep();
			expect(woken(sender, limited.id)).toHaveLength(1);
			const others = await sender.webhook(`/status/200/${bucket}`);
			meter.read = 0;
			await batch(sender, 1);
			const mine = woken(sender, others.id).map(({ body }) => body);
			await sender.consume(mine);
			const { read } = meter;
			// Whatever a queue repeats: all of them get its message, and the other webhook's once more.
			for (const [index, consumers] of [1, 3, 20, 1].entries()) {
				const bodies = [...woken(sender, limited.id).map(({ body }) => body), ...mine];
				expect(bodies).toHaveLength(2);
				sender.queued.length = 0;
				await Promise.all(Array.from({ length: consumers }, () => sender.consume(bodies)));
				expect(await receivedRequests(`${bucket}-limited`)).toHaveLength(index + 1);
				expect(woken(sender, limited.id)).toHaveLength(1);
				advance(SECOND_MS);
			}
			expect(await receivedRequests(bucket)).toHaveLength(1);
			return read;
		}
		const [many, few] = [await costs(1_000, "beside-many"), await costs(10, "beside-few")];
		// A search in an index may meet the row behind, of whichever webhook that is.
		expect(Math.abs(many - few), `${many}, ${few}`).toBeLessThanOrEqual(3);
	});
});

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
