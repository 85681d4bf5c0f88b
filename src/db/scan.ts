// One page of anything that is read along an index. What the index cannot know is tested entry by entry, and where little
// fits, a page would read all there is: so each looks at a bounded number of entries, and says where it stopped.
import { type SQL, sql } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import type { RawRow } from "./client.ts";

/** Entries of its index that one page looks at, at most. */
export const MOST_ENTRIES = 5_000;

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
 * The statement of one page. It gives the rows that fit (`fits`), one more than `limit` where there are, and the last
 * entry that it looked at (`ended`), fitting or not, where it had to stop.
 */
export function scanStatement(scan: Scan): SQL {
	const { table, columns, from, where, key, on, order, tests, limit, entries = MOST_ENTRIES, only } = scan;
	const fits = tests.length === 0 ? sql`1` : sql`(${sql.join([...tests], sql` AND `)})`;
	// Numbered as they are read, not sorted: the window's order is the index's own, and CROSS JOIN keeps it.
	return sql`SELECT * FROM (SELECT ${columns}, entry."nth" = ${entries} AS "ended", ${fits} AS "fits"
		FROM (SELECT ${key}, row_number() OVER (ORDER BY ${order}) AS "nth" FROM ${from} WHERE ${sql.join([...where], sql` AND `)}
			ORDER BY ${order} LIMIT ${only ? sql`iif(${only}, ${entries}, 0)` : entries}) AS entry CROSS JOIN ${table} ON ${on})
		WHERE "fits" OR "ended" LIMIT ${limit + 1}`;
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
