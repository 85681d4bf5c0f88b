// What follows from the fields that hold ids, of which reference-list.ts has them all: do these ids exist in the organization
// (400 on write), and who holds this row (409 on delete)?
import { getTableName, type SQL, sql } from "drizzle-orm";
import type { FieldError } from "../errors.ts";
import type { RawRow } from "./client.ts";
import { expect, LostRace, type Statement } from "./commit.ts";
import { rowsByLink } from "./links.ts";
import type { OwnedTable } from "./owned-row.ts";
import { type Reference, references } from "./reference-list.ts";
import { links } from "./schema/bookkeeping.ts";
import { type Operand, rowOf, rowsOf } from "./tenant.ts";

/** The fields that say what kind of id another field of the table holds; a check of that field needs them beside it. */
export function kindFields(table: OwnedTable): string[] {
	return references.flatMap(({ from, when }) => (from === table && when ? [when.field] : []));
}

/** An id somewhere in a body, and the table it must be in. */
interface Use {
	readonly path: string;
	readonly id: string;
	readonly reference: Reference;
}

/** The ids that `fields` of a row of `table` holds. */
function uses(table: OwnedTable, fields: object): Use[] {
	const values = new Map<string, unknown>(Object.entries(fields));
	return references
		.filter(({ from, when }) => from === table && (!when || values.get(when.field) === when.is))
		.flatMap((reference) => {
			const { field, key } = reference;
			const value = values.get(field);
			if (typeof value === "string") return [{ path: field, id: value, reference }];
			if (!Array.isArray(value)) return [];
			return value.flatMap((item, index) => {
				const id = key === undefined ? item : item[key];
				const path = key === undefined ? `${field}.${index}` : `${field}.${index}.${key}`;
				return typeof id === "string" ? [{ path, id, reference }] : [];
			});
		});
}

/**
 * The errors of an update's input but for items of its lists that name what the row's own items name: those may go on
 * naming what was deleted since.
 */
export function unlessKept(
	table: OwnedTable,
	errors: readonly FieldError[],
	input: object,
	before: object,
): FieldError[] {
	const inItems = (fields: object) =>
		uses(table, fields).filter(({ reference }) => reference.kind === "items");
	const named = new Set(inItems(before).map(({ id }) => id));
	const kept = new Set(inItems(input).flatMap(({ id, path }) => (named.has(id) ? [path] : [])));
	return errors.filter(({ path }) => !kept.has(path));
}

/** What a row needs in order to come back: all but the lists whose items may name what was deleted since. */
export function needed(table: OwnedTable, row: object): object {
	const loose = new Set(
		references.flatMap(({ from, kind, field }) => (from === table && kind === "items" ? [field] : [])),
	);
	return Object.fromEntries(Object.entries(row).filter(([field]) => !loose.has(field)));
}

/** Which rows a reference may point at: those of a table, or those of one kind in it. */
const kindOf = ({ to, only }: Reference) => (only ? `${getTableName(to)}.${only.is}` : getTableName(to));

/** A query for those of the ids that are not there (a row each: `target`, `id`), or null when there is nothing to ask. */
function missing(organizationId: string, found: readonly Use[]): SQL | null {
	const targets = new Map(found.map(({ reference }) => [kindOf(reference), reference]));
	if (targets.size === 0) return null;
	const asked = [...new Set(found.map(({ id, reference }) => JSON.stringify([kindOf(reference), id])))];
	// One CASE over all targets: D1 takes no more than five terms of a UNION.
	const there = [...targets].map(([kind, { to, only }]) => {
		const fitting = only ? sql` AND ${sql.identifier(only.field)} = ${only.is}` : sql``;
		return sql`WHEN ${kind} THEN EXISTS (SELECT 1
			FROM ${rowOf(to, organizationId, sql`asked.value->>1`)} AND ${to.deletedAt} IS NULL${fitting})`;
	});
	// Under a name of its own: a table may have a column `value`, which would be meant inside.
	return sql`SELECT asked.value->>0 AS "target", asked.value->>1 AS "id" FROM json_each(${`[${asked.join(",")}]`}) AS asked
		WHERE NOT CASE asked.value->>0 ${sql.join(there, sql` `)} END`;
}

