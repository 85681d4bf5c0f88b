// Quotas are asserted inside the batch of a write, so that a crowd of writes can't pass them together.
import { type SQL, sql } from "drizzle-orm";
import type { Ctx } from "../context.ts";
import { expect, type Statement } from "../db/commit.ts";
import { type CountedTable, used } from "../db/counts.ts";
import type { FactSource } from "../db/fact.ts";
import { type AppError, conflict } from "../errors.ts";
import { bytesCounted } from "./bytes.ts";
import { limitOf } from "./quotas.ts";

/** 409 naming the quota that a write would exceed. */
export function overQuota(name: string): AppError {
	return conflict(
		`This would exceed the organization's quota ${name}; see GET /organization/usage. Only the operator can raise it.`,
	);
}

/** A scalar: how many more rows of a table the organization may have; below zero after its limit was lowered. */
export function roomIn(table: CountedTable, organizationId: string): SQL {
	return sql`(${limitOf(organizationId, "records")} - ${used(table, organizationId)})`;
}

/** The same as a fact of a write that does without a row where there is no room. */
export const roomFact = (table: CountedTable): FactSource<number> => ({
	query: (organizationId) => roomIn(table, organizationId),
	read: Number,
});

/** Stands after the insert of rows: there must have been room for them. */
export function expectRoom(table: CountedTable, organizationId: string, error: () => Error): Statement {
	return expect(sql`${roomIn(table, organizationId)} >= 0`, error);
}

/** Stands after a write: what it counts must be within the quota `name`. */
export function expectWithin(counted: SQL, limit: SQL, name: string): Statement {
	return expect(sql`${counted} <= ${limit}`, () => overQuota(name));
}

/**
 * Stands before what a write adds: the organization must be below its quota, which so is passed by one write at the most.
 * What a process of ours adds to a caller's write goes with that.
 */
export function expectBytes({ caller, actor }: Pick<Ctx, "caller" | "actor">): Statement[] {
	if (actor.type === "system") return [];
	const { organizationId } = caller;
	const below = sql`${bytesCounted(organizationId)} < ${limitOf(organizationId, "bytes")}`;
	return [expect(below, () => overQuota("bytes"))];
}
