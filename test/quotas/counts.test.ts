// Counters that are kept incrementally must equal a real count after any sequence of writes.
import { describe, expect, it } from "vitest";
import { batch } from "../../src/db/client.ts";
import type { WithoutInternal } from "../../src/db/columns.ts";
import { rowCount, uncountRows } from "../../src/db/counts.ts";
import type { OwnedTable } from "../../src/db/owned-row.ts";
import { tags } from "../../src/db/schema/reference.ts";
import { bound, sql } from "../../src/db/sql.ts";
import { tableStore } from "../../src/db/store.ts";
import { newId } from "../../src/ids.ts";
import { createOrganization } from "../support/callers.ts";
import { firstShard } from "../support/shards.ts";

const START = Date.parse("2026-03-01T12:00:00Z");
const AT = new Date(START).toISOString();

/** The same numbers every time. */
function random(seed: number): (below: number) => number {
	let state = seed;
	return (below) => {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		return Math.floor((state / 2 ** 32) * below);
	};
}

async function counts(table: OwnedTable, organizationId: string) {
	const [rows] = await batch(firstShard.DB, [
		sql`SELECT ${rowCount(table, sql`${organizationId}`)} AS "used",
			(SELECT count(*) FROM ${table} WHERE "organizationId" = ${organizationId}) AS "there"`,
	]);
	return { used: Number(rows?.[0]?.used), there: Number(rows?.[0]?.there) };
}

const owned = (organizationId: string, id: string) => ({
	organizationId,
	id,
	version: 1,
	createdAt: AT,
	updatedAt: AT,
	deletedAt: null,
});

const tagStore = tableStore<WithoutInternal<typeof tags.$inferSelect>>(tags);

const insertTags = (organizationId: string, instants: readonly number[]) =>
	batch(
		firstShard.DB,
		tagStore.insert(
			START,
			instants.map((instant) => ({
				...owned(organizationId, newId("tag", instant)),
				name: "T",
				color: null,
				type: null,
			})),
			tagStore.plainMapping,
		),
	);

const remove = (table: OwnedTable, gone: ReturnType<typeof sql>) =>
	batch(firstShard.DB, [
		uncountRows(table, gone),
		sql`DELETE FROM ${table} WHERE ("organizationId", "id") IN (SELECT "organizationId", "id" FROM (${gone}))`,
	]);

describe("the count of a resource without numbers", () => {
	it.each([1, 2, 3])("is exact with late rows, batches and removals (%i)", async (seed) => {
		const below = random(seed);
		const organizationId = await createOrganization(0);
		const other = await createOrganization(0);
		let now = START;
		for (let step = 0; step < 120; step += 1) {
			now += below(1_000);
			const size = below(4) === 0 ? 1 + below(100) : 1;
			// A request may be slow: its ids are from before, and may be older than everything.
			const late = () => now - (below(3) === 0 ? below(40_000) : 0);
			await insertTags(organizationId, Array.from({ length: size }, late));
			await insertTags(other, [now]);
			if (below(6) === 0)
				await remove(
					tags,
					sql`SELECT "organizationId", "id", "updatedAt" FROM ${tags} WHERE "organizationId" = ${organizationId}
						ORDER BY substr("id", -3) LIMIT ${below(30)}`,
				);
			const { used: counted, there } = await counts(tags, organizationId);
			expect(counted, `step ${step}`).toBe(there);
		}
		expect(await counts(tags, other)).toEqual({ used: 120, there: 120 });
	});

	it("reads and writes no more with many rows than with few", async () => {
		const cost = async (rows: number) => {
			const organizationId = await createOrganization(0);
			for (let done = 0; done < rows; done += 100)
				await insertTags(organizationId, Array(100).fill(START + done));
			const row = {
				...owned(organizationId, newId("tag", START + rows)),
				name: "T",
				color: null,
				type: null,
			};
			const statements = tagStore.insert(START, [row], tagStore.plainMapping);
			const results = await firstShard.DB.batch(
				statements.map((statement) => {
					const { text, params } = bound(statement);
					return firstShard.DB.prepare(text).bind(...params);
				}),
			);
			const sum = (pick: (meta: D1Meta) => number) =>
				results.reduce((total, { meta }) => total + pick(meta), 0);
			return { read: sum((meta) => meta.rows_read), written: sum((meta) => meta.rows_written) };
		};
		const few = await cost(100);
		expect(await cost(3_000)).toEqual(few);
		// The row, and its place in two orders: the counter is not among them.
		expect(few.written).toBe(3);
	});
});