/** The query for all missing ids of several rows, and how to read its answer: the errors of each row, in order. */
export function checkReferences(organizationId: string, table: OwnedTable, rows: readonly object[]) {
	const found = rows.map((fields) => uses(table, fields));
	const query = missing(organizationId, found.flat());
	return {
		queries: query ? [query] : [],
		errors(answer: readonly RawRow[]): FieldError[][] {
			const gone = new Set(answer.map(({ target, id }) => `${target} ${id}`));
			return found.map((row) =>
				row
					.filter((use) => gone.has(`${kindOf(use.reference)} ${use.id}`))
					.map((use) => ({ path: use.path, message: `There is no such ${use.reference.noun}.` })),
			);
		},
	};
}

/**
 * The same check once more inside the batch, for a target that is deleted between our read and our write.
 * What `before` held already is left out: list items may go on naming what was deleted since.
 */
export function expectReferences(
	organizationId: string,
	table: OwnedTable,
	rows: readonly object[],
	before: object = {},
): Statement[] {
	const target = ({ id, reference }: Use) => `${kindOf(reference)} ${id}`;
	const held = new Set(uses(table, before).map(target));
	const query = missing(
		organizationId,
		rows.flatMap((fields) => uses(table, fields)).filter((use) => !held.has(target(use))),
	);
	return query ? [expect(sql`NOT EXISTS (${query})`, () => new LostRace())] : [];
}

/** The list fields of a table whose ids are kept as links. */
export function linkFields(table: OwnedTable): string[] {
	return references.flatMap(({ from, kind, field }) => (from === table && kind === "list" ? [field] : []));
}

/** The references that keep a row of this table from being deleted while a live row has them. */
export const holdings = (table: OwnedTable): Reference[] =>
	references.filter(({ to, kind }) => to === table && kind !== "items");

/** A query for one live row that holds this row (`holder`, `field`, `id`), or null when nothing ever points at its table. */
export function holders(table: OwnedTable, row: RowKey): SQL | null {
	return firstHolder(row, holdings(table));
}

/**
 * What a row is held as may hang on a field of its own (a client is a contact by its `type`). For each such field that
 * `becoming` gives another value: a query for one live row that holds it as what it would cease to be.
 */
export function holdersOfKind(
	table: OwnedTable,
	row: RowKey,
	becoming: object,
): { path: string; query: SQL }[] {
	return Object.entries(becoming).flatMap(([path, value]) => {
		const ceasing = holdings(table).filter(
			({ only }) => only?.field === path && value !== undefined && value !== only.is,
		);
		const query = firstHolder(row, ceasing);
		return query ? [{ path, query }] : [];
	});
}

/** A row, by values or by the columns of a query around this one. */
type RowKey = { readonly organizationId: Operand; readonly id: Operand };

function firstHolder({ organizationId, id }: RowKey, held: readonly Reference[]): SQL | null {
	const parts = held.map(({ from, field, kind, when }) => {
		const named = sql`(SELECT json_array(${getTableName(from)}, ${field}, ${from.id})`;
		const alive = sql`${from.deletedAt} IS NULL LIMIT 1)`;
		return kind === "list"
			? sql`${named} FROM ${rowsByLink(from, organizationId, `${getTableName(from)}.${field}`)} AND ${links.toId} = ${id} AND ${alive}`
			: sql`${named} FROM ${rowsOf(from, organizationId)} AND ${sql.identifier(field)} = ${id}${
					when ? sql` AND ${sql.identifier(when.field)} = ${when.is}` : sql``
				} AND ${alive}`;
	});
	if (parts.length === 0) return null;
	// The first that is found will do; and a UNION of all would be more than D1 takes.
	const first = sql`coalesce(NULL, ${sql.join(parts, sql`, `)})`;
	return sql`SELECT held->>0 AS "holder", held->>1 AS "field", held->>2 AS "id" FROM (SELECT ${first} AS held) WHERE held IS NOT NULL`;
}
