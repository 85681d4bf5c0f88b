// Changes while a receiver handles a request, in the most difficult orders.
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { answersWith, World } from "../support/world.ts";

afterEach(() => {
	vi.restoreAllMocks();
	vi.useRealTimers();
});
afterAll(() => vi.unstubAllGlobals());

/** A webhook with one delivery on its last attempt, and another webhook that hears what becomes of it. */
async function lastAttempt(): Promise<{
	world: World;
	id: string;
	told: () => string[];
	status: () => string;
}> {
	const world = await World.open({ WEBHOOK_RETRY_DELAYS: "0" });
	const id = await world.webhook("one", ["lead.created"]);
	await world.webhook("watches", ["webhook.*"]);
	await world.sender.api("POST", "/leads", { name: "Jane" });
	world.receivers.set("one", answersWith(500));
	const told = () =>
		world.requests
			.filter(({ url }) => url.endsWith("/watches"))
			.map(({ headers }) => headers["x-webhook-event"] ?? "");
	const status = () =>
		[...world.auditor.state.deliveries.values()].find(({ webhookId }) => webhookId === id)?.status ?? "";
	return { world, id, told, status };
}

describe("while the last attempt is at its receiver", () => {
	it("a disabled webhook is not reported as exhausted as well", async () => {
		const { world, id, told, status } = await lastAttempt();
		world.duringRequest = async () => {
			await world.sender.api("PATCH", `/webhooks/${id}`, { status: "disabled" });
		};
		await world.settle();
		expect(await world.finalProblems({ unrecorded: 0 })).toEqual([]);
		expect([status(), told()]).toEqual(["skipped", []]);
	});

	it("a consumer that took it over and succeeds has the last word", async () => {
		const { world, told, status } = await lastAttempt();
		let asked = 0;
		world.receivers.set("one", () => new Response(null, { status: asked++ === 0 ? 200 : 500 }));
		world.duringRequest = () => world.takeOver();
		await world.settle();
		expect(await world.finalProblems({ unrecorded: 0 })).toEqual([]);
		expect([status(), told()]).toEqual(["success", []]);
	});

	it("a consumer that took it over and fails too says so once", async () => {
		const { world, told, status } = await lastAttempt();
		world.duringRequest = () => world.takeOver();
		await world.settle();
		expect(await world.finalProblems({ unrecorded: 0 })).toEqual([]);
		expect([status(), told()]).toEqual(["failed", ["webhook.exhausted"]]);
	});
});

describe("while an attempt is under way", () => {
	it("redeliveries asked for follow it at once, as many as were asked for", async () => {
		const { world, id } = await lastAttempt();
		world.receivers.clear();
		const startedAt = Date.now();
		world.duringRequest = async () => {
			const [deliveryId] = world.auditor.state.deliveries.keys();
			const asks = Array.from({ length: 5 }, () =>
				world.sender.api("POST", `/webhooks/${id}/deliveries/${deliveryId}/redeliver`),
			);
			expect((await Promise.all(asks)).map(({ status }) => status)).toEqual(Array(5).fill(202));
			expect(world.sender.queued, "its record will wake them").toEqual([]);
		};
		for (let round = 0; round < 6; round += 1) {
			await world.consumeDue();
			expect(world.sender.queued.length).toBeLessThanOrEqual(1);
		}
		expect(world.requests).toHaveLength(6);
		expect(Date.now()).toBe(startedAt);
		await world.settle();
		expect(await world.finalProblems({ unrecorded: 0 })).toEqual([]);
	});

	it.each([
		["disabled", 200, "success"],
		["disabled", 500, "skipped"],
		["deleted", 200, "success"],
		["deleted", 500, "cancelled"],
	])(
		"of a webhook %s meanwhile that answers %i, it is a %s, and not made again",
		async (how, answer, becomes) => {
			const { world, id, told, status } = await lastAttempt();
			world.receivers.set("one", answersWith(answer));
			world.duringRequest = async () => {
				if (how === "deleted") await world.sender.api("DELETE", `/webhooks/${id}`);
				else await world.sender.api("PATCH", `/webhooks/${id}`, { status: "disabled" });
			};
			await world.settle();
			expect(await world.finalProblems({ unrecorded: 0 })).toEqual([]);
			expect([status(), told()]).toEqual([becomes, []]);
			const [delivery] = (await world.sender.api("GET", `/webhooks/${id}/deliveries`)).body.items;
			expect(delivery).toMatchObject({ status: becomes, lastStatusCode: answer, attemptCount: 1 });
			const [hour] = (await world.sender.api("GET", `/webhooks/${id}/stats`)).body.items;
			expect(hour).toMatchObject(
				answer === 200 ? { successes: 1, failures: 0 } : { successes: 0, failures: 1 },
			);
			expect(world.requests.filter(({ url }) => url.endsWith("/one"))).toHaveLength(1);
		},
	);
});

describe("between a redelivery and its attempt", () => {
	it("a deletion of the webhook leaves what has arrived as it is", async () => {
		const { world, id, status } = await lastAttempt();
		world.receivers.clear();
		await world.settle();
		const [deliveryId] = [...world.auditor.state.deliveries.keys()];
		await world.sender.api("POST", `/webhooks/${id}/deliveries/${deliveryId}/redeliver`);
		await world.sender.api("DELETE", `/webhooks/${id}`);
		await world.settle();
		expect(await world.finalProblems({ unrecorded: 0 })).toEqual([]);
		expect(status()).toBe("success");
	});
});
