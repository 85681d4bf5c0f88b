// Wake-ups may be lost, duplicated, late or malformed; the sweeper finds the deliveries that were missed.
import { afterEach, describe, expect, it, vi } from "vitest";
import { DAY_MS, MINUTE_MS, SECOND_MS } from "../../src/time.ts";
import { withMembers } from "../support/bindings.ts";
import { advance } from "../support/clock.ts";
import { receivedRequests, Sender } from "../support/sender.ts";
import { wrapDatabases } from "../support/shards.ts";

/** How long the sweeper waits for a wake-up to arrive. */
const TRUSTED = MINUTE_MS;

const fakeTime = () => vi.useFakeTimers({ toFake: ["Date"] });

afterEach(() => {
	vi.useRealTimers();
});

describe("messages are only wake-ups", () => {
	it("doubled, concurrent and stale ones send nothing twice", async () => {
		const sender = await Sender.start();
		await sender.webhook("/status/200/doubled");
		await sender.api("POST", "/leads", { name: "Jane" });
		const [wakeUp] = sender.queued.splice(0);
		const bodies = Array.from({ length: 5 }, () => wakeUp?.body);
		await Promise.all([sender.consume(bodies), sender.consume(bodies), sender.consume(bodies)]);
		await sender.consume(bodies);
		expect(await receivedRequests("doubled")).toHaveLength(1);
	});

	it("an invalid one blocks no other", async () => {
		const sender = await Sender.start();
		await sender.webhook("/status/200/neighbour");
		await sender.api("POST", "/leads", { name: "Jane" });
		const [wakeUp] = sender.queued.splice(0);
		const poison = [
			null,
			"text",
			7,
			[],
			{},
			{ deliveryId: 1, webhookId: 2 },
			{ deliveryId: "whd_x", webhookId: "'; DROP TABLE leads" },
		];
		const result = await sender.consume([...poison, wakeUp?.body]);
		expect(result).toEqual({ acknowledged: [0, 1, 2, 3, 4, 5, 6, 7], again: [] });
		expect(await receivedRequests("neighbour")).toHaveLength(1);
	});

	it("D1 failing makes the queue try again, and nothing is lost", async () => {
		const sender = await Sender.start();
		await sender.webhook("/status/200/d1-fails");
		await sender.api("POST", "/leads", { name: "Jane" });
		const [wakeUp] = sender.queued.splice(0);
		const broken = await Sender.start(
			wrapDatabases((db) =>
				withMembers(db, {
					prepare: () => {
						throw new Error("D1_ERROR: Network connection lost.");
					},
				}),
			),
		);
		const result = await broken.consume([wakeUp?.body]);
		expect(result).toEqual({ acknowledged: [], again: [0] });
		await sender.consume([wakeUp?.body]);
		expect(await receivedRequests("d1-fails")).toHaveLength(1);
	});

	it("what the queue gave up on is acknowledged, and still swept", async () => {
		fakeTime();
		const sender = await Sender.start();
		await sender.webhook("/status/200/given-up");
		await sender.api("POST", "/leads", { name: "Jane" });
		const [wakeUp] = sender.queued.splice(0);
		expect((await sender.consume([wakeUp?.body], "leadwire-deliveries-dead")).acknowledged).toEqual([0]);
		await sender.sweep();
		expect(sender.queued, "its wake-up may still be under way").toEqual([]);
		advance(TRUSTED);
		await sender.sweep();
		await sender.drain();
		expect(await receivedRequests("given-up")).toHaveLength(1);
	});
});

describe("the sweeper", () => {
	it("delivers itself when the queue refuses", async () => {
		const sender = await Sender.start();
		await sender.webhook("/status/200/refused");
		sender.queueFails = true;
		const lead = await sender.api("POST", "/leads", { name: "Jane" });
		expect(lead.status).toBe(201);
		await sender.sweep();
		expect(await receivedRequests("refused")).toHaveLength(1);
	});

	it("takes back the lease of a consumer that died", async () => {
		fakeTime();
		const sender = await Sender.start();
		const { id } = await sender.webhook("/status/200/died");
		await sender.api("POST", "/leads", { name: "Jane" });
		sender.queued.splice(0);
		await sender.db
			.prepare("UPDATE deliveries SET lease = 'dead', leaseUntil = ? WHERE webhookId = ?")
			.bind(Date.now() + 45 * SECOND_MS, id)
			.run();
		await sender.sweep();
		expect(sender.queued).toEqual([]);
		advance(46 * SECOND_MS);
		await sender.sweep();
		await sender.drain();
		expect(await receivedRequests("died")).toHaveLength(1);
	});

	it("removes what is past its retention, and nothing else", async () => {
		fakeTime();
		const sender = await Sender.start();
		const { id } = await sender.webhook("/status/200/retention");
		await sender.api("POST", "/leads", { name: "Old" });
		await sender.drain();
		advance(29 * DAY_MS);
		await sender.api("POST", "/leads", { name: "New" });
		await sender.drain();
		await sender.sweep();
		expect((await sender.api("GET", `/webhooks/${id}/deliveries`)).body.items).toHaveLength(2);
		advance(2 * DAY_MS);
		await sender.sweep();
		expect((await sender.api("GET", `/webhooks/${id}/deliveries`)).body.items).toHaveLength(1);
	});
});
