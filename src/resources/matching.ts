// Finding the rows that a create-or-update means: the live ones whose field has a value.

import { rowsByLink } from "../db/links.ts";
import type { OwnedRow } from "../db/owned-row.ts";
import { links } from "../db/schema/bookkeeping.ts";
import { type SQL, sql } from "../db/sql.ts";
import { liveRowsOf, notDeleted, type Operand } from "../db/tenant.ts";
import { type AppError, conflict } from "../errors.ts";
import type { Resource } from "./resource.ts";

/** The value of a field as rows are looked up by it: equal for all texts that mean the same. */
export interface Lookup {
	readonly key: unknown;
	/** The full name of the link that has it; null for a column. */
	readonly link: string | null;
}

/** Whether rows are looked up by a custom field, whose definition must be known. */
export const isCustom = (field: string): boolean => field.startsWith("cf_");

/**
 * The look-up of a field by a value.
 * @param fact null for a field that is not custom
 * @throws AppError 400 if the organization has no such custom field, or the value is none of its type
 */
export function lookupOf<Row extends OwnedRow, Create, Update, Fact>(
	{ store, matchLink }: Resource<Row, Create, Update, Fact>,
	fact: Fact | null,
	field: string,
	value: unknown,
): Lookup {
	if (!matchLink || fact === null) return { key: store.key(field).mapToDriverValue(value), link: null };
	const link = matchLink(field, value, fact);
	return { key: link.toId, link: `${store.name}.${link.field}` };
}

/** The live rows that a look-up finds: the SQL after SELECT …, in the order of the index, so that LIMIT reads no further rows. */
export function matchingRows<Row extends OwnedRow, Create, Update, Fact>(
	{ store: { table, key } }: Resource<Row, Create, Update, Fact>,
	organizationId: string,
	field: string,
	link: string | null,
	value: Operand,
): SQL {
	return link === null
		? sql`FROM ${liveRowsOf(table, organizationId)} AND ${key(field)} = ${value} ORDER BY ${table.id}`
		: sql`FROM ${rowsByLink(table, organizationId, link)} AND ${links.toId} = ${value} AND ${notDeleted(table)} ORDER BY ${links.fromId}`;
}

/** How many ids of matching rows an error lists. */
export const MAX_LISTED = 10;

/** 409 that lists the rows that match. */
export const severalMatch = (field: string, ids: readonly string[]): AppError =>
	conflict(`Several match by ${field}: ${ids.join(", ")}.`, {
		path: field,
		message: "Matches more than one.",
	});
