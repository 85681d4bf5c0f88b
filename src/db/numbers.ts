// The numbers of a resource's rows in an organization: 1, 2, 3 … without gaps, assigned by the batch that inserts a row. Most
// creates don't write the counter. It has a last number (`lastNumber`), and what was inserted since is among the few rows beyond the
// id `upTo`: the greatest number of all these is the last one. Numbers are assigned so up to `value`, which is reserved in advance: versions
// before `lastNumber` go on from there. They leave a gap then, but assign no number twice.
import { getTableName } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import { isCounter } from "./counters.ts";
import { oncePerTable } from "./row-columns.ts";
import { counters } from "./schema/bookkeeping.ts";
import { type SQL, sql } from "./sql.ts";
import { isRow, type Operand, rowsOf, type TenantTable } from "./tenant.ts";

/** How many numbers are reserved at once: it bounds the rows that are read for a number, and the share of creates that write the counter. */
export const RESERVED = 20;
/** How many creates of an organization may be under way without one of them being planned again. */
const UNDER_WAY = 12;

export type NumberedTable = TenantTable & { readonly id: SQLiteColumn };

/** Whether rows of a table have numbers, from 1 in each organization. */
export const isNumbered = (table: TenantTable) => "number" in table;

/** The counter of a table: the SQL from FROM on. */
export const numberCounter = (table: NumberedTable, organizationId: Operand) =>
	sql`FROM ${counters} WHERE ${isCounter(getTableName(table), organizationId)}`;

/**
 * A scalar: the last number that was assigned in a table; 0 if none was. Where more than `RESERVED` lie between `lastNumber` and
 * `value`, or there is no `lastNumber`, a version before it has assigned what is up to `value`.
 */
export const lastNumber = (table: NumberedTable, organizationId: Operand): SQL => {
	const counted = sql`iif("value" <= "lastNumber" + ${sql.inline(sql`${RESERVED}`)}, "lastNumber", "value")`;
	const newest = sql`(SELECT max("number") FROM ${rowsOf(table, organizationId)} AND ${table.id} > "upTo")`;
	return sql`coalesce((SELECT max(${counted}, coalesce(${newest}, 0)) ${numberCounter(table, organizationId)}), 0)`;
};

/**
 * A scalar: the `upTo` for a counter that is written now. The newest rows are beyond it, because the requests that are under way
 * have ids that are hardly newer: each whose id is not beyond `upTo` has to be planned again.
 */
export const nextUpTo = (table: NumberedTable, organizationId: Operand): SQL =>
	sql`coalesce((SELECT ${table.id} FROM ${rowsOf(table, organizationId)} ORDER BY ${table.id} DESC ${sql.limit(1)} OFFSET ${sql.inline(sql`${UNDER_WAY}`)}), '')`;

/**
 * Makes the statement that reserves further numbers when none are left, by the organization and the list of the ids that were
 * inserted just before as JSON. It also does so for ids that are not beyond `upTo`: their requests were slow, or versions before
 * `lastNumber` wrote the counter.
 */
export const reserveNumbers = oncePerTable((table: NumberedTable) =>
	sql.prepared<[organizationId: string, ids: string]>((organizationId, ids) => {
		const made = sql`(SELECT max("number") FROM json_each(${ids}) AS made CROSS JOIN ${table} ON ${isRow(table, organizationId, sql`made.value`)})`;
		const isLate = sql`EXISTS (SELECT 1 FROM json_each(${ids}) AS made WHERE made.value <= "upTo")`;
		return sql`INSERT INTO ${counters} ("organizationId", "resource", "value", "lastNumber", "upTo")
			SELECT ${organizationId}, ${getTableName(table)}, "last" + ${RESERVED}, "last", ${nextUpTo(table, organizationId)}
			FROM (SELECT max(${lastNumber(table, organizationId)}, ${made}) AS "last")
			WHERE NOT EXISTS (SELECT 1 ${numberCounter(table, organizationId)} AND "lastNumber" IS NOT NULL AND "value" >= "last" AND NOT ${isLate})
			ON CONFLICT DO UPDATE SET "value" = excluded."value", "lastNumber" = excluded."lastNumber", "upTo" = excluded."upTo"`;
	}),
);
