// Numbers of rows: none twice and none left out, whatever happens in between, and the count that follows from them.
import { afterEach, describe, expect, it, vi } from "vitest";
import { batch } from "../../src/db/client.ts";
import type { WithoutInternal } from "../../src/db/columns.ts";
import { rowCount, uncountRows } from "../../src/db/counts.ts";
import { RESERVED } from "../../src/db/numbers.ts";
import { leads } from "../../src/db/schema/leads.ts";
import { sql } from "../../src/db/sql.ts";
import { tableStore } from "../../src/db/store.ts";
import { firstIdAt, newId } from "../../src/ids.ts";
import type { Api } from "../support/api.ts";
import { watchBindings } from "../support/bindings.ts";
import { createCaller } from "../support/callers.ts";
import { create } from "../support/deals.ts";
import { dbOf, run } from "../support/shards.ts";

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

afterEach(() => {
	vi.useRealTimers();
});

/** The numbers of an organization's leads, ascending. */
const numbersOf = async (organizationId: string) =>
	(
		await run<{ number: number }>(
			"SELECT number FROM leads WHERE organizationId = ? ORDER BY number",
			organizationId,
		)
	).map(({ number }) => number);

const counterOf = async (organizationId: string, resource = "leads") =>
	(
		await run<{ value: number; lastNumber: number | null; upTo: string | null }>(
			"SELECT value, lastNumber, upTo FROM counters WHERE organizationId = ? AND resource = ?",
			organizationId,
			resource,
		)
	)[0];

async function countOf(organizationId: string): Promise<number> {
	const [rows] = await batch(dbOf(organizationId), [
		sql`SELECT ${rowCount(leads, sql`${organizationId}`)} AS "count"`,
	]);
	return Number(rows?.[0]?.count);
}

const store = tableStore<WithoutInternal<typeof leads.$inferSelect>>(leads);

const BLANK = {
	...{ custom: {}, firstName: null, lastName: null, email: null, mobile: null, secondaryMobile: null },
	...{ title: null, position: null, company: null, website: null, twitter: null, linkedin: null },
	...{ notes: null, score: null, value: null, currency: null, expectedCloseDate: null, sourceId: null },
	...{ stageId: null, ownerId: null, assigneeIds: [], tagIds: [], archived: false },
	...{ convertedAt: null, convertedClientId: null, convertedDealId: null, seq: 0, number: 0, name: "Jane" },
};

/** Inserts leads with ids of these instants, as another isolate does, which knows nothing of what is reserved. */
const insert = (organizationId: string, instants: readonly number[]) =>
	batch(
		dbOf(organizationId),
		store.insert(
			Date.now(),
			instants.map((instant) => ({
				organizationId,
				id: newId("ld", instant),
				version: 1,
				createdAt: new Date(instant).toISOString(),
				updatedAt: new Date(instant).toISOString(),
				deletedAt: null,
				...BLANK,
			})),
			store.plainMapping,
		),
	);

/** Removes leads for good, as the sweeper does. */
const remove = (organizationId: string, which: ReturnType<typeof sql>) => {
	const gone = sql`SELECT "organizationId", "id", "updatedAt" FROM ${leads} WHERE "organizationId" = ${organizationId} AND ${which}`;
	return batch(dbOf(organizationId), [
		uncountRows(leads, gone),
		sql`DELETE FROM ${leads} WHERE "organizationId" = ${organizationId} AND "id" IN (SELECT "id" FROM (${gone}))`,
	]);
};

const EMPTY = "custom, assigneeIds, tagIds, archived";
const EMPTY_VALUES = "'{}', '[]', '[]', 0";

/** Creates a lead as the version before `lastNumber` did: the counter first, then a row with its value as number. */
async function insertByFormerVersion(organizationId: string, instant = Date.now()): Promise<void> {
	const id = newId("ld", instant);
	await dbOf(organizationId).batch([
		dbOf(organizationId)
			.prepare(
				`INSERT INTO counters ("organizationId", "resource", "value") VALUES (?, 'leads', 1)
					ON CONFLICT DO UPDATE SET "value" = "value" + excluded."value"`,
			)
			.bind(organizationId),
		dbOf(organizationId)
			.prepare(
				`INSERT INTO leads ("organizationId", "id", "version", "createdAt", "updatedAt", "name", ${EMPTY}, "number")
					SELECT ?1, ?2, 1, ?3, ?3, 'Old', ${EMPTY_VALUES}, "value" FROM counters WHERE "organizationId" = ?1 AND "resource" = 'leads'`,
			)
			.bind(organizationId, id, Date.now()),
	]);
}

