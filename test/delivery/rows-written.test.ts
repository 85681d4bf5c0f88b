// What a delivery writes in D1, by what D1 itself counts: nearly all of what it costs.

import { afterEach, describe, expect, it, vi } from "vitest";
import { chance } from "../../src/chance.ts";
import { deleteDeliveries } from "../support/backlog.ts";
import { withBatch } from "../support/bindings.ts";
import { Sender } from "../support/sender.ts";
import { run, wrapDatabases } from "../support/shards.ts";

const BATCH = 10;
const WINDOW = 20;

afterEach(() => {
	vi.useRealTimers();
	vi.unstubAllGlobals();
	vi.restoreAllMocks();
});

/** A sender with a receiver that says yes, and the rows that its statements write, by the table that each is about. */
async function metered() {
	vi.useFakeTimers({ toFake: ["Date"] });
	// None of these deliveries and attempts is among the sample that the quota on the log counts (quotas/log.ts).
	vi.spyOn(chance, "random").mockReturnValue(0.5);
	// It answers at once: who ends together is recorded together.
	const answers = { status: 200, meanwhile: async (): Promise<unknown> => null };
	vi.stubGlobal("fetch", async () => {
		await answers.meanwhile();
		return new Response(null, { status: answers.status });
	});
	const written = new Map<string, number>();
	const metering = (db: D1Database) =>
		withBatch(db, async (statements, sent) => {
			const results = await db.batch(statements);
			for (const [index, { meta }] of results.entries()) {
				const [, table = ""] = sent[index]?.text.match(/"(\w+)"/) ?? [];
				if (meta.rows_written > 0) written.set(table, (written.get(table) ?? 0) + meta.rows_written);
			}
			return results;
		});
	const sender = await Sender.start({}, (bindings) => ({
		...bindings,
		...wrapDatabases(metering, bindings),
	}));
	/** What an act writes, by table. */
	const during = async (act: () => Promise<unknown>) => {
		written.clear();
		await act();
		return Object.fromEntries(written);
	};
	const create = (count: number) =>
		sender.api("POST", "/leads/batch", { items: Array(count).fill({ name: "Jane" }) });
	const deliver = () => sender.consume(sender.queued.splice(0, BATCH).map(({ body }) => body));
	const subscribe = () => sender.webhook("/receiver");
	return { sender, during, create, deliver, subscribe, answers };
}

// A batch of ten: each is claimed and ends (two updates of its row), and is in the log; once it is in the webhook's statistics.
const TEN = { deliveries: 2 * BATCH, attempts: BATCH, delivery_hours: 1 };
// That its webhook is well is written once a minute; whatever is new of it, at once.
const WITH_WEBHOOK = { ...TEN, webhooks: 1 };

