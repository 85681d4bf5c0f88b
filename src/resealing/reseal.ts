// Encrypts values with the first ENCRYPTION_KEY that were encrypted with another one, so that the other key can be removed. The
// operator adds the tables to `resealings`, which stores the progress: a table is read in slices, and again until a pass finds
// nothing. Callers notice nothing: a row keeps its version, and a row that changes meanwhile is left to the next pass.
import { getTableName } from "drizzle-orm";
import type { Chore } from "../chore.ts";
import { splitIntoChunks } from "../db/chunks.ts";
import { batch, type RawRow } from "../db/client.ts";
import { write } from "../db/commit.ts";
import { resealings } from "../db/schema/resealings.ts";
import { type SealedTable, sealedTables } from "../db/sealed-tables.ts";
import { type SQL, sql } from "../db/sql.ts";
import { ownedBy } from "../db/tenant.ts";
import type { Env } from "../env.ts";
import type { Keyring } from "../keyring.ts";
import { logFault } from "../log.ts";
import { beginningOf, seal, unseal } from "../sealed.ts";
import { settingsOf } from "../settings.ts";

/** Rows per slice. A stored answer may have one megabyte, and D1 returns up to fifty per query. */
const ROWS = 50;

/** The chores of all tables with encrypted values. */
export const resealChores = (): Chore[] =>
	sealedTables.map((one) => {
		const name = getTableName(one.table);
		return { name: `reseal ${name}`, due: dueOf(name), run: (env) => resealSlice(env, one, name) };
	});

/** A query that returns a row as long as a table is not done. */
const dueOf = (name: string): SQL => sql`SELECT 1 FROM ${resealings} WHERE ${resealings.table} = ${name}`;

/** Handles one slice of a table. Returns whether the table is not done. */
async function resealSlice(env: Env, { table, id, columns }: SealedTable, name: string): Promise<boolean> {
	const ring = settingsOf(env).ENCRYPTION_KEY;
	const key = sql`"organizationId", ${sql.identifier(id)}`;
	const position = sql`SELECT "organizationId", "id" FROM ${resealings} WHERE ${resealings.table} = ${name}`;
	const values = columns.map(({ column }) => valueUnderLaterKey(ring, sql.identifier(column)));
	const [rows = []] = await batch(env.DB, [
		sql`SELECT ${key}, ${sql.list(values)} FROM ${table} WHERE (${key}) > (${position}) ORDER BY ${key} ${sql.limit(ROWS)}`,
	]);
	let found = 0;
	const updates: SQL[] = [];
	for (const { column, scopeOf } of columns) {
		const resealed: [organizationId: string, id: string, former: string, next: string][] = [];
		for (const row of rows.filter((one) => one[column] !== null)) {
			const organizationId = String(row.organizationId);
			const own = String(row[id]);
			const former = String(row[column]);
			try {
				const next = await resealedText(ring, organizationId, scopeOf(own), former);
				resealed.push([organizationId, own, former, next]);
			} catch (error) {
				logFault("not_resealed", { organizationId, table: name, column }, error);
			}
		}
		found += resealed.length;
		const target = sql.identifier(column);
		for (const { each } of splitIntoChunks(resealed))
			updates.push(sql`UPDATE ${table} SET ${target} = seen.value->>3 FROM ${each} AS seen
				WHERE ${ownedBy(table, sql`seen.value->>0`)} AND ${table}.${sql.identifier(id)} = seen.value->>1 AND ${table}.${target} = seen.value->>2`);
	}
	const last = rows.length < ROWS ? undefined : rows.at(-1);
	const results = await write(env.DB, [
		...updates,
		...progressStatements(name, last, id, found),
		dueOf(name),
	]);
	return (results.at(-1)?.length ?? 0) > 0;
}

/** The statements that store the progress of a pass. Without `last` the pass ends; the table is done if the pass found nothing. */
function progressStatements(name: string, last: RawRow | undefined, id: string, found: number): SQL[] {
	const its = sql`${resealings.table} = ${name}`;
	const [owner, own] = last ? [last.organizationId, last[id]] : ["", ""];
	const sum = sql`"found" + ${found}`;
	return [
		...(last ? [] : [sql`DELETE FROM ${resealings} WHERE ${its} AND ${sum} = 0`]),
		sql`UPDATE ${resealings} SET "organizationId" = ${owner}, "id" = ${own}, "found" = ${last ? sum : 0} WHERE ${its}`,
	];
}

/** A column if it is encrypted with a key of the ring other than the first, else NULL. */
function valueUnderLaterKey(ring: Keyring, column: SQL | ReturnType<typeof sql.identifier>): SQL {
	const beginnings = sql.each(ring.all.slice(1).map(beginningOf));
	return sql`iif(EXISTS (SELECT 1 FROM ${beginnings} WHERE substr(${column}, 1, length(value)) = value), ${column}, NULL) AS ${column}`;
}

/** The text encrypted with the first key. What follows a blank is not encrypted. */
async function resealedText(ring: Keyring, organizationId: string, scope: string, former: string) {
	const [sealed = "", ...plain] = former.split(" ");
	const next = await seal(ring, organizationId, scope, await unseal(ring, organizationId, scope, sealed));
	return [next, ...plain].join(" ");
}
