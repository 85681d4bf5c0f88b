// What is asked of a disabled webhook: test sends and redeliveries.
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { answersWith, World } from "../support/world.ts";

afterEach(() => {
	vi.restoreAllMocks();
	vi.useRealTimers();
});
afterAll(() => vi.unstubAllGlobals());

async function openWorld() {
	const world = await World.open({ WEBHOOK_RETRY_DELAYS: "0,60,300" });
	const id = await world.webhook("one", ["lead.created"]);
	const ask = async (status: number, method: string, path: string, body?: object) => {
		const reply = await world.sender.api(method, `/webhooks/${id}${path}`, body);
		expect(reply.status, reply.text).toBe(status);
		return reply.body;
	};
	const test = async (): Promise<string> => (await ask(202, "POST", "/test", { event: "lead.created" })).id;
	const lead = async () =>
		expect((await world.sender.api("POST", "/leads", { name: "Jane" })).status).toBe(201);
	const redeliver = (deliveryId: string) => ask(202, "POST", `/deliveries/${deliveryId}/redeliver`);
	const delivery = async (deliveryId: string) => ask(200, "GET", `/deliveries/${deliveryId}`);
	/** The end of a test after nothing is due any more, with the rules that the auditor knows. */
	const settle = async () => {
		await world.settle();
		expect(await world.finalProblems({ unrecorded: 0 })).toEqual([]);
	};
	return { world, ask, test, lead, redeliver, delivery, settle };
}

const disabled = { status: "disabled" };

describe("a test send", () => {
	it("is sent to a disabled webhook, and again when it fails, however often the sweeper comes by", async () => {
		const { world, ask, test, delivery, settle } = await openWorld();
		await ask(200, "PATCH", "", disabled);
		world.receivers.set("one", answersWith(503));
		const id = await test();
		await world.sender.sweep();
		expect((await delivery(id)).status).toBe("pending");
		await world.consumeDue();
		await world.sender.sweep();
		expect(await delivery(id)).toMatchObject({ status: "pending", attemptCount: 1 });
		world.receivers.clear();
		await settle();
		expect(await delivery(id)).toMatchObject({ status: "success", attemptCount: 2 });
	});

	it.each(["by its owner", "by a 410"])("goes on when its webhook is disabled %s", async (how) => {
		const { world, ask, test, lead, delivery, settle } = await openWorld();
		world.receivers.set("one", answersWith(503));
		const id = await test();
		await world.consumeDue();
		if (how === "by its owner") await ask(200, "PATCH", "", disabled);
		else {
			world.receivers.set("one", answersWith(410));
			await lead();
			await world.consumeDue();
		}
		expect(await ask(200, "GET", "")).toMatchObject(disabled);
		world.receivers.clear();
		await settle();
		expect(await delivery(id)).toMatchObject({ status: "success", attemptCount: 2 });
	});

	it("ends with the deletion of its webhook", async () => {
		const { world, ask, test, delivery, settle } = await openWorld();
		await ask(200, "PATCH", "", disabled);
		const id = await test();
		await ask(204, "DELETE", "");
		await settle();
		expect(await delivery(id)).toMatchObject({ status: "cancelled", attemptCount: 0 });
		expect(world.requests).toEqual([]);
	});
});

describe("a redelivery that was accepted", () => {
	it.each(["by its owner", "by a 410"])("is made when its webhook is disabled %s meanwhile", async (how) => {
		const { world, ask, lead, redeliver, delivery, settle } = await openWorld();
		world.receivers.set("one", answersWith(503));
		await lead();
		await world.consumeDue();
		const [id = ""] = world.auditor.state.deliveries.keys();
		await lead();
		if (how === "by a 410") world.receivers.set("one", answersWith(410));
		world.duringRequest = async () => {
			await redeliver(id);
			if (how === "by its owner") await ask(200, "PATCH", "", disabled);
		};
		const [first, ...others] = world.sender.queued.toSorted((a, b) => a.at - b.at);
		world.sender.queued.splice(0, Infinity, ...others);
		await world.sender.deliverMessages(first ? [first] : []);
		expect(await ask(200, "GET", "")).toMatchObject(disabled);
		const ended = how === "by a 410" ? "cancelled" : "skipped";
		expect(await delivery(id)).toMatchObject({ status: ended, attemptCount: 1, nextAttemptAt: null });
		world.receivers.clear();
		await settle();
		const { status, attempts } = await delivery(id);
		expect(attempts.map(({ trigger }: { trigger: string }) => trigger)).toEqual(["scheduled", "manual"]);
		expect(status).toBe("success");
	});

	it("is not made, as nothing is, when its webhook is deleted", async () => {
		const { world, ask, lead, redeliver, delivery, settle } = await openWorld();
		world.receivers.set("one", answersWith(503));
		await lead();
		await world.consumeDue();
		const [id = ""] = world.auditor.state.deliveries.keys();
		await redeliver(id);
		await ask(204, "DELETE", "");
		await settle();
		expect(await delivery(id)).toMatchObject({ status: "cancelled", attemptCount: 1 });
	});
});
