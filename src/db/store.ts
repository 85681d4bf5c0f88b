// One table of organizations' rows: finding, decoding, inserting, and changing a row at the version that was read. Casts between
// drizzle's columns and our rows are only in this file.

import { Column, getTableColumns, getTableName } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import type { AppError } from "../errors.ts";
import { splitIntoChunks } from "./chunks.ts";
import type { RawRow } from "./client.ts";
import { keyColumnName } from "./columns.ts";
import { expectChanged, type Statement } from "./commit.ts";
import { countInserted } from "./counts.ts";
import { foldingOf } from "./folded.ts";
import { fieldOf, insertionInto } from "./insertion.ts";
import { type Link, type LinkChange, linkStatements } from "./links.ts";
import { isNumbered, reserveNumbers } from "./numbers.ts";
import type { OwnedRow, OwnedTable } from "./owned-row.ts";
import { linkFields } from "./references.ts";
import { type RowById, rowById } from "./row-by-id.ts";
import { rowColumns } from "./row-columns.ts";
import { type SQL, sql } from "./sql.ts";
import { nextStamp } from "./stamps.ts";
import { isRow } from "./tenant.ts";

/** How rows in memory become columns and links, and back. For most tables they are the same. */
export interface Mapping<Row> {
	row(stored: Row): Row;
	columns(row: Row): object;
	links(row: Row): readonly Link[];
	/** Links that a row may have besides, of values that it doesn't show. They are removed when it is deleted. */
	hiddenLinks?(row: Row): readonly Link[];
}

export interface Store<Row extends OwnedRow> {
	readonly table: OwnedTable;
	readonly name: string;
	/** The mapping of a table whose columns are the row's fields; its list fields become links. */
	readonly plainMapping: Mapping<Row>;
	column(field: string): SQLiteColumn;
	/** The column that a field is sorted by, looked up by and unique by: its key column, or its own if it has none. */
	key(field: string): SQLiteColumn;
	readonly byId: RowById;
	decode(raw: RawRow): Row;
	/**
	 * Statements that insert up to 100 rows, stamp and count them; rows of numbered tables get their numbers, in order.
	 * @param isReserved whether a row of a numbered table is expected to have a number that is reserved (reserved.ts)
	 */
	insert(now: number, rows: readonly Row[], mapping: Mapping<Row>, isReserved?: boolean): SQL[];
	/** Statements that add links to a row besides those of its mapping. */
	link(row: Row, links: readonly Link[]): Statement[];
	/**
	 * Statements that change a row and stamp it, if it is still at the version that was read.
	 * @param lost the error if it is not; default is LostRace
	 */
	update(now: number, before: Row, after: Row, mapping: Mapping<Row>, lost?: () => AppError): Statement[];
	/** The same for several rows, each from the version that was read to the one it has then; LostRace if one isn't at it. */
	updateMany(
		now: number,
		rows: readonly { readonly before: Row; readonly after: Row }[],
		mapping: Mapping<Row>,
	): Statement[];
}

/** Rows of which other columns change are updated by another statement, unless that would make more than this. */
const MAX_UPDATES = 10;

/** Parses a column of JSON; most lists and objects in rows are empty. */
const parseStored = (text: unknown): unknown =>
	text === "[]" ? [] : text === "{}" ? {} : JSON.parse(String(text));

/** How a value becomes what its column stores; null if it is stored as it is. */
const encodingOf = (column: SQLiteColumn): ((value: unknown) => unknown) | null =>
	column.mapToDriverValue === Column.prototype.mapToDriverValue
		? null
		: (value) => column.mapToDriverValue(value);

/** The same for what is read. */
function conversionOf(column: SQLiteColumn): ((value: unknown) => unknown) | null {
	if (column.dataType === "json") return parseStored;
	const isConverted = column.mapFromDriverValue !== Column.prototype.mapFromDriverValue;
	return isConverted ? (value) => column.mapFromDriverValue(value) : null;
}

/**
 * The store of a table. Call it once for each table, when the module is loaded: it puts the texts of its statements together.
 * @param table its columns are the fields of its rows, besides `folded`, `seq` and key columns, which only the database uses
 */