describe("a batch of ten deliveries writes", () => {
	it("3.1 rows each, and two more of each that goes on from the line: its row and its place in the index", async () => {
		const { sender, during, create, deliver, subscribe } = await metered();
		await subscribe();
		await create(BATCH);
		expect(await during(deliver), "none stood in line").toEqual(WITH_WEBHOOK);
		await create(WINDOW + BATCH);
		expect(sender.queued).toHaveLength(WINDOW);
		expect(await during(deliver), "ten go on").toEqual({ ...TEN, deliveries: TEN.deliveries + 2 * BATCH });
		expect(sender.queued).toHaveLength(WINDOW);
		expect(await during(deliver), "the line is empty").toEqual(TEN);
		expect(await during(deliver), "these stood in line").toEqual(TEN);
		expect(sender.queued).toEqual([]);
	});

	it("one more where an attempt is counted for the log's quota, for each organization and 256 KiB", async () => {
		const { during, create, deliver, subscribe } = await metered();
		await subscribe();
		await create(BATCH);
		vi.mocked(chance.random).mockReturnValue(0.0001);
		expect(await during(deliver)).toEqual({ ...WITH_WEBHOOK, counters: 1 });
	});

	it("one more for their webhook, once a minute while it is well and nothing new is known of it", async () => {
		const { sender, during, create, deliver, subscribe, answers } = await metered();
		const { id } = await subscribe();
		const send = async () => {
			await create(BATCH);
			return during(deliver);
		};
		const deliveredAt = async () => (await sender.api("GET", `/webhooks/${id}`)).body.lastDeliveredAt;
		expect(await send()).toEqual(WITH_WEBHOOK);
		const first = Date.now();
		vi.setSystemTime(first + 59_999);
		expect(await send()).toEqual(TEN);
		expect(Date.parse(await deliveredAt())).toBe(first);
		vi.setSystemTime(first + 60_000);
		expect(await send()).toEqual(WITH_WEBHOOK);
		expect(Date.parse(await deliveredAt())).toBe(first + 60_000);
		answers.status = 503;
		await create(1);
		expect(await during(deliver)).toMatchObject({ webhooks: 1 });
		sender.queued.length = 0;
		answers.status = 200;
		expect(await send(), "it has failed meanwhile").toEqual(WITH_WEBHOOK);
		expect(await send()).toEqual(TEN);
		// It was late, so its quick answers count.
		await run("UPDATE webhooks SET slowUntil = ? WHERE id = ?", Date.now() - 59_000, id);
		expect(await send()).toEqual(WITH_WEBHOOK);
		expect(await send()).toEqual(TEN);
		// Somebody else records a failure while it is sent to.
		answers.meanwhile = () =>
			run("UPDATE webhooks SET consecutiveFailures = 1, failingSince = ? WHERE id = ?", Date.now(), id);
		expect(await send()).toEqual(WITH_WEBHOOK);
		const { body } = await sender.api("GET", `/webhooks/${id}`);
		expect(body).toMatchObject({ consecutiveFailures: 0, failingSince: null });
	});

	it("as many from the queue of the slow, quick or late, and one more of each that the first queue handed on", async () => {
		const { sender, during, create, deliver, subscribe } = await metered();
		const { id } = await subscribe();
		await create(BATCH);
		await run("UPDATE webhooks SET slowUntil = ? WHERE id = ?", Date.now() + 300_000, id);
		expect(await during(deliver), "handed on").toEqual({ deliveries: BATCH });
		expect(sender.queued).toMatchObject(Array(BATCH).fill({ slow: true }));
		const slow = sender.queued.splice(0).map(({ body }) => body);
		expect(await during(() => sender.consume(slow, "leadwire-slow-deliveries"))).toEqual(WITH_WEBHOOK);
	});
});

describe("what else is written", () => {
	it("five rows by one that is alone, the first in a minute; one more by an attempt that fails, for the time of the next; and one to remove each row", async () => {
		await deleteDeliveries();
		const { sender, during, create, deliver, subscribe, answers } = await metered();
		await subscribe();
		await create(1);
		expect(await during(deliver)).toEqual({ deliveries: 2, attempts: 1, webhooks: 1, delivery_hours: 1 });
		const five = { deliveries: 10, attempts: 5, webhooks: 1, delivery_hours: 1 };
		answers.status = 503;
		await create(5);
		expect(await during(deliver), "five that fail").toEqual({ ...five, deliveries: 15 });
		answers.status = 200;
		vi.setSystemTime(Date.now() + 70_000);
		expect(await during(deliver), "their retries").toEqual(five);
		vi.setSystemTime(Date.now() + 31 * 86_400_000);
		const { deliveries, attempts } = await during(() => sender.sweep());
		expect({ deliveries, attempts }).toEqual({ deliveries: 6, attempts: 11 });
	});
});

describe("an event writes", () => {
	it("two rows for each webhook that is told of it, in line or not: its delivery and that one's place in the index", async () => {
		const { during, create, subscribe } = await metered();
		await create(1); // The key has been used before.
		const without = await during(() => create(2 * WINDOW));
		await subscribe();
		const told = await during(() => create(2 * WINDOW));
		expect(told).toEqual({ ...without, deliveries: 2 * 2 * WINDOW });
		// Every 256 KiB the trigger counts them.
		vi.mocked(chance.random).mockReturnValue(0.99);
		expect(await during(() => create(2 * WINDOW))).toEqual({ ...without, deliveries: 2 * 2 * WINDOW + 1 });
	});
});
