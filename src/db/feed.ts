// Pages over rows in the order of their ids: logs and feeds, which have filters but no other sorts.
import { type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import { batch } from "./client.ts";
import type { Position } from "./list.ts";
import { pageOf, scanStatement } from "./scan.ts";

export interface Feed {
	readonly db: D1Database;
	readonly table: SQLiteTable & { readonly id: SQLiteColumn };
	/** Columns beside the table's own. */
	readonly beside?: SQL;
	/** Whose rows: with `id`, the primary key. */
	readonly owner: SQL;
	/** Bounds of the ids. */
	readonly within?: readonly SQL[];
	/** What is asked of each row. */
	readonly tests: readonly SQL[];
	readonly after: Position | null;
	readonly limit: number;
	/** Oldest first; newest first when left out. */
	readonly ascending?: boolean;
}

/** One page, and where the next one begins. Queries in `besides` share the round trip; their rows come back too. */
export async function feedPage(feed: Feed, besides: readonly SQL[] = []) {
	const { table, owner, within = [], tests, after, limit, beside } = feed;
	const [beyond, direction] = feed.ascending ? [sql`>`, sql`ASC`] : [sql`<`, sql`DESC`];
	const [found = [], ...rest] = await batch(feed.db, [
		scanStatement({
			table,
			columns: beside ? sql`${table}.*, ${beside}` : sql`${table}.*`,
			from: sql`${table}`,
			where: [owner, ...within, ...(after ? [sql`${table.id} ${beyond} ${after.id}`] : [])],
			key: sql`${table.id} AS "key"`,
			on: sql`${owner} AND ${table.id} = entry."key"`,
			order: sql`${table.id} ${direction}`,
			tests,
			limit,
		}),
		...besides,
	]);
	const { rows, end } = pageOf([found], limit);
	const next: Position | null = end && { value: null, id: String(end.id) };
	return { rows, next, besides: rest };
}
