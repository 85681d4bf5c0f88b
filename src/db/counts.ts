// The number of rows an organization has of a resource, including deleted ones, without counting them all. Every create of a
// numbered resource writes its counter anyway, which has the count too. Other counters are written once per hundred creates:
// they count the rows up to the id `upTo`; the few rows beyond it are counted on demand. The sum is always exact: ids contain
// their time, and a row of a slow request, whose id is below `upTo`, is added to the counter when it is inserted.
import { getTableName } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import { isCounter } from "./counters.ts";
import { counters } from "./schema/bookkeeping.ts";
import { type SQL, sql } from "./sql.ts";
import { type Operand, rowsOf, type TenantTable } from "./tenant.ts";

/** Bounds the rows that are read to count, and the share of creates that write the counter. */
const MAX_ROWS_BEYOND = 100;

/** A table whose rows are counted per organization. */
export type CountedTable = TenantTable & { readonly id: SQLiteColumn };

export const isNumbered = (table: CountedTable) => "number" in table;

const counterOf = (table: CountedTable, organizationId: Operand) =>
	sql`FROM ${counters} WHERE ${isCounter(getTableName(table), organizationId)}`;

const beyond = (table: CountedTable, organizationId: Operand) =>
	sql`FROM ${rowsOf(table, organizationId)}
		AND ${table.id} > coalesce((SELECT ${counters.upTo} ${counterOf(table, organizationId)}), '')`;

/** A scalar: the number of rows of a table that an organization has. */
export function rowCount(table: CountedTable, organizationId: Operand): SQL {
	const counted = sql`coalesce((SELECT ${counters.value} - ${counters.removed} ${counterOf(table, organizationId)}), 0)`;
	return isNumbered(table) ? counted : sql`(${counted} + (SELECT count(*) ${beyond(table, organizationId)}))`;
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
 * Uncounts rows that are about to be removed, and stores the newest of their `updatedAt`: no later stamp may be older.
 * Must come before the removal.
 * @param gone a query for their `organizationId`, `id` and `updatedAt`
 */
export function uncountRows(table: CountedTable, gone: SQL): SQL {
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
