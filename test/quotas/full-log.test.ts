// What happens when an organization's delivery log is nearly full, and full: old entries go, what waits stays, and creates and
// changes that would add to it are refused. What always works then is in held.test.ts.

import { describe, expect, it, vi } from "vitest";
import { chance } from "../../src/chance.ts";
import { firstIdAt } from "../../src/ids.ts";
import { overflowChore } from "../../src/retention/overflow.ts";
import { purge } from "../../src/sweeper/purge.ts";
import { MINUTE_MS } from "../../src/time.ts";
import { withMembers } from "../support/bindings.ts";
import { measureLogsExactly, setQuotas } from "../support/quotas.ts";
import { Sender } from "../support/sender.ts";
import { bindingsOf, dbOf, shardOf } from "../support/shards.ts";

/** What each delivery of these tests is counted with. */
const BYTES = 1_000;
const NEVER = 1e15;
/** What the ids of deliveries begin with that the retention doesn't concern. */
const RECENT = firstIdAt("whd", Date.now()).slice(0, 10);

measureLogsExactly();

/** Adds deliveries to a webhook's log, numbered from `from` on, each with an attempt; `dueAt` is of those that wait. */
async function fill(
	sender: Sender,
	webhookId: string,
	from: number,
	count: number,
	dueAt: number | null = null,
) {
	const id = `'${RECENT}' || printf('%04d', ?3 + value) || substr(?1, -8) || '00000000'`;
	const numbers =
		"(WITH RECURSIVE counted(value) AS (SELECT 0 UNION ALL SELECT value + 1 FROM counted LIMIT ?4) SELECT value FROM counted)";
	await dbOf(sender.organizationId).batch([
		dbOf(sender.organizationId)
			.prepare(
				`INSERT INTO deliveries (webhookId, id, organizationId, eventId, event, status, test, createdAt, updatedAt, attemptsMade,
				lastAttempt, manualWaiting, nextAttemptAt, dueAt, counted)
			SELECT ?1, ${id}, ?2, 'evt_x', 'lead.created', iif(?5 IS NULL, 'failed', 'pending'), 0, 0, 0, 0, 0, 0, ?5, ?5, ${BYTES} FROM ${numbers}`,
			)
			.bind(webhookId, sender.organizationId, from, count, dueAt),
		dbOf(sender.organizationId)
			.prepare(
				`INSERT INTO attempts (deliveryId, number, at, trigger, url, requestHeaders, durationMs, responseTruncated)
			SELECT ${id}, 1, 0, 'scheduled', '', '{}', 1, 0 FROM ${numbers} WHERE ?2 IS NOT ?5`,
			)
			.bind(webhookId, null, from, count, 0),
	]);
}

/** Starts a sender with a number of webhooks that subscribe to created and deleted leads. */
async function started(count: number) {
	const sender = await Sender.start();
	const hooks: string[] = [];
	for (let index = 0; index < count; index += 1)
		hooks.push(
			(await sender.webhook(`/status/200/full-${index}`, { events: ["lead.created", "lead.deleted"] })).id,
		);
	const used = async () => {
		const { body } = await sender.api("GET", "/organization/usage");
		return body.items.find(({ quota }: { quota: string }) => quota === "logBytes").used;
	};
	const rows = async (webhookId: string, condition = "true") =>
		(
			await sender.db
				.prepare(`SELECT id FROM deliveries WHERE webhookId = ? AND ${condition} ORDER BY id`)
				.bind(webhookId)
				.all<{ id: string }>()
		).results.map(({ id }) => Number(id.slice(10, 14)));
	/** What the sweeper removes, without its work on deliveries. */
	const sweep = () => purge(bindingsOf(shardOf(sender.organizationId)), Date.now());
	return { sender, hooks, used, rows, sweep };
}

