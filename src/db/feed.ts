// Pages over rows in the order of their ids: logs and feeds, which have filters but no other sorts.
import { type SQL, sql } from "drizzle-orm";
import { batch, type RawRow } from "./client.ts";
import type { Position } from "./list.ts";

export interface Feed {
	readonly db: D1Database;
	/** What to select from where, up to and including the first condition; it must be answered in `id` order. */
	readonly select: SQL;
	readonly conditions: readonly SQL[];
	readonly after: Position | null;
	readonly limit: number;
	/** Oldest first; newest first when left out. */
	readonly ascending?: boolean;
}

/** One page, and where the next one begins. Queries in `besides` share the round trip; their rows come back too. */
export async function feedPage(feed: Feed, besides: readonly SQL[] = []) {
	const [beyond, direction] = feed.ascending ? [sql`>`, sql`ASC`] : [sql`<`, sql`DESC`];
	const conditions = [...feed.conditions, ...(feed.after ? [sql`"id" ${beyond} ${feed.after.id}`] : [])];
	const where = conditions.map((condition) => sql` AND ${condition}`);
	const [found = [], ...rest] = await batch(feed.db, [
		sql`${feed.select}${sql.join(where)} ORDER BY "id" ${direction} LIMIT ${feed.limit + 1}`,
		...besides,
	]);
	const rows: RawRow[] = found.slice(0, feed.limit);
	const last = rows.at(-1);
	const next: Position | null =
		found.length > feed.limit && last ? { value: null, id: String(last.id) } : null;
	return { rows, next, besides: rest };
}