describe("numbers of leads", () => {
	it("have no gaps, though the counter is written once for many creates", async () => {
		const watch = watchBindings();
		const api = (await createCaller({ keys: 2 })).via(watch.target);
		await create(api, "/leads", { name: "Jane" });
		watch.reset();
		for (let n = 1; n < 63; n += 1) await create(api, "/leads", { name: "Jane" });
		const texts = watch.roundTrips.flat().map(({ text }) => text);
		expect(texts.filter((text) => text.startsWith('INSERT INTO "counters"'))).toHaveLength(2);
		expect(await numbersOf(api.organizationId)).toEqual(upTo(63));
		expect(await counterOf(api.organizationId)).toMatchObject({ value: 43 + RESERVED, lastNumber: 43 });
		expect(await countOf(api.organizationId)).toBe(63);
	});

	it("go on when what an isolate knows is no longer so", async () => {
		const api = await createCaller();
		const { organizationId } = api;
		await create(api, "/leads", { name: "Jane" });
		// Another isolate has used what was reserved.
		for (let n = 0; n < 25; n += 1) await insert(organizationId, [Date.now()]);
		await create(api, "/leads", { name: "Jane" });
		await run("UPDATE counters SET value = lastNumber WHERE organizationId = ?", organizationId);
		await create(api, "/leads", { name: "Jane" });
		await run("DELETE FROM counters WHERE organizationId = ? AND resource = 'leads'", organizationId);
		await run("UPDATE leads SET number = 0 WHERE organizationId = ?", organizationId);
		expect(await create(api, "/leads", { name: "Jane" })).toMatchObject({ number: 1 });
	});

	it("are not those of leads that were removed for good, not even of the newest", async () => {
		const api = await createCaller();
		const { organizationId } = api;
		for (let n = 0; n < 5; n += 1) await create(api, "/leads", { name: "Jane" });
		await remove(organizationId, sql`"number" IN (1, 5)`);
		expect(await countOf(organizationId)).toBe(3);
		expect(await create(api, "/leads", { name: "Jane" })).toMatchObject({ number: 6 });
		await remove(organizationId, sql`true`);
		expect(await countOf(organizationId)).toBe(0);
		expect(await create(api, "/leads", { name: "Jane" })).toMatchObject({ number: 7 });
		expect(await countOf(organizationId)).toBe(1);
	});

	it.each([1, 2, 3, 4])(
		"are exact with slow requests, batches, other isolates and removals (%i)",
		async (seed) => {
			let state = seed;
			const below = (limit: number) => {
				state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
				return Math.floor((state / 2 ** 32) * limit);
			};
			const api = await createCaller({ keys: 3 });
			const { organizationId } = api;
			let last = 0;
			const removed = new Set<number>();
			for (let step = 0; step < 60; step += 1) {
				const kind = below(6);
				if (kind < 3) {
					expect((await create(api, "/leads", { name: "Jane" })).number, `step ${step}`).toBe(last + 1);
					last += 1;
				} else if (kind < 5) {
					// Ids of slow requests are from before, and may be older than everything.
					const size = below(4) === 0 ? 1 + below(100) : 1;
					const late = () => Date.now() - (below(3) === 0 ? below(4_000) : 0);
					await insert(organizationId, Array.from({ length: size }, late));
					last += size;
				} else {
					const from = 1 + below(last + 1);
					for (let number = from; number <= last; number += 1) removed.add(number);
					await remove(organizationId, sql`"number" >= ${from}`);
				}
				const expected = upTo(last).filter((number) => !removed.has(number));
				expect(await numbersOf(organizationId), `step ${step}`).toEqual(expected);
				expect(await countOf(organizationId), `step ${step}`).toBe(expected.length);
			}
		},
	);
});

describe("numbers of leads during an upgrade and after a rollback", () => {
	const creates = async (api: Api, count: number) => {
		for (let n = 0; n < count; n += 1) await create(api, "/leads", { name: "Jane" });
	};

	it("go on from the counter of the former version", async () => {
		const api = await createCaller();
		for (let n = 0; n < 3; n += 1) await insertByFormerVersion(api.organizationId);
		await creates(api, 2);
		expect(await numbersOf(api.organizationId)).toEqual(upTo(5));
		expect(await countOf(api.organizationId)).toBe(5);
	});

	it("are never assigned twice, while both versions write in turn", async () => {
		const api = await createCaller({ keys: 4 });
		const { organizationId } = api;
		for (let round = 0; round < 12; round += 1) {
			await creates(api, (7 * round) % 25);
			for (let n = 0; n < 1 + (round % 3); n += 1)
				await insertByFormerVersion(organizationId, Date.now() - (n % 2) * 60_000);
			if (round % 5 === 4)
				await remove(
					organizationId,
					sql`"number" = (SELECT max("number") FROM ${leads} WHERE "organizationId" = ${organizationId})`,
				);
			await insert(organizationId, [Date.now() - 5_000]);
		}
		const numbers = await numbersOf(organizationId);
		expect(new Set(numbers).size).toBe(numbers.length);
		// What was reserved is left out each time that the former version goes on.
		expect(Math.max(...numbers)).toBeLessThan(numbers.length + 12 * RESERVED);
	});

	it("reads the rows of a former version once, and few rows after it", async () => {
		const watch = watchBindings();
		const api = (await createCaller()).via(watch.target);
		const { organizationId } = api;
		await creates(api, 1);
		const id = firstIdAt("ld", Date.now() + 1_000).slice(0, 13);
		await dbOf(organizationId)
			.prepare(
				`INSERT INTO leads (organizationId, id, version, createdAt, updatedAt, name, ${EMPTY}, number)
					WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
					SELECT ?1, ?2 || printf('%016d', i), 1, 0, 0, 'Old', ${EMPTY_VALUES}, 21 + i FROM n`,
			)
			.bind(organizationId, id)
			.run();
		await run(
			"UPDATE counters SET value = 521 WHERE organizationId = ? AND resource = 'leads'",
			organizationId,
		);
		expect(await create(api, "/leads", { name: "Jane" })).toMatchObject({ number: 522 });
		expect(await counterOf(organizationId)).toMatchObject({ value: 522 + RESERVED, lastNumber: 522 });
	});
});
