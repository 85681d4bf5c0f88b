// Quotas are checked inside the batch of a write, so that concurrent writes can't exceed them together.
import type { Ctx } from "../context.ts";
import { expect, type Statement } from "../db/commit.ts";
import { type CountedTable, rowCount } from "../db/counts.ts";
import type { FactSource } from "../db/fact.ts";
import { oncePerTable } from "../db/row-columns.ts";
import { type SQL, sql } from "../db/sql.ts";
import type { Operand } from "../db/tenant.ts";
import { type AppError, conflict } from "../errors.ts";
import { countedBytes } from "./bytes.ts";
import { limitOf } from "./quotas.ts";

/** 409 naming the quota that a write would exceed. */
export function overQuota(name: string): AppError {
	return conflict(
		`This would exceed the organization's quota ${name}; see GET /organization/usage. Only the operator can raise it.`,
	);
}

/** A scalar: how many more rows of a table the organization may have; negative after its limit was lowered. `last` as in `rowCount`. */
export function roomIn(table: CountedTable, organizationId: Operand, last?: Operand): SQL {
	return sql`(${limitOf(organizationId, "records")} - ${rowCount(table, organizationId, last)})`;
}

const hasRoom = oncePerTable((table: CountedTable) =>
	sql.prepared<[organizationId: string, last: string]>(
		(organizationId, last) => sql`${roomIn(table, organizationId, last)} >= 0`,
	),
);

/** The same as a fact, for a write that leaves a row out if there is no room. */
export const roomFact = (table: CountedTable): FactSource<number> => ({
	query: (organizationId) => roomIn(table, organizationId),
	read: Number,
});

/** Expects that there was room for rows that were just inserted; `last` is the id of the last of them. */
export function expectRoom(
	table: CountedTable,
	organizationId: string,
	last: string,
	error?: () => Error,
): Statement {
	return expect(hasRoom(table)(organizationId, last), error);
}

/** Expects that a count is within the quota `name`; must come after the write. */
export function expectWithin(counted: SQL, limit: SQL, name: string): Statement {
	return expect(sql`${counted} <= ${limit}`, () => overQuota(name));
}

/**
 * Expects that the quota `bytes` isn't used up; must come before the events of a write, so that at most these exceed the quota.
 * What a process of this server adds to a caller's write is not checked.
 */
export function expectBytes({ caller, actor }: Pick<Ctx, "caller" | "actor">): Statement[] {
	if (actor.type === "system") return [];
	return [expect(hasBytesLeft(caller.organizationId), () => overQuota("bytes"))];
}

/** The condition that the quota `bytes` isn't used up. */
export const hasBytesLeft = sql.prepared<[organizationId: string]>(
	(organizationId) => sql`${countedBytes(organizationId)} < ${limitOf(organizationId, "bytes")}`,
);
