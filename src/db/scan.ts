// One page of anything that is read along an index. What the index cannot know is tested entry by entry, and where little
// fits, a page would read all there is: so each looks at a bounded number of entries, and says where it stopped. It stops too
// where the rows become too heavy: a hundred records of half a megabyte are more than an isolate can hold.
import { getTableColumns, type SQL, sql } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import type { RawRow } from "./client.ts";

/** Entries of its index that one page looks at, at most. */
export const MOST_ENTRIES = 5_000;
/** Bytes of rows that one page gives: it ends with the row that reaches them. */
export const MOST_BYTES = 4_000_000;

export interface Scan {
	/** The rows to give, and their columns. */
	readonly table: SQLiteTable;
	readonly columns: SQL;
	/** The index to go along: only what it knows by itself is asked here. */
	readonly from: SQL;
	readonly where: readonly SQL[];
	/** What the entry is called by: `on` finds its row by it, as `entry.key`. Others may stand beside it. */
	readonly key: SQL;
	readonly on: SQL;
	/** The order of the index. */
	readonly order: SQL;
	/** What is asked of each row. */
	readonly tests: readonly SQL[];
	readonly limit: number;
	readonly entries?: number;
	/** Where this doesn't hold, there is no page. Its place is the LIMIT, which is asked once, while a condition is row by row. */
	readonly only?: SQL;
}

/**
 * The statement of one page. It gives the rows that fit (`fits`), one more than `limit` where there are, and says which was
 * the last that it looked at (`ended`), fitting or not, where it had to stop.
 */
export function scanStatement(scan: Scan): SQL {
	const { table, columns, from, where, key, on, order, tests, limit, entries = MOST_ENTRIES, only } = scan;
	const fits = tests.length === 0 ? sql`1` : sql`(${sql.join([...tests], sql` AND `)})`;
	// Numbered as they are read, not sorted: the window's order is the index's own, and CROSS JOIN keeps it.
	return withinBytes(
		sql`SELECT * FROM (SELECT ${columns}, entry."nth" = ${entries} AS "last", ${fits} AS "fits", ${weightOf(table)} AS "weight"
		FROM (SELECT ${key}, row_number() OVER (ORDER BY ${order}) AS "nth" FROM ${from} WHERE ${sql.join([...where], sql` AND `)}
			ORDER BY ${order} LIMIT ${only ? sql`iif(${only}, ${entries}, 0)` : entries}) AS entry CROSS JOIN ${table} ON ${on})
		WHERE "fits" OR "last" LIMIT ${limit + 1}`,
	);
}

/**
 * As many of the rows of a query, in its order, as a page may weigh.
 * @param found gives `weight` and, of an entry where the page ends anyway, `last`
 */
export function withinBytes(found: SQL): SQL {
	return sql`SELECT *, "last" OR "sum" >= ${MOST_BYTES} AS "ended" FROM (SELECT *, sum("weight") OVER (ROWS UNBOUNDED PRECEDING) AS "sum" FROM (${found}))
		WHERE "sum" - "weight" < ${MOST_BYTES}`;
}

/** A scalar: bytes of a row's texts. */
export function weightOf(table: SQLiteTable): SQL {
	const texts = Object.values(getTableColumns(table)).filter((column) =>
		column.getSQLType().startsWith("text"),
	);
	return sql.join(
		texts.map((column) => sql`coalesce(octet_length(${column}), 0)`),
		sql` + `,
	);
}

/** One page of what statements found that follow one another, and the row or entry that the next one begins after. */
export function pageOf(parts: readonly (readonly RawRow[])[], limit: number) {
	const rows: RawRow[] = [];
	for (const raw of parts.flat()) {
		if (raw.fits === 1) {
			if (rows.length === limit) return { rows, end: rows.at(-1) ?? null };
			rows.push(raw);
		}
		if (raw.ended === 1) return { rows, end: raw };
	}
	return { rows, end: null };
}