describe("a log that is at four fifths of its quota", () => {
	it("loses its oldest ended deliveries with their attempts, over all webhooks, until it is below; not what waits", async () => {
		const { sender, hooks, used, rows, sweep } = await started(3);
		const [one = "", other = "", third = ""] = hooks;
		await fill(sender, one, 0, 600, NEVER);
		await fill(sender, one, 600, 1_000);
		await fill(sender, other, 1_000, 400);
		await fill(sender, third, 5_000, 10);
		expect(await used()).toBe(2_010 * BYTES);
		await setQuotas(sender.organizationId, { logBytes: (2_010 * BYTES) / 0.8 + 1 });
		await sweep();
		expect(await used(), "just below").toBe(2_010 * BYTES);

		await setQuotas(sender.organizationId, { logBytes: 1_500 * BYTES });
		await sweep();
		expect(await rows(one, "dueAt IS NOT NULL"), "what waits").toHaveLength(600);
		// Three chunks of 500: the oldest 600, which wait, and the next 900.
		const left = await rows(one, "dueAt IS NULL");
		const leftOfOther = await rows(other);
		expect(left.length + leftOfOther.length).toBe(500);
		expect(Math.min(...left, ...leftOfOther)).toBe(1_250);
		expect(await rows(third)).toHaveLength(10);
		expect(await used()).toBe(1_110 * BYTES);
		const attempts = await sender.db
			.prepare(
				"SELECT count(*) AS n FROM attempts WHERE deliveryId IN (SELECT id FROM deliveries WHERE organizationId = ?)",
			)
			.bind(sender.organizationId)
			.first("n");
		expect(attempts).toBe(1_110);
	});

	it("is gone through again from its beginning, so what has ended meanwhile goes too", async () => {
		const { sender, hooks, used, rows, sweep } = await started(1);
		const [id = ""] = hooks;
		await fill(sender, id, 0, 1_200, NEVER);
		await setQuotas(sender.organizationId, { logBytes: 1_200 * BYTES });
		for (let sweeps = 0; sweeps < 2; sweeps += 1) await sweep();
		expect(await rows(id)).toHaveLength(1_200);
		await sender.db
			.prepare(`UPDATE deliveries SET dueAt = NULL WHERE webhookId = ? AND id < '${RECENT}0400'`)
			.bind(id)
			.run();
		for (let sweeps = 0; sweeps < 2; sweeps += 1) await sweep();
		expect((await rows(id))[0]).toBe(400);
		expect(await used()).toBe(800 * BYTES);
	});

	it("does not affect other organizations", async () => {
		const [full, other] = [await started(1), await started(1)];
		for (const { sender, hooks } of [full, other]) await fill(sender, hooks[0] ?? "", 0, 100);
		await setQuotas(full.sender.organizationId, { logBytes: 100 * BYTES });
		await full.sweep();
		await other.sweep();
		expect(await full.rows(full.hooks[0] ?? "")).toHaveLength(0);
		expect(await other.rows(other.hooks[0] ?? "")).toHaveLength(100);
	});

	it("does not wait for organizations of whose logs nothing can be removed", async () => {
		for (let stuck = 0; stuck < 6; stuck += 1) {
			const { sender } = await started(0);
			await setQuotas(sender.organizationId, { logBytes: 0 });
		}
		const { sender, hooks, rows, sweep } = await started(1);
		await fill(sender, hooks[0] ?? "", 0, 4_000);
		await setQuotas(sender.organizationId, { logBytes: 1_000 * BYTES });
		await sweep();
		expect(await rows(hooks[0] ?? "")).toHaveLength(500);
	});

	it("is gone through once in a sweep, also where nothing of it was counted", async () => {
		const { sender, hooks } = await started(1);
		await fill(sender, hooks[0] ?? "", 0, 600, NEVER);
		await sender.db.prepare("DELETE FROM counters WHERE resource = 'attempts'").run();
		await setQuotas(sender.organizationId, { logBytes: 0 });
		const chore = overflowChore(Date.now());
		let chunks = 0;
		while (chunks < 9 && (await chore.run(bindingsOf(shardOf(sender.organizationId))))) chunks += 1;
		expect(chunks).toBe(3);
	});

	it("is read a chunk at a time, no row twice, however much waits", async () => {
		const { sender, hooks } = await started(1);
		await fill(sender, hooks[0] ?? "", 0, 5_000, NEVER);
		await setQuotas(sender.organizationId, { logBytes: 100 * BYTES });
		let read = 0;
		const own = bindingsOf(shardOf(sender.organizationId));
		const DB = withMembers(own.DB, {
			async batch(statements: D1PreparedStatement[]) {
				const results = await own.DB.batch(statements);
				read += results.reduce((sum, { meta }) => sum + meta.rows_read, 0);
				return results;
			},
		});
		const reads: number[] = [];
		const chore = overflowChore(Date.now());
		for (let goesOn = true; goesOn && reads.length < 20; reads.push(read)) {
			read = 0;
			goesOn = await chore.run({ ...own, DB });
		}
		// Ten chunks, the end, and nobody else.
		expect(reads).toHaveLength(12);
		const whole = reads.slice(0, 10);
		expect(Math.max(...whole), String(reads)).toBeLessThan(6_000);
		expect(Math.max(...whole) - Math.min(...whole), String(reads)).toBeLessThan(10);
	});
});

