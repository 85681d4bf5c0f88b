// Pages of rows in the order of their keys, for logs and feeds: they have filters, but no other sorts.
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import { batch } from "./client.ts";
import type { Position } from "./list-query.ts";
import { weightOf } from "./row-columns.ts";
import { readPage, scanStatement } from "./scan.ts";
import { type SQL, sql } from "./sql.ts";

export interface Feed extends Order {
	readonly db: D1Database;
	/** The condition on the owner, where the key is unique only together with the owner. */
	readonly owner?: SQL;
	/** Bounds of the keys: at or after each of `from`, before each of `before`. */
	readonly from?: readonly SQL[];
	readonly before?: readonly SQL[];
	/** Conditions that each row must meet. */
	readonly tests: readonly SQL[];
	readonly after: Position | null;
	readonly limit: number;
	/** Oldest first; default is newest first. */
	readonly ascending?: boolean;
}

/** A table and the key that orders its rows. */
interface Order {
	readonly table: SQLiteTable;
	readonly columns: SQL;
	readonly key: SQLiteColumn;
	/** The column of the position in a cursor, the key at a position, and a key between that one and the next row's. */
	readonly place: {
		readonly column: string;
		readonly key: (place: string) => SQL;
		readonly beyond: (place: string) => SQL;
	};
}

/** The order of most feeds: by the rows' ids. */
export const idOrder = (table: SQLiteTable & { readonly id: SQLiteColumn }, moreColumns?: SQL): Order => ({
	table,
	columns: moreColumns ? sql`${table}.*, ${moreColumns}` : sql`${table}.*`,
	key: table.id,
	place: { column: "id", key: (id) => sql`${id}`, beyond: (id) => sql`${`${id}0`}` },
});

/** The condition that a column has one of these values; nothing if they are not given. */
export const oneOf = (column: SQLiteColumn, values: readonly (string | number)[] | undefined): SQL[] =>
	values ? [sql`${column} IN (SELECT value FROM ${sql.each(values)})`] : [];

/** One page, and the position where the next one begins. `extraQueries` run in the same batch; their rows are `extra`. */
export async function feedPage(feed: Feed, extraQueries: readonly SQL[] = []) {
	const { table, key, place, columns, owner, from = [], before = [], tests, after, limit, ascending } = feed;
	const first = [...from, ...(after && ascending ? [place.beyond(after.id)] : [])];
	const end = [...before, ...(after && !ascending ? [place.key(after.id)] : [])];
	const ownerConditions = owner ? [owner] : [];
	const [found = [], ...rest] = await batch(feed.db, [
		scanStatement({
			table,
			columns: sql`${columns}, ${weightOf(table)} AS "weight"`,
			weight: sql`"weight"`,
			from: sql`${table}`,
			where: [
				...ownerConditions,
				...bound(key, sql`>=`, sql`max`, first),
				...bound(key, sql`<`, sql`min`, end),
			],
			key: sql`${key} AS "key"`,
			on: sql.all([...ownerConditions, sql`${key} = entry."key"`]),
			order: ascending ? sql`${key} ASC` : sql`${key} DESC`,
			tests,
			limit,
		}),
		...extraQueries,
	]);
	const { rows, end: last } = readPage([found], limit);
	const next: Position | null = last && { value: null, id: String(last[place.column]) };
	return { rows, next, extra: rest };
}

/** Combines several bounds into one: SQLite seeks by one bound only and would test the others row by row. */
function bound(key: SQLiteColumn, operator: SQL, closest: SQL, values: readonly SQL[]): SQL[] {
	const [value, ...more] = values;
	if (!value) return [];
	return [sql`${key} ${operator} ${more.length > 0 ? sql`${closest}(${sql.list(values)})` : value}`];
}
