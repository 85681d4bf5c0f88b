// What a sweep asks of the database to see what is due does not grow with the number of organizations.
import { expect, it } from "vitest";
import { LARGE_LOG_BYTES } from "../../src/db/schema/bookkeeping.ts";
import { bound } from "../../src/db/sql.ts";
import { organizationsInTurn, storeStates } from "../../src/notifications/states.ts";
import { heldChore } from "../../src/outbox/catch-up.ts";
import { quotas } from "../../src/quotas/quotas.ts";
import { eventChores } from "../../src/retention/events.ts";
import { overflowChore } from "../../src/retention/overflow.ts";
import { requestLogChore } from "../../src/retention/request-log.ts";
import { MINUTE_MS } from "../../src/time.ts";
import { createCaller, createOrganization } from "../support/callers.ts";
import { firstShard } from "../support/shards.ts";

/** The rows that the questions of these chores read in some minutes, at most. */
async function rowsRead(): Promise<Record<string, number>> {
	const read: Record<string, number> = {};
	for (let minute = 0; minute < 5; minute += 1) {
		const now = Date.now() + minute * MINUTE_MS;
		for (const { name, due } of [
			overflowChore(now),
			heldChore(now),
			requestLogChore(firstShard, now),
			...eventChores(firstShard, now),
		]) {
			const { text, params } = bound(due);
			const { meta } = await firstShard.DB.prepare(`SELECT EXISTS (${text})`)
				.bind(...params)
				.run();
			read[name] = Math.max(read[name] ?? 0, meta.rows_read);
		}
		for (const [place, state] of [...storeStates(now), organizationsInTurn(now, 10)].entries()) {
			const { text, params } = bound(state);
			// What it inserts; the rows that an INSERT itself reads are not counted.
			const [found = ""] = text.slice(text.indexOf("SELECT")).split("ON CONFLICT");
			const { meta } = await firstShard.DB.prepare(found)
				.bind(...params.slice(0, found.split("?").length - 1))
				.run();
			const name = `state ${place}`;
			read[name] = Math.max(read[name] ?? 0, meta.rows_read);
		}
	}
	return read;
}

/** Adds organizations up to this number, each with a notification target, half of them with limits of their own. */
const addUpTo = async (count: number) => {
	await firstShard.DB.prepare(
		`INSERT INTO organizations (id, name, timezone, currency, version, createdAt, updatedAt, quotas)
		WITH RECURSIVE numbers(n) AS (SELECT 3 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)
		SELECT 'org_many' || printf('%05d', n), 'Many', 'UTC', 'EUR', 1, 0, 0, iif(n % 2, '{"logBytes":1000}', NULL) FROM numbers`,
	)
		.bind(count)
		.run();
	await firstShard.DB.prepare(
		`INSERT INTO notification_targets (organizationId, id, version, createdAt, updatedAt, name, type, "to", events)
		SELECT id, 'ntt_' || id, 1, 0, 0, 'Many', 'webhook', 'https://example.com/', '["webhook.failing","webhook.disabled","key.expiring","quota.nearing"]' FROM organizations WHERE name = 'Many'`,
	).run();
};

it("a sweep reads no more of 5,000 organizations than of 1,000 to see what is due", async () => {
	await createOrganization();
	// SQLite does not read a join with an empty table.
	const api = await createCaller();
	await api.post("/webhooks", { url: "https://hooks.example.com/", events: ["lead.created"] });
	const few = await rowsRead();
	await addUpTo(1_000);
	const thousand = await rowsRead();
	for (const table of ["notification_targets", "organizations"])
		await firstShard.DB.prepare(`DELETE FROM ${table} WHERE name = 'Many'`).run();
	await addUpTo(5_000);
	const many = await rowsRead();
	expect(Object.keys(few)).toEqual([
		"log_overflow",
		"held_deliveries",
		"request_log",
		"former_events",
		"events",
		"state 0",
		"state 1",
		"state 2",
		"state 3",
	]);
	// Each organization's quotas are compared once an hour, so there are more of them in each minute.
	const { "state 3": compared, ...others } = many;
	expect(compared).toBeLessThanOrEqual(8 * (1 + 5_000 / 60));
	for (const [name, rows] of Object.entries(others)) {
		expect(rows, name).toBeLessThanOrEqual((thousand[name] ?? 0) * 1.1 + 10);
		expect(rows, name).toBeLessThanOrEqual((few[name] ?? 0) + 7_000);
	}
	expect(many.held_deliveries).toBeLessThanOrEqual(2);
});

it("every organization has its turn", async () => {
	const turnOfWhoIsDue = async () => {
		for (let minute = 0; minute < 6; minute += 1) {
			const { text, params } = bound(overflowChore(minute * MINUTE_MS).due);
			const { results } = await firstShard.DB.prepare(text)
				.bind(...params)
				.all();
			if (results.length > 0) return minute;
		}
		return null;
	};
	await firstShard.DB.prepare("UPDATE organizations SET quotas = NULL").run();
	const { results } = await firstShard.DB.prepare(
		"SELECT id, ordinal FROM organizations ORDER BY ordinal",
	).all<{ id: string; ordinal: number }>();
	for (const index of [0, 998, 999, 1_000, 2_500, results.length - 1]) {
		const { id = "", ordinal = 0 } = results[index] ?? {};
		await firstShard.DB.prepare("UPDATE organizations SET quotas = '{\"logBytes\":0}' WHERE id = ?")
			.bind(id)
			.run();
		expect(await turnOfWhoIsDue(), String(ordinal)).toBe(Math.floor(ordinal / 1_000));
		await firstShard.DB.prepare("UPDATE organizations SET quotas = NULL").run();
	}
	expect(LARGE_LOG_BYTES).toBeLessThan(0.8 * quotas.logBytes.standard);
	const [{ id = "" } = {}] = results.slice(-1);
	await firstShard.DB.prepare(
		"INSERT INTO counters (organizationId, resource, value) VALUES (?, 'attempts', 900000000)",
	)
		.bind(id)
		.run();
	expect(await turnOfWhoIsDue(), "found at once by the size of its log").toBe(0);
});
