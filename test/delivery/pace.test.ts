// Webhooks with a rate limit: how many attempts begin when, which is next, and that nobody else waits for them.
import { describe, expect, it, vi } from "vitest";
import { MINUTE_MS, SECOND_MS } from "../../src/time.ts";
import { countingSender, createBacklog } from "../support/backlog.ts";
import { advance } from "../support/clock.ts";
import { batch, consumeDue, namesIn, woken } from "../support/paced.ts";
import { receivedRequests, Sender } from "../support/sender.ts";
import { total } from "../support/shards.ts";

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