export function tableStore<Row extends OwnedRow>(
	table: OwnedTable & { readonly $inferSelect: Row },
): Store<Row> {
	const columns: Record<string, SQLiteColumn> = getTableColumns(table);
	const folding = foldingOf(table);
	const entries = rowColumns(table);
	/** Fields, and how their values are converted to the form that they have in memory, if it is another. */
	const decoding = entries.map(([field, of]) => ({ field, convert: conversionOf(of) }));
	const encoding = new Map(Object.entries(columns).map(([field, of]) => [field, encodingOf(of)]));
	const lists = linkFields(table);
	const name = getTableName(table);
	const insertion = insertionInto(table, [
		...entries.map(([field]) => field),
		...(folding ? ["folded"] : []),
	]);
	const counting = isNumbered(table) ? reserveNumbers(table) : countInserted(table);

	const column = (field: string): SQLiteColumn => {
		const found = columns[field];
		if (!found) throw new Error(`${name} has no column ${field}`);
		return found;
	};

	/** A row's columns as they are stored: all, or only those that are not NULL. */
	const columnsOf = (row: Row, mapping: Mapping<Row>, onlyFilled = false): Record<string, unknown> => {
		const fields = mapping.columns(row);
		const stored: Record<string, unknown> = {};
		for (const [field, value] of Object.entries(fields)) {
			const encode = encoding.get(field);
			if (encode === undefined) throw new Error(`${name} has no column ${field}`);
			if (value !== null && value !== undefined) stored[field] = encode ? encode(value) : value;
			else if (!onlyFilled) stored[field] = null;
		}
		const folded = folding?.of(fields as Readonly<Record<string, unknown>>) ?? null;
		if (folding && (folded !== null || !onlyFilled)) stored.folded = folded;
		return stored;
	};

	const plain: Mapping<Row> = {
		row: (stored) => stored,
		columns: (row) => row,
		links: (row) =>
			lists.flatMap((field) => (Reflect.get(row, field) as string[]).map((toId) => ({ field, toId }))),
	};

	const full = (link: Link) => ({ ...link, field: `${name}.${link.field}` });

	/** Deleted rows have no links: a search for live rows would have to read and skip them. */
	const linkChange = (before: Row | null, after: Row, mapping: Mapping<Row>): LinkChange => {
		const key = ({ field, toId }: Link) => `${field} ${toId}`;
		const linksOf = (row: Row) => (row.deletedAt === null ? mapping.links(row) : []);
		const shown = before ? linksOf(before) : [];
		const isDeletion = before?.deletedAt === null && after.deletedAt !== null;
		const from = isDeletion ? [...shown, ...(mapping.hiddenLinks?.(before) ?? [])] : shown;
		const to = linksOf(after);
		const had = new Set(from.map(key));
		const has = new Set(to.map(key));
		return {
			organizationId: after.organizationId,
			fromId: after.id,
			added: to.filter((link) => !had.has(key(link))).map(full),
			removed: from.filter((link) => !has.has(key(link))).map(full),
		};
	};

	return {
		table,
		name,
		plainMapping: plain,
		column,
		key: (field) => columns[keyColumnName(field)] ?? column(field),

		byId: rowById(table),

		decode(raw) {
			const row: Record<string, unknown> = {};
			for (const { field, convert } of decoding) {
				const value = raw[field];
				row[field] = convert !== null && value !== null ? convert(value) : value;
			}
			return row as unknown as Row;
		},

		insert(now, rows, mapping, isReserved = false) {
			const [first] = rows;
			if (!first) return [];
			const { organizationId } = first;
			const filled = rows.map((row) => columnsOf(row, mapping, true));
			return [
				...splitIntoChunks(filled).flatMap(({ items, json }) => {
					const fields = new Set(items.flatMap(Object.keys));
					const inserted = insertion(fields, organizationId, now, json);
					const ids = () => JSON.stringify(items.map(({ id }) => id));
					return isReserved ? [inserted] : [inserted, counting(organizationId, ids())];
				}),
				...linkStatements(rows.map((row) => linkChange(null, row, mapping))),
			];
		},

		link: ({ organizationId, id }, links) =>
			linkStatements([{ organizationId, fromId: id, added: links.map(full), removed: [] }]),

		update(now, before, after, mapping, lost) {
			const old = columnsOf(before, mapping);
			const { version: _, updatedAt: __, ...fields } = columnsOf(after, mapping);
			const changed = Object.entries(fields).filter(([field, value]) => value !== old[field]);
			const assignments = changed.map(([field, value]) => sql`, ${sql.identifier(field)} = ${value}`);
			return [
				sql`UPDATE ${table} SET "version" = "version" + 1, "updatedAt" = ${nextStamp(table, before.organizationId, now)}${sql.join(assignments)}
					WHERE ${isRow(table, before.organizationId, before.id)} AND ${table.version} = ${before.version}`,
				expectChanged(lost),
				...linkStatements([linkChange(before, after, mapping)]),
			];
		},

		updateMany(now, rows, mapping) {
			const organizationId = rows[0]?.before.organizationId;
			if (organizationId === undefined) return [];
			const changes = rows.map(({ before, after }) => {
				const old = columnsOf(before, mapping);
				const { updatedAt: _, ...columns } = columnsOf(after, mapping);
				const changed = Object.keys(columns).filter((field) => columns[field] !== old[field]);
				return { id: before.id, from: before.version, columns, changed };
			});
			const byColumns = [...Map.groupBy(changes, ({ changed }) => changed.join()).values()];
			const groups = byColumns.length > MAX_UPDATES ? [changes] : byColumns;
			return [
				...groups.flatMap((group) => {
					const fields = [...new Set(group.flatMap(({ changed }) => changed))];
					const assignments = fields.map(
						(field) => sql`${sql.identifier(field)} = ${fieldOf(sql`change.value`, field)}`,
					);
					return splitIntoChunks(group, ({ id, from, columns }) =>
						JSON.stringify({
							...Object.fromEntries(fields.map((field) => [field, columns[field]])),
							id,
							from,
						}),
					).flatMap(({ items, each }) => [
						// LIMIT has SQLite read the changes first and find each row by its id, not all rows of the organization.
						sql`UPDATE ${table} SET "updatedAt" = ${nextStamp(table, organizationId, now)}, ${sql.list(assignments)}
							FROM (SELECT value FROM ${each} ${sql.limit(items.length)}) AS change
							WHERE ${isRow(table, organizationId, sql`change.value->>'id'`)} AND ${table.version} = change.value->>'from'`,
						expectChanged(undefined, items.length),
					]);
				}),
				...linkStatements(rows.map(({ before, after }) => linkChange(before, after, mapping))),
			];
		},
	};
}
