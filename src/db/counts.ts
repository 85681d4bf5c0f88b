// The number of rows an organization has of a resource, including deleted ones, without counting them all. That of a numbered
// resource is its last number (numbers.ts) less what was removed. Other counters are written once per hundred creates:
// they count the rows up to the id `upTo`; the few rows beyond it are counted on demand. The sum is always exact: ids contain
// their time, and a row of a slow request, whose id is below `upTo`, is added to the counter when it is inserted.
import { getTableName } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import { isCounter } from "./counters.ts";
import { isNumbered, lastNumber, nextUpTo, RESERVED } from "./numbers.ts";
import { counters } from "./schema/bookkeeping.ts";
import { type SQL, sql } from "./sql.ts";
import { type Operand, rowOf, rowsOf, type TenantTable } from "./tenant.ts";

/** Bounds the rows that are read to count, and the share of creates that write the counter. */
const MAX_ROWS_BEYOND = 100;

/** A table whose rows are counted per organization. */
export type CountedTable = TenantTable & { readonly id: SQLiteColumn };

const counterOf = (table: CountedTable, organizationId: Operand) =>
	sql`FROM ${counters} WHERE ${isCounter(getTableName(table), organizationId)}`;

const beyond = (table: CountedTable, organizationId: Operand) =>
	sql`FROM ${rowsOf(table, organizationId)}
		AND ${table.id} > coalesce((SELECT ${counters.upTo} ${counterOf(table, organizationId)}), '')`;

/**
 * A scalar: the number of rows of a table that an organization has.
 * @param last the id of the row that was inserted last, if that is known: its number need not be looked for
 */
export function rowCount(table: CountedTable, organizationId: Operand, last?: Operand): SQL {
	const scalar = (of: SQL) => sql`coalesce((SELECT ${of} ${counterOf(table, organizationId)}), 0)`;
	if (!isNumbered(table))
		return sql`(${scalar(sql`${counters.value} - ${counters.removed}`)} + (SELECT count(*) ${beyond(table, organizationId)}))`;
	const number =
		last === undefined
			? lastNumber(table, organizationId)
			: sql`(SELECT "number" FROM ${rowOf(table, organizationId, last)})`;
	return sql`(${number} - ${scalar(sql`${counters.removed}`)})`;
}

/**
 * Makes the statement that counts inserted rows, by the organization and the list of their ids as JSON: those whose ids are not
 * beyond `upTo` and, when many rows are beyond it, all of these. Must come after their insert; only for tables without numbers.
 */
export const countInserted = (table: CountedTable) =>
	sql.prepared<[organizationId: string, ids: string]>((organizationId, ids) => {
		const name = getTableName(table);
		const late = sql`(SELECT count(*) FROM json_each(${ids}) AS made WHERE made.value <= "upTo")`;
		return sql`INSERT INTO ${counters} ("organizationId", "resource", "value", "upTo")
			SELECT ${organizationId}, ${name}, iif("isFull", "rows", 0) + "late", iif("isFull", "newest", "upTo") FROM
				(SELECT *, "rows" >= ${MAX_ROWS_BEYOND} AS "isFull", ${late} AS "late" FROM
					(SELECT count(*) AS "rows", max(${table.id}) AS "newest", (SELECT "upTo" ${counterOf(table, organizationId)}) AS "upTo"
						${beyond(table, organizationId)}))
			WHERE "isFull" OR "late" > 0
			ON CONFLICT DO UPDATE SET "value" = "value" + excluded."value", "upTo" = excluded."upTo"`;
	});

/**
 * Uncounts rows that are about to be removed, and stores the newest of their `updatedAt`: no later stamp may be older; and the
 * last number, because no row may get it again. Must come before the removal.
 * @param gone a query for their `organizationId`, `id` and `updatedAt`
 */
export function uncountRows(table: CountedTable, gone: SQL): SQL {
	const name = getTableName(table);
	const owner = sql`gone."organizationId"`;
	const numbered = isNumbered(table);
	const last = numbered ? lastNumber(table, owner) : sql`NULL`;
	const removed = numbered ? sql`count(*)` : sql`count(iif(gone."id" <= counter."upTo", 1, NULL))`;
	return sql`INSERT INTO ${counters} ("organizationId", "resource", "value", "removed", "newestRemoved", "lastNumber", "upTo")
		SELECT ${owner}, ${name}, coalesce(${last} + ${RESERVED}, 0), ${removed}, max(gone."updatedAt"), ${last}, ${numbered ? nextUpTo(table, owner) : sql`NULL`}
		FROM (${gone}) AS gone LEFT JOIN ${counters} AS counter ON ${isCounter(name, owner, "counter")}
		WHERE true GROUP BY 1
		ON CONFLICT DO UPDATE SET "removed" = "removed" + excluded."removed",
			"newestRemoved" = max(coalesce("newestRemoved", 0), excluded."newestRemoved"),
			"value" = max("value", excluded."value"), "lastNumber" = excluded."lastNumber", "upTo" = coalesce(excluded."upTo", "upTo")`;
}
