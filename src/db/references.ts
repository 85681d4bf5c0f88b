// Checks of the fields that contain ids (all in reference-list.ts): whether these ids exist in the organization (400 on write),
// and whether a live row refers to this one (409 on delete).
import { getTableName } from "drizzle-orm";
import type { FieldError } from "../errors.ts";
import type { RawRow } from "./client.ts";
import { expect, type Statement } from "./commit.ts";
import { rowsByLink } from "./links.ts";
import type { OwnedTable } from "./owned-row.ts";
import { type Reference, references } from "./reference-list.ts";
import { links } from "./schema/bookkeeping.ts";
import { type SQL, sql } from "./sql.ts";
import { liveRowOf, notDeleted, type Operand, rowsOf } from "./tenant.ts";

/** The fields that name the table of another field's id; a check of that field needs them too. */
export function kindFields(table: OwnedTable): string[] {
	return references.flatMap(({ from, when }) => (from === table && when ? [when.field] : []));
}

/** An id somewhere in a body, and the table it must be in. */
interface Use {
	readonly path: string;
	readonly id: string;
	readonly reference: Reference;
}

/** The ids in the fields of a row of `table`. */
function uses(table: OwnedTable, fields: object): Use[] {
	return references
		.filter(({ from, when }) => from === table && (!when || Reflect.get(fields, when.field) === when.is))
		.flatMap((reference) => {
			const { field, key } = reference;
			const value: unknown = Reflect.get(fields, field);
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
 * The reference errors of an update's input, without those of list items whose id the row already has in its items: items
 * may still refer to something that was deleted after it was added.
 */
export function exceptKeptItems(
	table: OwnedTable,
	errors: readonly FieldError[],
	input: object,
	before: object,
): FieldError[] {
	const inItems = (fields: object) =>
		uses(table, fields).filter(({ reference }) => reference.kind === "items");
	const existingIds = new Set(inItems(before).map(({ id }) => id));
	const keptPaths = new Set(inItems(input).flatMap(({ id, path }) => (existingIds.has(id) ? [path] : [])));
	return errors.filter(({ path }) => !keptPaths.has(path));
}

/** The fields whose references must exist when a row is restored: all except lists whose items may refer to something deleted. */
export function withoutItemLists(table: OwnedTable, row: object): object {
	const itemLists = new Set(
		references.flatMap(({ from, kind, field }) => (from === table && kind === "items" ? [field] : [])),
	);
	return Object.fromEntries(Object.entries(row).filter(([field]) => !itemLists.has(field)));
}

/** The name of the rows that a reference may point at: a table, or one kind of rows in it. */
const kindOf = ({ to, only }: Reference) => (only ? `${getTableName(to)}.${only.is}` : getTableName(to));

/** A query for the ids that don't exist (one row each: `target`, `id`); null if there are no ids. */
function missingIds(organizationId: string, found: readonly Use[]): SQL | null {
	const targets = new Map(found.map(({ reference }) => [kindOf(reference), reference]));
	if (targets.size === 0) return null;
	const asked = [...new Set(found.map(({ id, reference }) => JSON.stringify([kindOf(reference), id])))];
	const kinds = [...targets.keys()].join();
	const query = missingQueries.get(kinds) ?? missingAmong(targets);
	missingQueries.set(kinds, query);
	return query(organizationId, `[${asked.join(",")}]`);
}

/** The queries of `missingIds` by the kinds of rows that they look among, of which fields have a few together. */
const missingQueries = new Map<string, ReturnType<typeof missingAmong>>();

const missingAmong = (targets: ReadonlyMap<string, Reference>) =>
	sql.prepared<[organizationId: string, asked: string]>((organizationId, asked) => {
		// One CASE over all targets: D1 takes no more than five terms of a UNION.
		const existsCases = [...targets].map(([kind, { to, only }]) => {
			const kindCondition = only ? sql` AND ${sql.identifier(only.field)} = ${only.is}` : sql``;
			return sql`WHEN ${kind} THEN EXISTS (SELECT 1
				FROM ${liveRowOf(to, organizationId, sql`asked.value->>1`)}${kindCondition})`;
		});
		// With an alias, because a table may have a column `value`, which would be used instead.
		return sql`SELECT asked.value->>0 AS "target", asked.value->>1 AS "id" FROM json_each(${asked}) AS asked
			WHERE NOT CASE asked.value->>0 ${sql.join(existsCases, sql` `)} END`;
	});

/** Whether a row is what a reference must point at, as far as it is known without the database; undefined if it isn't. */
export type KnownTarget = (reference: Reference, id: string) => boolean | undefined;

const nameOf = ({ id, reference }: Use) => `${kindOf(reference)} ${id}`;

/** The query for all missing ids of several rows, and the function that reads its result. */
export function checkReferences(organizationId: string, table: OwnedTable, rows: readonly object[]) {
	const found = rows.map((fields) => uses(table, fields));
	const query = missingIds(organizationId, found.flat());
	return {
		queries: query ? [query] : [],
		/** Returns the function for the errors of the row at an index. */
		errorsFrom(answer: readonly RawRow[]) {
			const missing = new Set(answer.map(({ target, id }) => `${target} ${id}`));
			return (index: number, known: KnownTarget = () => undefined): FieldError[] =>
				(found[index] ?? [])
					.filter((use) => !(known(use.reference, use.id) ?? !missing.has(nameOf(use))))
					.map((use) => ({ path: use.path, message: `There is no such ${use.reference.noun}.` }));
		},
	};
}

/**
 * The same check inside the batch, because a target may be deleted between our read and our write. Ids that `before` already
 * has are left out: list items may refer to something that was deleted later.
 */
export function expectReferences(
	organizationId: string,
	table: OwnedTable,
	rows: readonly { readonly before?: object | null; readonly after: object }[],
): Statement[] {
	const added = rows.flatMap(({ before, after }) => {
		const existing = new Set(uses(table, before ?? {}).map(nameOf));
		return uses(table, after).filter((use) => !existing.has(nameOf(use)));
	});
	const query = missingIds(organizationId, added);
	return query ? [expect(sql`NOT EXISTS (${query})`)] : [];
}

/** The list fields of a table whose ids are also stored as links. */
export function linkFields(table: OwnedTable): string[] {
	return references.flatMap(({ from, kind, field }) => (from === table && kind === "list" ? [field] : []));
}

/** The references that prevent the deletion of a row of this table while a live row has them. */
export const blockingReferences = (table: OwnedTable): Reference[] =>
	references.filter(({ to, kind }) => to === table && kind !== "items");

/** The fields of a table whose values decide which references may point at a row. */
export const decisiveFields = (table: OwnedTable): ReadonlySet<string> =>
	new Set(blockingReferences(table).flatMap(({ only }) => only?.field ?? []));

/** The references that may not point at a row any more once one of its fields has this value. */
export const referencesBrokenBy = (table: OwnedTable, field: string, value: unknown): Reference[] =>
	blockingReferences(table).filter(
		({ only }) => only?.field === field && value !== undefined && value !== only.is,
	);

/** The first of these references by which a row in memory refers to an id. */
export const referenceTo = (
	table: OwnedTable,
	row: object,
	id: string,
	held: readonly Reference[],
): Reference | undefined =>
	uses(table, row).find((use) => use.id === id && held.includes(use.reference))?.reference;

/** A query for one live row that refers to this row (`holder`, `field`, `id`); null if nothing refers to its table. */
export function holderQuery(table: OwnedTable, row: RowKey): SQL | null {
	return firstHolder(row, blockingReferences(table));
}

/**
 * The same for each of several rows (`row` is its id), by certain references; null if there are none.
 * @param except a query for the ids of rows that don't count as holders, in these rows' own table
 */
export function holdersQuery(
	organizationId: string,
	ids: readonly string[],
	held: readonly Reference[],
	except?: SQL,
): SQL | null {
	if (ids.length === 0) return null;
	const asked = sql.each(ids);
	const row = { organizationId, id: sql`asked.value` };
	return firstHolder(row, held, sql`SELECT asked.value AS "row", `, sql` FROM ${asked} AS asked`, except);
}

/**
 * References may require a value of a field (a contact is a client with that `type`). For each such field that `changes`
 * gives another value: a query for one live row whose reference would no longer be allowed.
 */
export function kindHolderQueries(table: OwnedTable, row: RowKey, changes: object) {
	return Object.entries(changes).flatMap(([path, value]) => {
		const query = firstHolder(row, referencesBrokenBy(table, path, value));
		return query ? [{ path, query }] : [];
	});
}

/** A row, by values or by columns of the enclosing query. */
type RowKey = { readonly organizationId: Operand; readonly id: Operand };

/** @param select begins the query for the rows that are asked about, `from` ends it; `except` is a query for ids of their own table that don't count */
function firstHolder(
	{ organizationId, id }: RowKey,
	held: readonly Reference[],
	select = sql`SELECT `,
	from = sql``,
	except?: SQL,
): SQL | null {
	const parts = held.map(({ from: holder, to, field, kind, when }) => {
		const named = sql`(SELECT json_array(${getTableName(holder)}, ${field}, ${holder.id})`;
		const others = except && holder === to ? sql` AND ${holder.id} NOT IN (${except})` : sql``;
		const alive = sql`${notDeleted(holder)}${others} LIMIT 1)`;
		return kind === "list"
			? sql`${named} FROM ${rowsByLink(holder, organizationId, `${getTableName(holder)}.${field}`)} AND ${links.toId} = ${id} AND ${alive}`
			: sql`${named} FROM ${rowsOf(holder, organizationId)} AND ${sql.identifier(field)} = ${id}${
					when ? sql` AND ${sql.identifier(when.field)} = ${when.is}` : sql``
				} AND ${alive}`;
	});
	if (parts.length === 0) return null;
	// Not a UNION: D1 allows five terms. The first row that is found is enough.
	const first = sql`coalesce(NULL, ${sql.list(parts)})`;
	return sql`SELECT *, held->>0 AS "holder", held->>1 AS "field", held->>2 AS "id" FROM (${select}${first} AS held${from}) WHERE held IS NOT NULL`;
}
