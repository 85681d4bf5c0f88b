// Changes of a webhook while a request is under way that sends its deliveries again.
import { describe, expect, it } from "vitest";
import { HOUR_MS } from "../../src/time.ts";
import type { Reply } from "../support/api.ts";
import { withBatch } from "../support/bindings.ts";
import { Sender } from "../support/sender.ts";
import { wrapDatabases } from "../support/shards.ts";

type Ask = (sender: Sender, webhookId: string) => Promise<Reply>;

interface Outcome {
	readonly status: number;
	readonly recovered: number | undefined;
	/** Whether the delivery waits for another attempt. */
	readonly waits: boolean;
}

const recover: Ask = (sender, id) =>
	sender.api("POST", `/webhooks/${id}/recover`, { since: new Date(Date.now() - HOUR_MS).toISOString() });
const redeliver: Ask = async (sender, id) => {
	const { items } = (await sender.api("GET", `/webhooks/${id}/deliveries`)).body;
	return sender.api("POST", `/webhooks/${id}/deliveries/${items[0].id}/redeliver`);
};
const disable: Ask = (sender, id) => sender.api("PATCH", `/webhooks/${id}`, { status: "disabled" });
const remove: Ask = (sender, id) => sender.api("DELETE", `/webhooks/${id}`);

/**
 * Sends `ask` for a webhook with a failed delivery, and `meanwhile` before its first round trip to D1; the same again before its
 * second, and so on.
 */
async function interrupted(ask: Ask, meanwhile: Ask): Promise<Outcome[]> {
	const outcomes: Outcome[] = [];
	for (let trip = 0; ; trip += 1) {
		let tripsLeft = Infinity;
		const databases = wrapDatabases((db) =>
			withBatch(db, async (statements) => {
				if (tripsLeft-- === 0) expect((await meanwhile(sender, id)).status).toBeLessThan(300);
				return db.batch(statements);
			}),
		);
		const sender: Sender = await Sender.start({ WEBHOOK_RETRY_DELAYS: "0", ...databases });
		const { id } = await sender.webhook("/status/503/interrupted");
		expect((await sender.api("POST", "/leads", { name: "Jane" })).status).toBe(201);
		await sender.drain();
		tripsLeft = trip;
		const { status, body } = await ask(sender, id);
		if (tripsLeft >= 0) return outcomes;
		const { results } = await sender.db
			.prepare('SELECT "dueAt" FROM deliveries WHERE "organizationId" = ?')
			.bind(sender.organizationId)
			.all<{ dueAt: number | null }>();
		outcomes.push({ status, recovered: body.recovered, waits: results[0]?.dueAt !== null });
	}
}

describe("a webhook's deliveries are not sent again", () => {
	it.each([
		["recovery", "disabled", recover, disable, 409],
		["recovery", "deleted", recover, remove, 404],
		["redelivery", "deleted", redeliver, remove, 404],
	])("by a %s if it is %s at any time before the commit", async (_what, _how, ask, meanwhile, status) => {
		const outcomes = await interrupted(ask, meanwhile);
		expect(outcomes.length).toBeGreaterThan(1);
		expect(outcomes).toEqual(outcomes.map(() => ({ status, recovered: undefined, waits: false })));
	});

	it("twice by two recoveries at once", async () => {
		const outcomes = await interrupted(recover, recover);
		expect(outcomes.length).toBeGreaterThan(1);
		expect(outcomes).toEqual(outcomes.map(() => ({ status: 202, recovered: 0, waits: true })));
	});
});
