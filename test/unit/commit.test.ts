// What a commit sends: expectations that follow each other go as one statement.
import { describe, expect, it } from "vitest";
import { withMembers } from "../../scripts/platform/d1.ts";
import { commit, expect as expectInBatch } from "../../src/db/commit.ts";
import { type SQL, sql } from "../../src/db/sql.ts";
import { firstShard } from "../support/shards.ts";

const expectation = (name: string, condition: SQL) => expectInBatch(condition, () => new Error(name));
const holds = sql`1 = 1`;
const write = { query: sql`SELECT 2` };

/** The database, with the number of statements of its last batch. */
function counted() {
	const sizes: number[] = [];
	const batch = (statements: D1PreparedStatement[]) => {
		sizes.push(statements.length);
		return firstShard.DB.batch(statements);
	};
	return {
		sizes,
		ctx: { env: { ...firstShard, DB: withMembers(firstShard.DB, { batch } as Partial<D1Database>) } },
	};
}

describe("a commit", () => {
	it("sends expectations that follow each other as one statement, and others where they are", async () => {
		const { sizes, ctx } = counted();
		const one = expectation("one", holds);
		await commit(ctx, [one, one, one, write, one, one]);
		expect(sizes).toEqual([3]);
	});

	it("fails with the error of the expectation that fails", async () => {
		for (const failing of [0, 1, 2]) {
			const all = ["a", "b", "c"].map((name, index) =>
				expectation(name, index === failing ? sql`1 = 0` : holds),
			);
			await expect(commit(counted().ctx, [write, ...all])).rejects.toThrow(["a", "b", "c"][failing]);
		}
	});

	it("sends no more parameters in a statement than D1 takes", async () => {
		const { sizes, ctx } = counted();
		const values = Array.from({ length: 60 }, (_, index) => sql`${index}`);
		const wide = expectation("wide", sql`1 NOT IN (${sql.join(values, sql`, `)}) OR true`);
		await commit(ctx, [wide, wide, wide]);
		expect(sizes).toEqual([3]);
	});

	it("reads a scalar together with the expectations before it", async () => {
		const { sizes, ctx } = counted();
		const rows: unknown[] = [];
		const scalar = {
			query: sql`7 AS "seven"`,
			isScalar: true as const,
			onCommitted: (found: Record<string, unknown>[]) => rows.push(found[0]?.seven),
		};
		await commit(ctx, [write, expectation("one", holds), scalar]);
		expect(sizes).toEqual([2]);
		expect(rows).toEqual([7]);
	});

	it("gives each statement its own rows", async () => {
		const rows: unknown[] = [];
		const read = (value: number) => ({
			query: sql`SELECT ${value} AS "value"`,
			onCommitted: (found: Record<string, unknown>[]) => rows.push(found[0]?.value),
		});
		const one = expectation("one", holds);
		await commit(counted().ctx, [one, one, read(1), one, read(2)]);
		expect(rows).toEqual([1, 2]);
	});
});
