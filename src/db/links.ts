// The ids of list fields (`tagIds`, `assigneeIds`), also stored as rows: a JSON column can't be filtered by index.
import { splitIntoChunks } from "./chunks.ts";
import type { OwnedTable } from "./owned-row.ts";
import { links } from "./schema/bookkeeping.ts";
import { type SQL, sql } from "./sql.ts";
import { isAmong, isRow, type Operand, ownedBy } from "./tenant.ts";

/** An id or value that a row is found by through the table `links`, and its field. */
export interface Link {
	readonly field: string;
	readonly toId: string;
}

/** The links that a change adds to a row and removes from it. Fields have their table's name in front, e.g. `leads.tagIds`. */
export interface LinkChange {
	readonly organizationId: string;
	readonly fromId: string;
	readonly added: readonly Link[];
	readonly removed: readonly Link[];
}

/** The condition that a link belongs to an organization and a field, by its full name. */
export const isLink = (organizationId: Operand, field: Operand): SQL =>
	sql`${ownedBy(links, organizationId)} AND ${links.field} = ${field}`;

/** The rows of a table by their links of a field: the SQL after FROM, to which conditions can be added. */
export const rowsByLink = (table: OwnedTable, organizationId: Operand, field: string): SQL =>
	sql`${links} CROSS JOIN ${table} ON ${isRow(table, links.organizationId, links.fromId)} WHERE ${isLink(organizationId, field)}`;

/** Adds the links that a query returns, by `organizationId`, `field`, `toId` and `fromId`; the query must have a WHERE. */
export const addLinks = (rows: SQL): SQL =>
	sql`INSERT INTO ${links} ("organizationId", "field", "toId", "fromId") ${rows} ON CONFLICT DO NOTHING`;

/** Removes the links that a query returns, by `organizationId`, `field`, `toId` and `fromId`. */
export const removeLinks = (rows: SQL): SQL =>
	sql`DELETE FROM ${links} WHERE ${isAmong(links, rows, "field", "toId", "fromId")}`;

/** Statements that update the links of changed rows: none, one or two; more only when one bound text is too small. */
export function linkStatements(changes: readonly LinkChange[]): SQL[] {
	const rows = (pick: (change: LinkChange) => readonly Link[]) =>
		changes.flatMap((change) =>
			pick(change).map(({ field, toId }) => [change.organizationId, field, toId, change.fromId]),
		);
	const added = rows((change) => change.added);
	const removed = rows((change) => change.removed);
	const tuple = sql`value->>0, value->>1, value->>2, value->>3`;
	return [
		...splitIntoChunks(removed).map(({ each }) => removeLinks(sql`SELECT ${tuple} FROM ${each}`)),
		...splitIntoChunks(added).map(({ each }) => addLinks(sql`SELECT ${tuple} FROM ${each} WHERE true`)),
	];
}
