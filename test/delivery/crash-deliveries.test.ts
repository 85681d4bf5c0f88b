// The sending side with a fault at each of its external calls.
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { type Action, failEachCall } from "../support/fail-each-call.ts";
import { run } from "../support/shards.ts";
import { answersWith, type World } from "../support/world.ts";

afterEach(() => {
	vi.restoreAllMocks();
	vi.useRealTimers();
});
afterAll(() => vi.unstubAllGlobals());

const SHORT = { WEBHOOK_RETRY_DELAYS: "0,60" };
const HOOK = "one";
const TRUSTED_MS = 60_000;

/** A webhook, one that watches what becomes of it, and a few deliveries. */
async function waiting(world: World, leads = 2): Promise<string> {
	const id = await world.webhook(HOOK, ["lead.created"]);
	await world.webhook("watches", ["webhook.*"]);
	await world.sender.api("POST", "/leads/batch", { items: Array(leads).fill({ name: "Jane" }) });
	return id;
}

/** Lets the consumer have what is due, as an action. */
const consuming = (world: World) => async () => {
	await world.consumeDue();
	return undefined;
};

const sweeping = (world: World) => async () => {
	// A sweep that fails is only reported; the next one comes in a minute.
	await world.sender.sweep().catch(() => {});
	await world.consumeDue();
	return undefined;
};

const statuses = ({ auditor }: World, webhookId: string) =>
	[...auditor.state.deliveries.values()]
		.filter((delivery) => delivery.webhookId === webhookId)
		.map(({ status }) => status);

const allAre = (world: World, webhookId: string, status: string) => {
	const found = statuses(world, webhookId);
	return found.length > 0 && found.every((one) => one === status) ? [] : [`they are ${found}`];
};

/** As if the webhook had failed so often that its breaker opened a moment ago; what is due is then parked. */
async function paused(world: World, webhookId: string): Promise<void> {
	await run(
		"UPDATE webhooks SET consecutiveFailures = 10, failingSince = ?, pausedUntil = ?, pauseSeconds = 60 WHERE id = ?",
		Date.now(),
		Date.now() + 60_000,
		webhookId,
	);
	await world.consumeDue();
}

const actions: readonly Action[] = [
	{
		name: "a delivery that succeeds",
		mustCall: ["D1", "fetch"],
		async prepare(world) {
			const id = await waiting(world);
			return { act: consuming(world), check: async () => allAre(world, id, "success") };
		},
	},
	{
		name: "a delivery that fails",
		mustCall: ["D1", "fetch", "queue"],
		async prepare(world) {
			const id = await waiting(world);
			world.receivers.set(HOOK, answersWith(503));
			return {
				async act() {
					await world.consumeDue();
					world.receivers.clear();
					return undefined;
				},
				check: async () => allAre(world, id, "success"),
			};
		},
	},
	{
		name: "a delivery that uses up its schedule",
		vars: SHORT,
		mustCall: ["D1", "fetch", "queue"],
		async prepare(world) {
			const id = await waiting(world);
			world.receivers.set(HOOK, answersWith(503));
			await world.consumeDue();
			world.advance(10_000);
			return { act: consuming(world), check: async () => allAre(world, id, "failed") };
		},
	},
	{
		name: "a receiver that is gone",
		mustCall: ["D1", "fetch", "queue"],
		async prepare(world) {
			const id = await waiting(world);
			world.receivers.set(HOOK, answersWith(410));
			return {
				act: consuming(world),
				async check() {
					const webhook = world.auditor.state.webhooks.get(id);
					return [
						...(webhook?.status === "disabled" ? [] : ["it is still on"]),
						...(statuses(world, id).every((one) => one === "failed" || one === "cancelled")
							? []
							: ["not ended"]),
					];
				},
			};
		},
	},
	{
		name: "a sweep",
		mustCall: ["D1", "queue", "fetch"],
		async prepare(world) {
			const id = await waiting(world);
			world.sender.queued.length = 0;
			return { act: sweeping(world), check: async () => allAre(world, id, "success") };
		},
	},
	{
		name: "a sweep while the queue refuses",
		mustCall: ["D1", "queue", "fetch"],
		async prepare(world) {
			const id = await waiting(world, 12);
			world.sender.queued.length = 0;
			world.sender.queueFails = true;
			return { act: sweeping(world), check: async () => allAre(world, id, "success") };
		},
	},
	{
		name: "a probe that succeeds",
		mustCall: ["D1", "queue", "fetch"],
		async prepare(world) {
			const id = await waiting(world, 3);
			await paused(world, id);
			world.sender.queued.length = 0;
			// Its wake-up is lost, and trusted until a minute after it was due.
			world.advance(TRUSTED_MS);
			return {
				act: sweeping(world),
				async check() {
					const webhook = world.auditor.state.webhooks.get(id);
					return [
						...(webhook?.pausedUntil === null ? [] : ["its breaker is still open"]),
						...allAre(world, id, "success"),
					];
				},
			};
		},
	},
	{
		name: "a probe that fails",
		mustCall: ["D1", "queue", "fetch"],
		async prepare(world) {
			const id = await waiting(world, 3);
			await paused(world, id);
			world.sender.queued.length = 0;
			// Its wake-up is lost, and trusted until a minute after it was due.
			world.advance(TRUSTED_MS);
			world.receivers.set(HOOK, answersWith(503));
			return {
				async act() {
					await sweeping(world)();
					world.receivers.clear();
					return undefined;
				},
				check: async () => allAre(world, id, "success"),
			};
		},
	},
	{
		name: "a failure that opens the breaker",
		mustCall: ["D1", "queue", "fetch"],
		async prepare(world) {
			const id = await waiting(world, 3);
			await run("UPDATE webhooks SET consecutiveFailures = 8 WHERE id = ?", id);
			world.receivers.set(HOOK, answersWith(500));
			return {
				async act() {
					await world.consumeDue();
					world.receivers.clear();
					return undefined;
				},
				check: async () => allAre(world, id, "success"),
			};
		},
	},
	{
		name: "a redelivery that succeeds",
		vars: SHORT,
		mustCall: ["D1", "fetch"],
		async prepare(world) {
			const id = await waiting(world, 1);
			world.receivers.set(HOOK, answersWith(503));
			await world.settle();
			world.receivers.clear();
			const [deliveryId] = world.auditor.state.deliveries.keys();
			await world.sender.api("POST", `/webhooks/${id}/deliveries/${deliveryId}/redeliver`);
			return {
				act: consuming(world),
				// It is one attempt: where that got no answer, there is no other.
				async check() {
					const answered = world.requests.at(-1)?.status === 200;
					const recorded = world.auditor.state.deliveries.get(deliveryId ?? "")?.lastStatusCode !== null;
					return allAre(world, id, answered && recorded ? "success" : "failed");
				},
			};
		},
	},
];

describe("after an interruption at any point, nothing is lost and nothing untrue is reported:", () => {
	it.each(actions)("$name", async (action) => {
		const { calls, problems } = await failEachCall(action);
		expect(problems).toEqual([]);
		expect(calls).toEqual(expect.arrayContaining([...action.mustCall]));
	});
});
