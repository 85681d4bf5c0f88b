// Folds rows that were written with an older folding: a table's rows in the order of their ids, a slice at a time. The table
// `refolds` stores the progress, so the chore continues after any interruption. Writers need not wait: when a row changes
// between the read and the write, it is left unchanged and its slice is done again.

import { getTableName } from "drizzle-orm";
import type { Chore } from "../chore.ts";
import { fieldTypesWhere } from "../custom-fields/types.ts";
import { linkValue, storedValues } from "../custom-fields/values.ts";
import { splitIntoChunks } from "../db/chunks.ts";
import { batch } from "../db/client.ts";
import { write } from "../db/commit.ts";
import { type Folding, foldingOf } from "../db/folded.ts";
import { addLinks, removeLinks } from "../db/links.ts";
import type { OwnedTable } from "../db/owned-row.ts";
import { ownedTables } from "../db/owned-tables.ts";
import { refolds } from "../db/schema/refolds.ts";
import { type SQL, sql } from "../db/sql.ts";
import { isRow, notDeleted } from "../db/tenant.ts";
import type { Env } from "../env.ts";
import { cutKey } from "../text/fold.ts";

/** Rows per slice: their texts may be some megabytes, and each may rewrite its entry in the full-text index. */
const ROWS_PER_SLICE = 100;
/** The types whose links have a folded form of the value. */
const FOLDED_TYPES = fieldTypesWhere(({ key }) => key);

/** The chores for all tables with folded text. */
export const refoldChores = (): Chore[] =>
	ownedTables.flatMap((table: OwnedTable) => {
		const folding = foldingOf(table);
		if (!folding) return [];
		const name = getTableName(table);
		const due = sql`SELECT 1 FROM ${refolds} WHERE ${refolds.table} = ${name}`;
		return [{ name: `refold ${name}`, due, run: ({ DB }: Env) => refold(DB, table, folding) }];
	});

/**
 * Folds a slice.
 * @returns whether there may be more
 */
async function refold(DB: D1Database, table: OwnedTable, folding: Folding): Promise<boolean> {
	const name = getTableName(table);
	const position = sql`SELECT "organizationId", "id" FROM ${refolds} WHERE ${refolds.table} = ${name}`;
	const slice = sql`SELECT * FROM ${table} WHERE ("organizationId", "id") > (${position}) ORDER BY "organizationId", "id" ${sql.limit(ROWS_PER_SLICE)}`;
	const [rows = [], values = []] = await batch(DB, [
		sql`SELECT "organizationId", "id", "version", "folded", ${foldedColumns(folding)} FROM (${slice})`,
		...("custom" in table ? [storedValues(slice, FOLDED_TYPES)] : []),
	]);
	const keys = rows.map(({ organizationId, id, version }) => [organizationId, id, version]);
	const folded = rows.flatMap((row) => {
		const next = folding.of({ ...row, lineItems: row.lineItems && JSON.parse(String(row.lineItems)) });
		return next === row.folded ? [] : [[row.organizationId, row.id, row.version, next]];
	});
	const relinked = values.flatMap(({ organizationId, id, version, definitionId, type, value }) => {
		const to = linkValue(String(type), value);
		return formerLinks(String(type), String(value))
			.filter((from) => from !== to)
			.map((from) => [organizationId, id, version, `${name}.custom.${definitionId}`, from, to]);
	});
	const done = sql`NOT EXISTS (SELECT 1 FROM ${sql.each(keys)} AS seen WHERE NOT EXISTS (${unchanged(table)}))`;
	const last = rows.at(-1);
	await write(DB, [
		...splitIntoChunks(folded).map(
			({ each }) => sql`UPDATE ${table} SET "folded" = seen.value->>3 FROM ${each} AS seen
				WHERE ${isSeen(table)}`,
		),
		...splitIntoChunks(relinked).flatMap(({ each }) => [
			removeLinks(
				sql`SELECT seen.value->>0, seen.value->>3, seen.value->>4, seen.value->>1 FROM ${each} AS seen WHERE EXISTS (${unchanged(table)})`,
			),
			addLinks(
				// Deleted rows have no links.
				sql`SELECT seen.value->>0, seen.value->>3, seen.value->>5, seen.value->>1 FROM ${each} AS seen WHERE EXISTS (${unchanged(table)} AND ${notDeleted(table)})`,
			),
		]),
		last && rows.length === ROWS_PER_SLICE
			? sql`UPDATE ${refolds} SET "organizationId" = ${last.organizationId}, "id" = ${last.id} WHERE ${refolds.table} = ${name} AND ${done}`
			: sql`DELETE FROM ${refolds} WHERE ${refolds.table} = ${name} AND ${done}`,
	]);
	return rows.length === ROWS_PER_SLICE;
}

/** The condition that a row is the one of the JSON entry `seen` and has not changed since. */
const isSeen = (table: OwnedTable): SQL =>
	sql`${isRow(table, sql`seen.value->>0`, sql`seen.value->>1`)} AND ${table.version} = seen.value->>2`;

/** Finds the row of the JSON entry `seen` if it has not changed since. */
const unchanged = (table: OwnedTable): SQL => sql`SELECT 1 FROM ${table} WHERE ${isSeen(table)}`;

/** The columns that are folded; of line items, which may be long, only the names. */
const foldedColumns = ({ fields }: Folding): SQL =>
	sql.list(
		fields.map((field) =>
			field === "lineItems"
				? sql`(SELECT json_group_array(json_object('name', item.value->>'name')) FROM json_each("lineItems") AS item) AS "lineItems"`
				: sql.identifier(field),
		),
	);

/** The links that a value may have from former versions: those before it was folded, and those of cut keys. */
const formerLinks = (type: string, value: string): readonly string[] =>
	type === "email" ? [value.toLowerCase()] : type === "text" ? [value, cutKey(value)] : [value];
