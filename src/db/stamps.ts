// `updatedAt` is given by the commit: D1 has one writer, so what a batch stamps comes after all that anybody has read. A
// request's own clock would not do: its row becomes visible later, and no two isolates' clocks agree.
import { getTableName, type SQL, sql } from "drizzle-orm";
import { isCounter } from "./counters.ts";
import type { OwnedTable } from "./owned-row.ts";
import { counters } from "./schema/bookkeeping.ts";
import { rowsOf } from "./tenant.ts";

/**
 * What a row of an organization's is stamped with (ms): the request's instant, unless that is not after all stamps before.
 * Later by one and never the same, so that who is between two pages misses no row that is put behind the last one read.
 */
export function stamp(table: OwnedTable, organizationId: string, now: number): SQL {
	const newest = sql`SELECT "updatedAt" FROM ${rowsOf(table, organizationId)} ORDER BY "updatedAt" DESC LIMIT 1`;
	const removed = sql`SELECT "newestRemoved" FROM ${counters} WHERE ${isCounter(getTableName(table), organizationId)}`;
	return sql`max(${now}, coalesce((${newest}), 0) + 1, coalesce((${removed}), 0) + 1)`;
}
