// What a commit sends: expectations that follow each other go as one statement.
import { describe, expect, it } from "vitest";
import { withMembers } from "../../scripts/platform/d1.ts";
import type { EventCtx } from "../../src/context.ts";
import { commit, expectChanged, expect as expectInBatch } from "../../src/db/commit.ts";
import { type SQL, sql } from "../../src/db/sql.ts";
import { insertEvents } from "../../src/outbox/record.ts";
import { createCaller } from "../support/callers.ts";
import { firstShard } from "../support/shards.ts";

const expectation = (name: string, condition: SQL) => expectInBatch(condition, () => new Error(name));
const holds = sql`1 = 1`;
const write = { query: sql`SELECT 2` };

/** The database, with the number of statements of each batch. */
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

describe("what is expected before events", () => {
	const eventsOf = (organizationId: string, count = 2) =>
		insertEvents(
			{ caller: { organizationId }, now: Date.now(), actor: { type: "system" } } as EventCtx,
			Array.from({ length: count }, () => ({ type: "lead.created", entityId: "ld_1", payload: {} }) as const),
		);
	const counting = async (organizationId: string) => {
		const { DB } = firstShard;
		const base = `(SELECT ordinal << 40 FROM organizations WHERE id = '${organizationId}')`;
		const text = `SELECT count(*) AS n FROM event_log WHERE key >= ${base} AND key < ${base} + (1 << 40)`;
		return DB.prepare(text).first("n");
	};

	it("is looked up in their statement, and what is read comes with it", async () => {
		const { organizationId } = await createCaller({ shard: 0 });
		const { sizes, ctx } = counted();
		const rows: unknown[] = [];
		const scalar = {
			query: sql`(SELECT count(*) FROM "organizations") AS "many"`,
			isScalar: true as const,
			onCommitted: (found: Record<string, unknown>[]) => rows.push(found.map((row) => typeof row.many)),
		};
		const before = Number(await counting(organizationId));
		await commit(ctx, [write, expectation("one", holds), scalar, ...eventsOf(organizationId)]);
		expect(sizes).toEqual([2]);
		expect(rows).toEqual([["number", "number"]]);
		expect(await counting(organizationId)).toBe(before + 2);
	});

	it("fails with the error of the expectation that fails, and records none", async () => {
		const { organizationId } = await createCaller({ shard: 0 });
		const before = await counting(organizationId);
		for (const failing of [0, 1, 2]) {
			const all = ["a", "b", "c"].map((name, index) =>
				expectation(name, index === failing ? sql`(SELECT count(*) FROM "organizations") < 0` : holds),
			);
			const statements = [write, ...all, ...eventsOf(organizationId)];
			await expect(commit(counted().ctx, statements)).rejects.toThrow(["a", "b", "c"][failing]);
		}
		expect(await counting(organizationId)).toBe(before);
	});

	it("fails also where there is no such organization", async () => {
		const missing = "org_00000000000000000000000000";
		const looked = expectation("looked", sql`EXISTS (SELECT 1 FROM "organizations" WHERE "id" = ${missing})`);
		await expect(commit(counted().ctx, [write, looked, ...eventsOf(missing)])).rejects.toThrow("looked");
	});

	it("is a statement of its own if it asks how many rows were changed, which the full-text index hides from an INSERT", async () => {
		const caller = await createCaller({ shard: 0 });
		for (const name of ["Ada", "Bo", "Cy"]) await caller.post("/leads", { name });
		const rename = sql`UPDATE "leads" SET "name" = "name" || ' Doe' WHERE "organizationId" = ${caller.organizationId}`;
		const { sizes, ctx } = counted();
		const changed = [expectChanged(undefined, 3), expectation("one", holds)];
		await commit(ctx, [rename, ...changed, ...eventsOf(caller.organizationId)]);
		expect(sizes).toEqual([3]);
	});

	it("may be as many and as deep as a statement takes", async () => {
		const { organizationId } = await createCaller({ shard: 0 });
		const deep = sql.raw(Array(60).fill("1").join(" + "));
		const many = Array.from({ length: 80 }, () => expectation("deep", sql`${deep} = 60`));
		const { sizes, ctx } = counted();
		await commit(ctx, [write, ...many, ...eventsOf(organizationId)]);
		expect(sizes).toEqual([2]);
	});

	it("is a statement of its own where both have more parameters than D1 takes", async () => {
		const { organizationId } = await createCaller({ shard: 0 });
		const values = Array.from({ length: 95 }, (_, index) => sql`${index}`);
		const wide = expectation("wide", sql`-1 NOT IN (${sql.join(values, sql`, `)})`);
		const { sizes, ctx } = counted();
		await commit(ctx, [write, wide, ...eventsOf(organizationId)]);
		expect(sizes).toEqual([3]);
	});
});
