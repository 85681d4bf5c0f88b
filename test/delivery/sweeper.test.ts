// The sweeper's fairness and speed after lost wake-ups.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { HOUR_MS, MINUTE_MS } from "../../src/time.ts";
import { countingSender, createBacklog, deleteDeliveries } from "../support/backlog.ts";
import { Sender } from "../support/sender.ts";

/** What one sweep wakes at the most: fifteen of them a million. */
const A_SWEEP = 70_000;

beforeEach(async () => {
	vi.useFakeTimers({ toFake: ["Date"] });
	await deleteDeliveries();
});
afterEach(() => {
	vi.useRealTimers();
});

describe("the sweeper", () => {
	it("wakes the first deliveries of every webhook before the second thousand of any", async () => {
		const sender = await Sender.start();
		const a = await sender.webhook("/status/200/many-lost", { events: ["task.created"] });
		const b = await sender.webhook("/status/200/few-lost", { events: ["task.created"] });
		await createBacklog(sender, a.id, 80_000, { ago: HOUR_MS });
		await createBacklog(sender, b.id, 30, { ago: MINUTE_MS });
		await sender.sweep();
		const woken = Map.groupBy(sender.queued, ({ body }) => body.webhookId);
		expect(woken.get(b.id)).toHaveLength(30);
		expect(sender.queued).toHaveLength(A_SWEEP);
	});

	it("of a million lost wake-ups sends 70,000 again a sweep, each once before any twice, at the same cost however many are left", {
		timeout: 300_000,
	}, async () => {
		const { sender, meter } = await countingSender();
		const HOOKS = 50;
		for (let hook = 0; hook < HOOKS; hook += 1) {
			const { id } = await sender.webhook(`/status/200/lost-${hook}`, { events: ["task.created"] });
			await createBacklog(sender, id, 1_000_000 / HOOKS, { ago: HOUR_MS });
		}
		const woken = new Set<string>();
		const costs: unknown[] = [];
		for (let sweeps = 1; sweeps <= 3; sweeps += 1) {
			meter.read = 0;
			meter.written = 0;
			await sender.sweep();
			costs.push({ read: meter.read, written: meter.written });
			for (const { body } of sender.queued.splice(0)) woken.add(body.webhookId + body.deliveryId);
			expect(woken.size).toBe(sweeps * A_SWEEP);
			vi.setSystemTime(Date.now() + MINUTE_MS);
		}
		expect(15 * A_SWEEP).toBeGreaterThanOrEqual(1_000_000);
		expect(costs).toEqual(Array(3).fill(costs[0]));
		// Its row and its place in the index; and what a seek to each takes.
		expect(meter.written).toBeLessThan(2.01 * A_SWEEP);
		expect(meter.read).toBeLessThan(10 * A_SWEEP);
	});
});