describe("a log that is full of what waits", () => {
	const refused = (reply: { status: number; body: { message: string } }) => {
		expect(reply.status, reply.body.message).toBe(409);
		expect(reply.body.message).toContain("quota logBytes;");
	};

	it("refuses what would be delivered, wholly; what nobody subscribed to goes on", async () => {
		const { sender, hooks, used } = await started(1);
		const [id = ""] = hooks;
		const { body: lead } = await sender.api("POST", "/leads", { name: "Jane" });
		const { items } = (await sender.api("GET", `/webhooks/${id}/deliveries`)).body;
		await fill(sender, id, 0, 100, NEVER);
		await setQuotas(sender.organizationId, { logBytes: 100 * BYTES });

		refused(await sender.api("POST", "/leads", { name: "Joe" }));
		await sender.db.prepare("UPDATE webhooks SET heldFrom = 1").run();
		refused(await sender.api("POST", "/leads", { name: "Joe, whose delivery would be held" }));
		await sender.db.prepare("UPDATE webhooks SET heldFrom = NULL").run();
		refused(await sender.api("POST", "/leads/batch", { items: [{ name: "A" }, { name: "B" }] }));
		refused(await sender.api("POST", `/webhooks/${id}/test`, { event: "lead.created" }));
		refused(await sender.api("POST", `/webhooks/${id}/deliveries/${items[0].id}/redeliver`));
		refused(
			await sender.api("POST", `/webhooks/${id}/recover`, {
				since: new Date(Date.now() - MINUTE_MS).toISOString(),
			}),
		);
		expect((await sender.api("GET", "/leads")).body.items).toHaveLength(1);
		expect((await sender.api("GET", "/events")).body.items).toHaveLength(2);
		expect(await used()).toBe(100 * BYTES);

		expect((await sender.api("PATCH", `/leads/${lead.id}`, { name: "Jo" })).status, "nobody is told").toBe(
			200,
		);
		expect((await sender.api("POST", "/tags", { name: "A tag" })).status).toBe(201);

		await setQuotas(sender.organizationId, {});
		expect((await sender.api("POST", "/leads", { name: "Joe" })).status).toBe(201);
	});

	it("is exceeded by at most one write, however many come at the same time", async () => {
		const { sender, hooks } = await started(1);
		await fill(sender, hooks[0] ?? "", 0, 99, NEVER);
		await setQuotas(sender.organizationId, { logBytes: 100 * BYTES });
		vi.mocked(chance.random).mockReturnValue(0.9999);
		const replies = await Promise.all(
			Array.from({ length: 8 }, () => sender.api("POST", "/leads", { name: "Joe" })),
		);
		expect(replies.map(({ status }) => status).sort()).toEqual([201, ...Array(7).fill(409)]);
	});

	it("and quota on bytes leaves out reports on webhooks", async () => {
		const { sender } = await started(0);
		const { id } = await sender.webhook("/status/410/gone-when-full", { events: ["lead.created"] });
		const { id: watcher } = await sender.webhook("/status/200/told-when-full", { events: ["*"] });
		await sender.api("POST", "/leads", { name: "Jane" });
		await setQuotas(sender.organizationId, { bytes: 0 });
		await sender.drain();
		expect((await sender.api("GET", `/webhooks/${id}`)).body.status).toBe("disabled");
		const { items } = (await sender.api("GET", `/webhooks/${watcher}/deliveries`)).body;
		// Deliveries of the same instant are in any order.
		expect(items.map(({ event }: { event: string }) => event).sort()).toEqual(["lead.created", "save_lead"]);
		expect((await sender.api("GET", "/events")).body.items).toHaveLength(2);
	});
});
