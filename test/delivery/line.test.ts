// A webhook's line: how many of its deliveries have wake-ups, the cost of other webhooks' backlogs, and the sweeper's fairness.

import type { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { chance } from "../../src/chance.ts";
import { recordEndings } from "../../src/delivery/recording.ts";
import { envOf } from "../../src/shards.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../../src/time.ts";
import { countingSender, createBacklog, deleteDeliveries } from "../support/backlog.ts";
import { advance } from "../support/clock.ts";
import { receivedRequests, Sender } from "../support/sender.ts";
import { run, shardOf, total } from "../support/shards.ts";

const WINDOW = 20;
/** Where those in line stand in the index of what is due. */
const LINE = 1e14;

beforeEach(async () => {
	vi.useFakeTimers({ toFake: ["Date"] });
	await deleteDeliveries();
});
afterEach(() => {
	vi.useRealTimers();
});

const leads = async (sender: Sender, count: number) => {
	const items = Array.from({ length: count }, (_, index) => ({ name: `Lead ${index}` }));
	for (let start = 0; start < count; start += 100)
		expect(
			(await sender.api("POST", "/leads/batch", { items: items.slice(start, start + 100) })).status,
		).toBe(200);
};

const counted = async (webhookId: string, condition: string) =>
	total(`SELECT count(*) AS n FROM deliveries WHERE webhookId = ? AND ${condition}`, webhookId);

describe("the line", () => {
	it("holds all but twenty deliveries, without messages, and moves on as attempts end", async () => {
		const sender = await Sender.start();
		const { id } = await sender.webhook("/status/200/in-line");
		await leads(sender, 100);
		expect(sender.queued).toHaveLength(WINDOW);
		expect(await counted(id, `dueAt >= ${LINE} AND leaseUntil IS NULL`)).toBe(80);
		for (let rounds = 0; sender.queued.length > 0; rounds += 1) {
			expect(rounds).toBeLessThan(10);
			expect(sender.queued.length).toBeLessThanOrEqual(WINDOW);
			await sender.drain();
		}
		expect(await receivedRequests("in-line")).toHaveLength(100);
		expect(await counted(id, "status <> 'success'")).toBe(0);
	});

	it("takes retries too, once twenty have delayed wake-ups, and sends none early", async () => {
		const sender = await Sender.start({ WEBHOOK_RETRY_DELAYS: "0,60" });
		const { id } = await sender.webhook("/fail-then-ok/30/timers");
		// Never ten failures in a row that would pause it.
		const calm = () => run("UPDATE webhooks SET consecutiveFailures = 0 WHERE id = ?", id);
		for (let count = 0; count < 30; count += 1) {
			await leads(sender, 1);
			await sender.consume(
				sender.queued.filter(({ delaySeconds }) => delaySeconds === 0).map(({ body }) => body),
			);
			sender.queued.splice(
				0,
				sender.queued.length,
				...sender.queued.filter(({ delaySeconds }) => delaySeconds > 0),
			);
			await calm();
		}
		expect(sender.queued).toHaveLength(WINDOW);
		expect(await counted(id, `dueAt >= ${LINE}`)).toBe(10);
		advance(30 * SECOND_MS);
		await sender.sweep();
		expect(sender.queued).toHaveLength(WINDOW);
		expect(await receivedRequests("timers")).toHaveLength(30);
		advance(70 * SECOND_MS);
		await sender.sweep();
		for (let round = 0; round < 3; round += 1) await sender.drain();
		expect(await receivedRequests("timers")).toHaveLength(60);
	});

	it("of 1,000 that wait for a slow receiver has at most one wake-up each in circulation, over ten sweeps", async () => {
		const sender = await Sender.start();
		const { id } = await sender.webhook("/status/200/slow-but-well");
		await run("UPDATE webhooks SET slowUntil = ? WHERE id = ?", Date.now() + HOUR_MS, id);
		await leads(sender, 1_000);
		for (let sweeps = 1; sweeps <= 10; sweeps += 1) {
			// A minute in which its answers take so long that ten are sent.
			await sender.deliverMessages(sender.queued.splice(0, 10));
			advance(MINUTE_MS);
			await sender.sweep();
			const ids = sender.queued.map(({ body }) => body.deliveryId);
			expect(new Set(ids).size, `after sweep ${sweeps}`).toBe(ids.length);
			expect(ids.length).toBeLessThanOrEqual(WINDOW);
		}
		expect(await receivedRequests("slow-but-well")).toHaveLength(100);
	});

	it("that no consumer sends is sent by the sweeper", async () => {
		const sender = await Sender.start();
		const { id } = await sender.webhook("/status/200/unserved");
		await createBacklog(sender, id, 50, { inLine: true });
		await sender.sweep();
		expect(sender.queued).toHaveLength(WINDOW);
		for (let round = 0; round < 5; round += 1) await sender.drain();
		expect(await receivedRequests("unserved")).toHaveLength(50);
	});
});

describe("a webhook that recovers with 20,000 waiting", () => {
	it("is sent its backlog by the window, and its neighbours' attempts are recorded without waiting for a send", async () => {
		const { sender, meter } = await countingSender();
		const { id } = await sender.webhook("/status/200/well-again");
		await createBacklog(sender, id, 20_000, { ago: HOUR_MS, inLine: true });
		await run(
			"UPDATE webhooks SET consecutiveFailures = 10, pausedUntil = ?, pauseSeconds = 60 WHERE id = ?",
			Date.now(),
			id,
		);
		await sender.sweep();
		expect(sender.queued).toHaveLength(1);
		let sends = 0;
		const hanging = envOf(sender.env, shardOf(sender.organizationId));
		const never = async () => {
			sends += 1;
			return new Promise<never>(() => {});
		};
		const { claim } = await import("../../src/delivery/claim.ts");
		const wakeUps = sender.queued.splice(0).map(({ body }) => body);
		const { claimed } = await claim(hanging, wakeUps, Date.now(), "slow");
		const [delivery] = claimed;
		if (!delivery?.webhook) throw new Error("nothing was claimed");
		meter.read = 0;
		const outcome = {
			ok: true,
			statusCode: 200,
			durationMs: 5,
			tookMs: 5,
			error: null,
			responseHeaders: {},
			responseBody: "",
			responseTruncated: false,
			retryAfter: null,
		};
		const silent = { ...hanging, DELIVERIES: { sendBatch: never } as unknown as typeof env.DELIVERIES };
		const due = await recordEndings(
			silent,
			[
				{
					kind: "attempted",
					delivery,
					webhook: delivery.webhook,
					at: Date.now(),
					headers: {},
					outcome,
					status: "success",
					dueAt: null,
				},
			],
			Date.now(),
		);
		expect(sends, "recording sends nothing itself").toBe(0);
		expect(due.map(({ webhookId }) => webhookId)).toEqual(Array(WINDOW).fill(id));
		expect(meter.read).toBeLessThan(400);
		expect(await counted(id, `dueAt >= ${LINE}`)).toBe(20_000 - 1 - WINDOW);
	});
});

describe("what a webhook costs D1", () => {
	/** What a claim and its record read: of an attempt that fails, one that opens the breaker, and of a line that moves on. */
	async function costs(foreign: number) {
		vi.spyOn(chance, "random").mockReturnValue(0); // No jitter: the retries are due at the same time in each run.
		// All within an hour: the first attempt of the next one would find no row of statistics, and read fewer rows.
		vi.setSystemTime(Math.ceil(Date.now() / HOUR_MS) * HOUR_MS);
		const { sender, meter } = await countingSender();
		const other = await Sender.start();
		const { id: busy } = await other.webhook("/status/200/foreign");
		await createBacklog(other, busy, foreign, { ago: MINUTE_MS });
		const { id } = await sender.webhook("/status/503/costs");
		await createBacklog(sender, id, 30, { inLine: true, ago: 30 * SECOND_MS });
		await leads(sender, 3);
		const measured: Record<string, number> = {};
		const measure = async (name: string, act: () => Promise<unknown>) => {
			meter.read = 0;
			await act();
			measured[name] = meter.read;
		};
		await measure("a failed attempt that lets the line go on", () =>
			sender.consume(sender.queued.splice(0, 1).map(({ body }) => body)),
		);
		await run("UPDATE webhooks SET consecutiveFailures = 9 WHERE id = ?", id);
		await measure("one that opens the breaker", () =>
			sender.consume(sender.queued.splice(0, 1).map(({ body }) => body)),
		);
		await measure("claims that a breaker puts in line", () =>
			sender.consume(sender.queued.splice(0, 5).map(({ body }) => body)),
		);
		await measure("a probe", async () => {
			advance(61 * SECOND_MS);
			const probe = sender.queued.find(({ delaySeconds }) => delaySeconds > 0);
			await sender.consume([probe?.body]);
		});
		await measure("a create", () => leads(sender, 1));
		await run("DELETE FROM deliveries WHERE webhookId = ?", busy);
		return measured;
	}

	it("doesn't depend on what others have waiting: 0 or 100,000", { timeout: 120_000 }, async () => {
		const without = await costs(0);
		expect(await costs(100_000)).toEqual(without);
		for (const [name, read] of Object.entries(without)) expect(read, name).toBeLessThan(500);
	});
});
