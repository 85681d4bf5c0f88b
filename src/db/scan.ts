// One page of rows that are read in the order of an index. Conditions that the index can't answer are tested entry by entry.
// A page reads a bounded number of entries, even if few rows meet the conditions, and returns where it stopped. It also stops
// when its rows become too large: a hundred records of half a megabyte don't fit into an isolate.
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import type { RawRow } from "./client.ts";
import { COMPUTED_ONCE, type SQL, sql } from "./sql.ts";

/** The maximum of index entries that one page reads. */
export const MAX_SCANNED_ENTRIES = 5_000;
/** A page ends with the row that reaches this size. */
export const MAX_PAGE_BYTES = 4_000_000;

export interface Scan {
	/** The rows to return, their columns, and how large each of them is, as an expression of these columns. */
	readonly table: SQLiteTable;
	readonly columns: SQL;
	readonly weight: SQL;
	/** The index to read, with conditions that it answers by itself. */
	readonly from: SQL;
	readonly where: readonly SQL[];
	/** The key of an entry; `on` joins its row by `entry.key`. More columns may follow it. */
	readonly key: SQL;
	readonly on: SQL;
	/** The order of the index. */
	readonly order: SQL;
	/** Conditions that are tested on each row. */
	readonly tests: readonly SQL[];
	readonly limit: number;
	readonly entries?: number;
	/** If this is false, the page is empty. It is part of the LIMIT, which is evaluated once and not row by row. */
	readonly condition?: SQL;
}

/**
 * The statement of one page. It returns the rows that meet all conditions (`fits`), up to one more than `limit`, and marks the
 * last entry it read (`ended`) if it had to stop there, even if that one does not meet them.
 */
export function scanStatement(scan: Scan): SQL {
	const {
		table,
		columns,
		weight,
		from,
		where,
		key,
		on,
		order,
		tests,
		limit,
		entries = MAX_SCANNED_ENTRIES,
		condition,
	} = scan;
	const fits = sql`(${sql.all(tests)})`;
	const most = sql.inline(sql`${entries}`);
	// No sort is needed: the window has the order of the index, and CROSS JOIN keeps it.
	return limitBytes(
		sql`SELECT * FROM (SELECT ${columns}, entry."nth" = ${most} AS "last", ${fits} AS "fits"
		FROM (SELECT ${key}, row_number() OVER (ORDER BY ${order}) AS "nth" FROM ${from} WHERE ${sql.all(where)}
			ORDER BY ${order} LIMIT ${condition ? sql`iif(${condition}, ${most}, 0)` : most}) AS entry CROSS JOIN ${table} ON ${on})
		WHERE "fits" OR "last" ${sql.limit(limit + 1)}`,
		weight,
	);
}

/**
 * The first rows of a query, up to the maximum size of a page.
 * @param found returns `last` for an entry where the page ends anyway
 * @param weight how large a row is, as an expression of the columns that are found
 */
export function limitBytes(found: SQL, weight = sql`"weight"`): SQL {
	return sql`SELECT *, "last" OR "sum" >= ${MAX_PAGE_BYTES} AS "ended" FROM
			(SELECT *, sum("bytes") OVER (ROWS UNBOUNDED PRECEDING) AS "sum" FROM (SELECT *, ${weight} AS "bytes" FROM (${found}) ${COMPUTED_ONCE}))
		WHERE "sum" - "bytes" < ${MAX_PAGE_BYTES}`;
}

/**
 * One page from the results of consecutive statements, and the row or entry after which the next page begins.
 * @param isWanted whether a row belongs to the page; a statement has no row after the first that is beyond the limit, so the page
 *   ends there, even if it is short
 */
export function readPage(
	parts: readonly (readonly RawRow[])[],
	limit: number,
	isWanted: (raw: RawRow) => boolean = () => true,
) {
	const rows: RawRow[] = [];
	for (const part of parts)
		for (const [index, raw] of part.entries()) {
			if (raw.fits === 1 && isWanted(raw)) {
				if (rows.length === limit) return { rows, end: rows.at(-1) ?? null };
				rows.push(raw);
			}
			if (raw.ended === 1 || index === limit) return { rows, end: raw };
		}
	return { rows, end: null };
}
