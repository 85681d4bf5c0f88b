// Pages over rows in the order of their keys: logs and feeds, which have filters but no other sorts.
import { type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import { batch } from "./client.ts";
import type { Position } from "./list-query.ts";
import { pageOf, scanStatement } from "./scan.ts";

export interface Feed extends Order {
	readonly db: D1Database;
	/** Whose rows, where the key alone doesn't say: with it, the primary key. */
	readonly owner?: SQL;
	/** Bounds of the keys: the first ones that are asked for, and the first ones that aren't any more. */
	readonly from?: readonly SQL[];
	readonly before?: readonly SQL[];
	/** What is asked of each row. */
	readonly tests: readonly SQL[];
	readonly after: Position | null;
	readonly limit: number;
	/** Oldest first; newest first when left out. */
	readonly ascending?: boolean;
}

/** Rows, and the key that they are in order of. */
interface Order {
	readonly table: SQLiteTable;
	readonly columns: SQL;
	readonly key: SQLiteColumn;
	/** The result column that says where a row stands, the key there, and one beyond it that is no later row's. */
	readonly place: {
		readonly column: string;
		readonly key: (place: string) => SQL;
		readonly beyond: (place: string) => SQL;
	};
}

/** What most feeds are in order of: the rows' ids. */
export const byId = (table: SQLiteTable & { readonly id: SQLiteColumn }, beside?: SQL): Order => ({
	table,
	columns: beside ? sql`${table}.*, ${beside}` : sql`${table}.*`,
	key: table.id,
	place: { column: "id", key: (id) => sql`${id}`, beyond: (id) => sql`${`${id}0`}` },
});

/** One page, and where the next one begins. Queries in `besides` share the round trip; their rows come back too. */
export async function feedPage(feed: Feed, besides: readonly SQL[] = []) {
	const { table, key, place, columns, owner, from = [], before = [], tests, after, limit, ascending } = feed;
	const first = [...from, ...(after && ascending ? [place.beyond(after.id)] : [])];
	const end = [...before, ...(after && !ascending ? [place.key(after.id)] : [])];
	const mine = owner ? [owner] : [];
	const [found = [], ...rest] = await batch(feed.db, [
		scanStatement({
			table,
			columns,
			from: sql`${table}`,
			where: [...mine, ...bound(key, sql`>=`, sql`max`, first), ...bound(key, sql`<`, sql`min`, end)],
			key: sql`${key} AS "key"`,
			on: sql.join([...mine, sql`${key} = entry."key"`], sql` AND `),
			order: ascending ? sql`${key} ASC` : sql`${key} DESC`,
			tests,
			limit,
		}),
		...besides,
	]);
	const { rows, end: last } = pageOf([found], limit);
	const next: Position | null = last && { value: null, id: String(last[place.column]) };
	return { rows, next, besides: rest };
}

/** One bound of several: SQLite seeks by one alone, and would read from there to the others row by row. */
function bound(key: SQLiteColumn, operator: SQL, closest: SQL, values: readonly SQL[]): SQL[] {
	const [value, ...more] = values;
	if (!value) return [];
	return [
		sql`${key} ${operator} ${more.length > 0 ? sql`${closest}(${sql.join([...values], sql`, `)})` : value}`,
	];
}
