// How many rows an organization has of a resource, deleted ones included, without counting them. A numbered resource's
// counter is written by every create anyway, and holds the count too. Any other one's counter is written once per hundred
// creates: it has counted the rows up to the id `upTo`, and the few beyond that are counted when asked for. Exact at any
// time, since ids are made of time and a row whose id is late, for its request was slow, is added when it is inserted.
import { getTableName, type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import { isCounter } from "./counters.ts";
import { counters } from "./schema/bookkeeping.ts";
import { type Operand, rowsOf, type TenantTable } from "./tenant.ts";

/** How many rows may be beyond `upTo`: what counting costs in rows read, and what share of creates write the counter. */
const MOST_BEYOND = 100;

/** A table whose rows are counted per organization. */
export type CountedTable = TenantTable & { readonly id: SQLiteColumn };

export const isNumbered = (table: CountedTable) => "number" in table;

const counterOf = (table: CountedTable, organizationId: Operand) =>
	sql`FROM ${counters} WHERE ${isCounter(getTableName(table), organizationId)}`;

const beyond = (table: CountedTable, organizationId: Operand) =>
	sql`FROM ${rowsOf(table, organizationId)}
		AND ${table.id} > coalesce((SELECT ${counters.upTo} ${counterOf(table, organizationId)}), '')`;

/** A scalar: how many rows of a table an organization has. */
export function used(table: CountedTable, organizationId: Operand): SQL {
	const counted = sql`coalesce((SELECT ${counters.value} - ${counters.removed} ${counterOf(table, organizationId)}), 0)`;
	return isNumbered(table) ? counted : sql`(${counted} + (SELECT count(*) ${beyond(table, organizationId)}))`;
}

/** Counts those rows about to be inserted that `upTo` has passed already; only for tables without numbers. */
export function countLate(table: CountedTable, organizationId: string, ids: readonly string[]): SQL {
	const late = sql`(SELECT count(*) FROM json_each(${JSON.stringify(ids)}) AS made WHERE made.value <= "upTo")`;
	return sql`UPDATE ${counters} SET "value" = "value" + ${late}
		WHERE ${isCounter(getTableName(table), organizationId)} AND ${late} > 0`;
}

/** Moves the counter on once many rows are beyond it; stands after their insert, and only for tables without numbers. */
export function countOn(table: CountedTable, organizationId: string): SQL {
	return sql`INSERT INTO ${counters} ("organizationId", "resource", "value", "upTo")
		SELECT ${organizationId}, ${getTableName(table)}, count(*), max(${table.id}) ${beyond(table, organizationId)}
		HAVING count(*) >= ${MOST_BEYOND}
		ON CONFLICT DO UPDATE SET "value" = "value" + excluded."value", "upTo" = excluded."upTo"`;
}

/**
 * What uncounts rows about to be removed for good, and remembers the newest of their stamps: none that comes later may be
 * older. Must stand before their removal.
 * @param gone a query for their `organizationId`, `id` and `updatedAt`
 */
export function uncount(table: CountedTable, gone: SQL): SQL {
	const name = getTableName(table);
	const counted = isNumbered(table) ? sql`count(*)` : sql`count(iif(gone."id" <= counter."upTo", 1, NULL))`;
	return sql`INSERT INTO ${counters} ("organizationId", "resource", "value", "removed", "newestRemoved")
		SELECT gone."organizationId", ${name}, 0, ${counted}, max(gone."updatedAt")
		FROM (${gone}) AS gone LEFT JOIN ${counters} AS counter
			ON ${isCounter(name, sql`gone."organizationId"`, "counter")}
		WHERE true GROUP BY 1
		ON CONFLICT DO UPDATE SET "removed" = "removed" + excluded."removed",
			"newestRemoved" = max(coalesce("newestRemoved", 0), excluded."newestRemoved")`;
}
