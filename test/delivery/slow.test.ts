// Which webhooks count as slow: those whose receivers hang or are often late, not those with a single late answer.

import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { MINUTE_MS, SECOND_MS } from "../../src/time.ts";
import { QUEUES } from "../support/sender.ts";
import { run } from "../support/shards.ts";
import { answersWith, World } from "../support/world.ts";

afterEach(() => {
	vi.restoreAllMocks();
	vi.useRealTimers();
});
afterAll(() => vi.unstubAllGlobals());

/** Longer than a batch is waited for. */
const LATE_MS = 1_100;

/** A webhook whose receiver takes so long for each answer in turn, in ms, and no time once there are no more. */
async function given(more: { vars?: object } = {}) {
	const world = await World.open(more.vars);
	const id = await world.webhook("one", ["lead.created"]);
	const answers: number[] = [];
	world.receivers.set("one", async () => {
		const takes = answers.shift() ?? 0;
		world.advance(takes);
		// The consumer's patience is measured by no clock that a test moves.
		if (takes > 0) await scheduler.wait(LATE_MS);
		return new Response(null);
	});
	/** One event each, sent to the end; gives which queue its wake-up went through. */
	const send = async (...takes: number[]) => {
		const queues: string[] = [];
		for (const one of takes) {
			answers.push(one);
			await world.sender.api("POST", "/leads", { name: "Jane" });
			queues.push(world.sender.queued.some(({ slow }) => slow) ? "slow" : "first");
			await world.consumeDue();
		}
		return queues;
	};
	return { world, id, send };
}

describe("a webhook", () => {
	it("that is late once stays quick, and three quick answers compensate for it", async () => {
		const { send } = await given();
		expect(await send(LATE_MS, 0, 0, 0, LATE_MS, 0)).toEqual(Array(6).fill("first"));
	});

	it("that is late twice is slow until it has been quick again as often as it was late, three times over", async () => {
		const { send } = await given();
		expect(await send(LATE_MS, LATE_MS, 0, 0)).toEqual(["first", "first", "slow", "slow"]);
		// The second late answer was recorded while it was slow already, and counted there.
		expect(await send(0, 0, 0, 0, 0)).toEqual(["slow", "slow", "slow", "slow", "first"]);
	});

	it("of which each third answer is late stays slow", async () => {
		const { send } = await given();
		await send(LATE_MS, LATE_MS);
		expect(await send(0, 0, LATE_MS, 0, 0, LATE_MS, 0, 0, LATE_MS)).toEqual(Array(9).fill("slow"));
	});

	it.each([
		["answers after 25 s", {}, 25 * SECOND_MS],
		["times out", { vars: { WEBHOOK_TIMEOUT_SECONDS: "10" } }, 10 * SECOND_MS],
	])("that %s is slow for five minutes from then on", async (_, more, takes) => {
		const { world, send } = await given(more);
		expect(await send(takes, takes)).toEqual(["first", "slow"]);
		world.advance(299 * SECOND_MS);
		expect(await send(takes)).toEqual(["slow"]);
		world.advance(301 * SECOND_MS);
		expect(await send(0)).toEqual(["first"]);
	});

	it("that answers at once with a body that doesn't end is slow, too", async () => {
		const { world, send } = await given();
		world.receivers.set("one", async () => {
			const body = new ReadableStream(
				{
					async pull(controller) {
						world.advance(25 * SECOND_MS);
						await scheduler.wait(LATE_MS);
						controller.close();
					},
				},
				{ highWaterMark: 0 },
			);
			return new Response(body);
		});
		expect(await send(0, 0)).toEqual(["first", "slow"]);
		world.receivers.set("one", answersWith(200));
		expect(await send(0)).toEqual(["slow"]);
	});

	it("that hung is quick again after fifteen quick answers", async () => {
		const { send } = await given();
		await send(25 * SECOND_MS);
		const queues = await send(...Array(16).fill(0));
		expect(queues).toEqual([...Array(15).fill("slow"), "first"]);
	});
});

describe("what a person asks for, of a slow webhook", () => {
	async function asked(more: { paused: boolean }) {
		const { world, id } = await given({ vars: { WEBHOOK_RETRY_DELAYS: "0" } });
		world.receivers.set("one", answersWith(503));
		await world.sender.api("POST", "/leads", { name: "Jane" });
		await world.consumeDue();
		const [deliveryId] = world.auditor.state.deliveries.keys();
		await world.sender.api("POST", `/webhooks/${id}/deliveries/${deliveryId}/redeliver`);
		await world.sender.api("POST", `/webhooks/${id}/test`, { event: "lead.created" });
		const wakeUps = world.sender.queued.splice(0);
		expect(wakeUps.map(({ slow }) => slow)).toEqual([false, false]);
		// It has turned out to be slow since.
		await run(
			"UPDATE webhooks SET slowUntil = ?, pausedUntil = ?, pauseSeconds = 60 WHERE id = ?",
			Date.now() + 300 * SECOND_MS,
			more.paused ? Date.now() + MINUTE_MS : null,
			id,
		);
		return { world, wakeUps };
	}

	it.each([{ paused: false }, { paused: true }])("goes through the slow queue at once: %j", async (more) => {
		const { world, wakeUps } = await asked(more);
		const sent = world.requests.length;
		await world.sender.consume(
			wakeUps.map(({ body }) => body),
			QUEUES.first.name,
		);
		expect(world.requests.length, "the first queue has not met it").toBe(sent);
		expect(world.sender.queued).toMatchObject(Array(2).fill({ slow: true, delaySeconds: 0 }));
		await world.consumeDue();
		expect(world.requests.length).toBe(sent + 2);
	});
});
