// A webhook's line and the queue of slow webhooks, with a fault at each external call.

import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { type Action, failEachCall } from "../support/fail-each-call.ts";
import { run } from "../support/shards.ts";
import type { World } from "../support/world.ts";

afterEach(() => {
	vi.restoreAllMocks();
	vi.useRealTimers();
});
afterAll(() => vi.unstubAllGlobals());

const WINDOW = 20;
const LINE = 1e14;
/** A lost wake-up for a slow webhook is missed after 15 minutes. */
const SLOW_MS = 1_200_000;

const set = (webhookId: string, assignments: string, ...values: readonly unknown[]) =>
	run(`UPDATE webhooks SET ${assignments} WHERE id = ?`, ...values, webhookId);

/** A webhook with so many deliveries. */
async function waiting(world: World, leads: number): Promise<string> {
	const id = await world.webhook("one", ["lead.created"]);
	await world.sender.api("POST", "/leads/batch", { items: Array(leads).fill({ name: "Jane" }) });
	return id;
}

const inLine = ({ auditor }: World) =>
	[...auditor.state.deliveries.values()].filter(({ dueAt }) => dueAt !== null && dueAt >= LINE).length;

const allArrived = (world: World) => {
	const late = [...world.auditor.state.deliveries.values()].filter(({ status }) => status !== "success");
	return late.length === 0 ? [] : [`${late.length} have not arrived`];
};

const actions: readonly Action[] = [
	{
		name: "an attempt that lets the line go on",
		mustCall: ["D1", "fetch", "queue"],
		async prepare(world) {
			await waiting(world, WINDOW + 2);
			return {
				async act() {
					await world.sender.deliverMessages(world.sender.queued.splice(0, 1));
					return undefined;
				},
				check: async () => allArrived(world),
			};
		},
	},
	{
		name: "a line that the sweeper lets go on",
		mustCall: ["D1", "queue"],
		async prepare(world) {
			const id = await waiting(world, 3);
			// As after an outage: no delivery has a wake-up.
			world.sender.queued.length = 0;
			await run(
				"UPDATE deliveries SET dueAt = ? + nextAttemptAt, leaseUntil = NULL WHERE webhookId = ?",
				LINE,
				id,
			);
			return {
				async act() {
					await world.sender.sweep().catch(() => {});
					return undefined;
				},
				check: async () => allArrived(world),
			};
		},
	},
	{
		name: "a wake-up that the first queue hands on to that of the slow",
		mustCall: ["D1", "queue", "fetch"],
		withinMs: SLOW_MS,
		async prepare(world) {
			const id = await waiting(world, 2);
			await set(id, "slowUntil = ?", Date.now() + 300_000);
			return {
				async act() {
					await world.consumeDue();
					await world.consumeDue();
					return undefined;
				},
				check: async () => allArrived(world),
			};
		},
	},
	{
		name: "an attempt that holds its batch up",
		mustCall: ["D1", "fetch"],
		async prepare(world) {
			const id = await waiting(world, 1);
			await set(id, "slowUntil = ?", Date.now());
			world.receivers.set("one", async () => {
				world.advance(1_100);
				await scheduler.wait(1_100);
				return new Response(null);
			});
			return {
				async act() {
					await world.consumeDue();
					world.receivers.clear();
					return undefined;
				},
				check: async () => allArrived(world),
			};
		},
	},
	{
		name: "a resumption",
		mustCall: ["D1", "limiter", "queue"],
		async prepare(world) {
			const id = await waiting(world, 3);
			await set(
				id,
				"consecutiveFailures = 10, failingSince = ?, pausedUntil = ?, pauseSeconds = 300",
				Date.now(),
				Date.now() + 300_000,
			);
			// All get into its line.
			await world.consumeDue();
			expect(inLine(world)).toBe(2);
			const resume = () => world.sender.api("POST", `/webhooks/${id}/resume`);
			return {
				act: resume,
				async check(reply) {
					// Whoever got no answer asks again.
					if (reply?.status !== 200) await resume();
					await world.settle();
					return allArrived(world);
				},
			};
		},
	},
];

describe("interrupted anywhere, who waits in line or among the slow is sent:", () => {
	it.each(actions)("$name", async (action) => {
		const { calls, problems } = await failEachCall(action);
		expect(problems).toEqual([]);
		expect(calls).toEqual(expect.arrayContaining([...action.mustCall]));
	});
});
