// The purge, whose chores take turns, each in chunks that an invocation has room for.
import { expect, it, vi } from "vitest";
import { purge } from "../../src/sweeper/purge.ts";
import { DAY_MS } from "../../src/time.ts";
import { withMembers } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { create } from "../support/deals.ts";
import { purgeAll } from "../support/purge.ts";
import { dbOf, envFor, run, total } from "../support/shards.ts";

/** The purge as it will be run in so many days. */
const purgeIn = (days: number) => purgeAll(Date.now() + days * DAY_MS);

const fill = async (rows: number, organizationId: string) => {
	await dbOf(organizationId)
		.prepare(
			`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
		INSERT INTO idempotency_keys (organizationId, key, fingerprint, claimedBy, claimedAt)
		SELECT ?1, 'old' || i, '', '', ?3 FROM n`,
		)
		.bind(organizationId, rows, Date.now())
		.run();
	await dbOf(organizationId)
		.prepare(
			`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
		INSERT INTO tags (organizationId, id, version, createdAt, updatedAt, deletedAt, name)
		SELECT ?1, 'tag_' || printf('%026d', i), 1, 0, 0, ?3, 'T' FROM n`,
		)
		.bind(organizationId, rows, Date.now())
		.run();
};
const left = async (organizationId: string) => [
	await total("SELECT count(*) AS n FROM idempotency_keys WHERE organizationId = ?", organizationId),
	await total("SELECT count(*) AS n FROM tags WHERE organizationId = ?", organizationId),
];

it("continues with each table until no row is left", async () => {
	const { organizationId } = await createCaller();
	await fill(2_300, organizationId);
	await purgeIn(91);
	expect(await left(organizationId)).toEqual([0, 0]);
});

it("removes a hundred rows that each have a value in a hundred fields", async () => {
	const api = await createCaller({ keys: 3 });
	const labels = Array.from({ length: 100 }, (_, index) => `Text ${index}`);
	const keys: string[] = [];
	for (const label of labels)
		keys.push((await create(api, "/custom-fields", { entity: "leads", type: "text", label })).key);
	const lead = { name: "Jane", ...Object.fromEntries(keys.map((key) => [key, "€".repeat(40)])) };
	const items = Array.from({ length: 50 }, () => lead);
	for (const part of [items, items])
		expect((await api.post("/leads/batch", { items: part })).body.created).toBe(50);
	const links = () => total("SELECT count(*) FROM links WHERE organizationId = ?", api.organizationId);
	expect(await links()).toBe(10_000);
	await run("UPDATE leads SET deletedAt = ? WHERE organizationId = ?", Date.now(), api.organizationId);
	await purgeIn(91);
	expect(await links()).toBe(0);
	expect(await total("SELECT count(*) FROM leads WHERE organizationId = ?", api.organizationId)).toBe(0);
});

it("removes rows with very many values within what one invocation may send", async () => {
	const api = await createCaller({ keys: 3 });
	const options = Array.from({ length: 200 }, (_, index) => `o${index}`);
	const lead: Record<string, unknown> = { name: "Jane" };
	for (let count = 0; count < 20; count += 1) {
		const label = `Many ${count}`;
		const { key } = await create(api, "/custom-fields", {
			entity: "leads",
			type: "multiSelect",
			label,
			options,
		});
		lead[key] = options;
	}
	for (let count = 0; count < 15; count += 1) await create(api, "/leads", lead);
	await run("UPDATE leads SET deletedAt = ? WHERE organizationId = ?", Date.now(), api.organizationId);
	const batches: number[] = [];
	const { DB, ...env } = envFor(api.organizationId);
	const counted = withMembers(DB, {
		batch(statements: D1PreparedStatement[]) {
			batches.push(statements.length);
			return DB.batch(statements);
		},
	});
	await purge({ ...env, DB: counted }, Date.now() + 91 * DAY_MS);
	expect(Math.max(...batches)).toBeLessThan(20);
	expect(await total("SELECT count(*) FROM leads WHERE organizationId = ?", api.organizationId)).toBe(0);
	expect(await total("SELECT count(*) FROM links WHERE organizationId = ?", api.organizationId)).toBe(0);
});

it("goes on with the other tables when one fails, and says so", async () => {
	const { organizationId } = await createCaller();
	await fill(1, organizationId);
	const faults = vi.spyOn(console, "error").mockReturnValue();
	const { DB, ...env } = envFor(organizationId);
	const refusing = withMembers(DB, {
		prepare(text: string) {
			if (text.startsWith('DELETE FROM "idempotency_keys"')) throw new Error("D1_ERROR: database is full");
			return DB.prepare(text);
		},
	});
	await purge({ ...env, DB: refusing }, Date.now() + 91 * DAY_MS);
	expect(await left(organizationId)).toEqual([1, 0]);
	expect(faults.mock.calls.flat().join()).toContain('"what":"chore_failed"');
	faults.mockRestore();
	await purgeIn(91);
	expect(await left(organizationId)).toEqual([0, 0]);
});

it("stops when its time is used up, logs that, and continues in the next sweep", async () => {
	const { organizationId } = await createCaller();
	await fill(2_300, organizationId);
	const logged = vi.spyOn(console, "log").mockImplementation(() => {});
	const clock = vi.spyOn(Date, "now");
	const start = performance.timeOrigin + performance.now();
	for (const at of [0, 0, 0]) clock.mockReturnValueOnce(start + at);
	clock.mockReturnValue(start + 60_000);
	await purge(envFor(organizationId), start + 91 * DAY_MS);
	clock.mockRestore();
	expect(logged.mock.calls.flat().join()).toContain('"type":"purge"');
	logged.mockRestore();
	const [keys = 0, tags = 0] = await left(organizationId);
	expect(keys).toBe(1_800);
	expect(tags).toBe(2_200);
	await purgeIn(91);
	expect(await left(organizationId)).toEqual([0, 0]);
});
