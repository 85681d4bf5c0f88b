// What an attempt says of its webhook depends on the webhook as it is when the attempt ends, not as it was when it began: it may
// have succeeded, moved to another URL, or been changed meanwhile. What its events say is what its row says.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { HOUR_MS } from "../../src/time.ts";
import type { Json } from "../support/api.ts";
import { answersWith, World } from "../support/world.ts";

let world: World;

beforeEach(async () => {
	world = await World.open({ WEBHOOK_RETRY_DELAYS: "0" });
	vi.spyOn(console, "log").mockReturnValue();
});
afterEach(() => {
	vi.useRealTimers();
	vi.unstubAllGlobals();
	vi.restoreAllMocks();
});

const lead = () => world.sender.api("POST", "/leads", { name: "Jane" });
const change = (id: string, input: object) => world.sender.api("PATCH", `/webhooks/${id}`, input);
const webhook = async (id: string): Promise<Json> => (await world.sender.api("GET", `/webhooks/${id}`)).body;
const deliveries = async (id: string): Promise<Json[]> =>
	(await world.sender.api("GET", `/webhooks/${id}/deliveries?limit=100`)).body.items;

/** A webhook with nine deliveries that have failed for good: with a tenth, and 120 hours, it is disabled. */
async function failingWebhook(): Promise<string> {
	const id = await world.webhook("hook", ["lead.created"]);
	world.receivers.set("hook", answersWith(500));
	for (let count = 0; count < 9; count += 1) {
		await lead();
		await world.consumeDue();
	}
	return id;
}

describe("a failure that began before", () => {
	it("a success does not disable the webhook, however long it had failed", async () => {
		const id = await failingWebhook();
		const [older] = await deliveries(id);
		world.advance(121 * HOUR_MS);
		await lead();
		world.duringRequest = async () => {
			world.receivers.set("hook", answersWith(200));
			await world.sender.api("POST", `/webhooks/${id}/deliveries/${older?.id}/redeliver`);
			await world.consumeDue();
			expect((await webhook(id)).failingSince).toBe(null);
			world.receivers.set("hook", answersWith(500));
		};
		await world.consumeDue();
		expect(await webhook(id)).toMatchObject({ status: "active", consecutiveFailures: 1 });
	});

	it("the webhook was enabled again does not disable it for what was before", async () => {
		const id = await failingWebhook();
		world.advance(121 * HOUR_MS);
		await lead();
		world.duringRequest = async () => {
			for (const status of ["disabled", "active"]) await change(id, { status });
		};
		await world.consumeDue();
		expect(await webhook(id)).toMatchObject({ status: "active", disabledReason: null });
	});
});

describe("an answer of the URL that a webhook had before", () => {
	/** A webhook whose URL changes while its former one answers so; returns its id. */
	async function answeredByFormerUrl(status: number, leads = 1): Promise<string> {
		const id = await world.webhook("old", ["lead.created"]);
		world.receivers.set("old", answersWith(status));
		for (let count = 0; count < leads; count += 1) await lead();
		world.duringRequest = async () => {
			await change(id, { url: "https://hooks.example.com/new" });
		};
		await world.consumeDue();
		return id;
	}

	it("with 410 neither disables it nor ends the delivery, which goes to the new URL", async () => {
		vi.unstubAllGlobals();
		world = await World.open({ WEBHOOK_RETRY_DELAYS: "0,60" });
		const id = await answeredByFormerUrl(410);
		expect(await webhook(id)).toMatchObject({ status: "active", consecutiveFailures: 0 });
		await world.settle();
		expect(await deliveries(id)).toMatchObject([{ status: "success" }]);
		const places = world.requests.map(({ url }) => new URL(url).pathname);
		expect(places).toEqual(["/old", "/new"]);
	});

	it("with 410 is told of as exhausted if it was the last of the schedule", async () => {
		const id = await answeredByFormerUrl(410);
		expect(await deliveries(id)).toMatchObject([{ status: "failed" }]);
		const { items } = (await world.sender.api("GET", "/events?type=webhook.exhausted")).body;
		expect(items).toMatchObject([{ payload: { data: { id, status: "active" } } }]);
	});

	it("is no failure of the new one: ten of them don't pause it", async () => {
		const id = await answeredByFormerUrl(500, 10);
		expect(await webhook(id)).toMatchObject({
			consecutiveFailures: 0,
			failingSince: null,
			pausedUntil: null,
		});
		expect((await deliveries(id)).map(({ status }) => status)).toEqual(Array(10).fill("failed"));
	});
});

describe("a webhook whose URL was changed after it had failed", () => {
	beforeEach(() => world.receivers.set("new", answersWith(500)));

	it("is not paused by its first failure there", async () => {
		const id = await failingWebhook();
		await change(id, { url: "https://hooks.example.com/new" });
		expect(await webhook(id)).toMatchObject({ consecutiveFailures: 0, failingSince: null });
		await lead();
		await world.consumeDue();
		expect(await webhook(id)).toMatchObject({ consecutiveFailures: 1, pausedUntil: null });
	});

	it("is not disabled for how long it had failed before", async () => {
		const id = await failingWebhook();
		world.advance(121 * HOUR_MS);
		await change(id, { url: "https://hooks.example.com/new" });
		await lead();
		await world.consumeDue();
		expect(await webhook(id)).toMatchObject({ status: "active", disabledReason: null });
	});

	it("keeps what is counted when the same URL is sent again", async () => {
		const id = await failingWebhook();
		const { url } = await webhook(id);
		await change(id, { url });
		expect(await webhook(id)).toMatchObject({ consecutiveFailures: 9, failingSince: expect.any(String) });
	});
});

describe("the event of a webhook", () => {
	/** The data of events of one type, as the feed shows them. */
	const told = async (type: string): Promise<Json[]> =>
		(await world.sender.api("GET", `/events?type=${type}`)).body.items.map(
			({ payload }: Json) => payload.data,
		);
	/** What both show, without what only events mask. */
	const compared = ({ headers: _, ...shown }: Json) => shown;

	it.each([
		["webhook.exhausted", 500],
		["webhook.disabled", 410],
	] as const)("%s says what its row says, also when it was changed meanwhile", async (type, status) => {
		const id = await world.webhook("hook", ["lead.created"], { name: "Before" });
		world.receivers.set("hook", answersWith(status));
		await lead();
		world.duringRequest = async () => {
			await change(id, { name: "After", events: ["lead.created", "lead.deleted"] });
		};
		await world.consumeDue();
		expect((await told(type)).map(compared)).toEqual([compared(await webhook(id))]);
	});

	it("webhook.recovered says when it was, and that no failure is left", async () => {
		const id = await world.webhook("hook", ["lead.created"]);
		world.receivers.set("hook", answersWith(500));
		for (let count = 0; count < 10; count += 1) await lead();
		await world.consumeDue();
		const { pausedUntil } = await webhook(id);
		expect(pausedUntil).not.toBe(null);
		world.receivers.set("hook", answersWith(200));
		vi.setSystemTime(Date.parse(pausedUntil) + 1_000);
		await lead();
		await world.sender.sweep();
		world.duringRequest = async () => {
			await change(id, { name: "After" });
		};
		await world.consumeDue();
		const shown = await webhook(id);
		expect(shown).toMatchObject({ pausedUntil: null, lastDeliveredAt: expect.any(String) });
		expect((await told("webhook.recovered")).map(compared)).toEqual([compared(shown)]);
	});
});
