// Makes many rows and measures the cost of reading a few. D1 counts the rows read.
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import { MAX_LOOKUPS } from "../../src/db/list.ts";
import { MAX_SCANNED_ENTRIES } from "../../src/db/scan.ts";
import type { Api, Json } from "./api.ts";
import { withMembers, workerWith } from "./bindings.ts";
import { columnsOf, run, wrapDatabases } from "./shards.ts";

let read = 0;
let given = 0;

/** A target for `Api.via` that counts the rows read. */
export const countReads = workerWith({
	...env,
	...wrapDatabases((db) =>
		withMembers(db, {
			async batch(statements: D1PreparedStatement[]) {
				const results = await db.batch(statements);
				for (const { meta } of results) read += meta.rows_read;
				given += JSON.stringify(results.map(({ results: rows }) => rows)).length;
				return results;
			},
		}),
	),
});

/** Makes `count` newer copies of a row, including its search and link rows. */
export async function copyRow(table: string, { id }: { readonly id: string }, count: number): Promise<void> {
	const columns = (await columnsOf(table)).filter((name) => name !== "seq");
	const names = columns.map((name) => `"${name}"`).join(", ");
	const numbers = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})`;
	const copy = "substr(o.id, 1, instr(o.id, '_')) || '7' || printf('%025d', n.i)";
	const values = columns.map((name) => (name === "id" || name === "hash" ? copy : `o."${name}"`)).join(", ");
	// A sealed secret can only be opened for its own row.
	if (table === "webhooks") await run("UPDATE webhooks SET secret = NULL, headers = NULL");
	await run(
		`INSERT INTO ${table} (${names}) ${numbers} SELECT ${values} FROM n CROSS JOIN ${table} AS o WHERE o.id = ?`,
		id,
	);
	await run(
		`INSERT INTO links (organizationId, field, toId, fromId) ${numbers} SELECT o.organizationId, o.field, o.toId,
			${copy.replaceAll("o.id", "o.fromId")} FROM n CROSS JOIN links AS o WHERE o.fromId = ?`,
		id,
	);
}

/** The cost of a successful request: rows read by D1, and characters in its results. */
export async function requestCost(request: () => ReturnType<Api["get"]>, what = "") {
	read = 0;
	given = 0;
	const { status, body, text } = await request();
	expect(status, `${what} ${text.slice(0, 500)}`).toBeLessThan(300);
	return { body, rows: read, characters: given };
}

/** The cost of a page. */
export const pageCost = (api: Api, path: string) => requestCost(() => api.get(path), path);

/** Each entry is read in its index, numbered and handed on, and has its row read; then there is what its tests look up. */
export const MAX_ROWS_READ = 5 * MAX_SCANNED_ENTRIES + MAX_LOOKUPS;

/** All items of a list, page after page, each of which reads a bounded part of the rows. */
export async function allPages(api: Api, path: string): Promise<{ items: Json[]; pages: number }> {
	const items: Json[] = [];
	let pages = 0;
	for (let cursor: string | null = ""; cursor !== null; pages += 1) {
		const { body, rows } = await pageCost(api, `${path}${cursor && `&cursor=${cursor}`}`);
		expect(rows, path).toBeLessThan(MAX_ROWS_READ);
		items.push(...body.items);
		expect(body.hasMore).toBe(body.nextCursor !== null);
		cursor = body.nextCursor;
	}
	return { items, pages };
}
