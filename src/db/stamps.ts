// The commit assigns `updatedAt`: D1 has one writer, so each stamp is later than all stamps that anyone has read. The clock of
// a request can't assign it: its row becomes visible later, and the clocks of isolates differ.
import { getTableName } from "drizzle-orm";
import { isCounter } from "./counters.ts";
import type { OwnedTable } from "./owned-row.ts";
import { counters } from "./schema/bookkeeping.ts";
import { type NumberOperand, type SQL, sql } from "./sql.ts";
import { type Operand, rowsOf } from "./tenant.ts";

/**
 * A scalar: the `updatedAt` of a row that is written now (ms): the request's instant, or one more than the newest stamp if
 * that is later. Only rows of one statement share a stamp, so a reader between two pages misses no row that was changed after the
 * last one read.
 */
export function nextStamp(table: OwnedTable, organizationId: Operand, now: NumberOperand): SQL {
	const newest = sql`SELECT "updatedAt" FROM ${rowsOf(table, organizationId)} ORDER BY "updatedAt" DESC LIMIT 1`;
	const removed = sql`SELECT "newestRemoved" FROM ${counters} WHERE ${isCounter(getTableName(table), organizationId)}`;
	return sql`max(${now}, coalesce((${newest}), 0) + 1, coalesce((${removed}), 0) + 1)`;
}
