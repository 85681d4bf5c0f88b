// Rows on their way from one database to another: the queries that read them, and the statements that write and remove them.

import { splitIntoChunks } from "../db/chunks.ts";
import { keyBaseOf, keyOfNumber } from "../db/event-keys.ts";
import { events } from "../db/schema/events.ts";
import { type SQL, sql } from "../db/sql.ts";
import { columnsOf, type Movable } from "./tables.ts";

/** A row as it was read, by the names of its columns. */
export type Row = Readonly<Record<string, unknown>>;

/** The maximum number of rows of a slice, and the bytes after which it ends. */
const MAX_SLICE_ROWS = 1_000;
const MAX_SLICE_BYTES = 1_000_000;
/** Larger rows are written by themselves, each column as a value of its own: as JSON one might be longer than D1 accepts. */
const HEAVY_ROW_BYTES = 200_000;

const named = (columns: readonly string[]) => columns.map((column) => sql`${sql.identifier(column)}`);
const keyText = (movable: Movable) => sql`json_array(${sql.list(movable.key("row"))})`;
const primaryKey = ({ columns }: Movable) =>
	sql.list(columns.map((column) => sql`"row".${sql.identifier(column)}`));

/** Whether a column is an event's key, of which only the number is copied: the rest is the ordinal in each database. */
const isEventKey = ({ table }: Movable, column: string) => table === events && column === "key";

/** The values of a row's columns, as they are copied. */
export const copiedValues = (movable: Movable): SQL[] =>
	columnsOf(movable).map((column) =>
		isEventKey(movable, column) ? sql.list(movable.key("row")) : sql`"row".${sql.identifier(column)}`,
	);

const namedValues = (movable: Movable): SQL => {
	const names = columnsOf(movable);
	return sql.list(
		copiedValues(movable).map((value, index) => sql`${value} AS ${sql.identifier(names[index] ?? "")}`),
	);
};

/** The bytes of a row's columns, as `@bytes`. */
export const bytesOfRow = (movable: Movable): SQL => {
	const bytes = columnsOf(movable).map(
		(column) => sql`coalesce(octet_length("row".${sql.identifier(column)}), 0)`,
	);
	return sql`${sql.join(bytes, sql` + `)} AS "@bytes"`;
};

/** Of rows in order, the first ones up to a million bytes, and at least one. */
export const upToLimit = (rows: SQL): SQL =>
	sql`SELECT * FROM (SELECT *, sum("@bytes") OVER (ROWS UNBOUNDED PRECEDING) AS "@total" FROM (${rows}))
		WHERE "@total" - "@bytes" < CAST(${MAX_SLICE_BYTES} AS INTEGER)`;

/** A query for the next rows after a position, with their own positions as `@position`. */
export const sliceAfter = (movable: Movable, organizationId: string, position: string): SQL =>
	upToLimit(sql`SELECT json_array(${sql.list(movable.position)}) AS "@position", ${namedValues(movable)}, ${bytesOfRow(movable)}
		FROM ${movable.rows(organizationId)} AND ${movable.after(position, organizationId)}
		ORDER BY ${sql.list(movable.order)} LIMIT CAST(${MAX_SLICE_ROWS} AS INTEGER)`);

/** The position of the last row of a slice if it was limited, so that there may be more; else null. */
export function nextPosition(slice: readonly Row[]): string | null {
	const last = slice.at(-1);
	const isLimited = slice.length === MAX_SLICE_ROWS || Number(last?.["@total"]) >= MAX_SLICE_BYTES;
	return last && isLimited ? String(last["@position"]) : null;
}

/**
 * A query for the rows with these keys, as far as the limit allows: one row for each key in their order, `@exists` is 0 for those
 * that don't exist.
 */
export function rowsWithKeys(movable: Movable, organizationId: string, keys: readonly string[]): SQL {
	const values = movable.columnValues(organizationId, sql`key.value`);
	const conditions = movable.columns.map(
		(column, index) => sql`"row".${sql.identifier(column)} = ${values[index]}`,
	);
	const [first = ""] = movable.columns;
	return upToLimit(sql`SELECT "row".${sql.identifier(first)} IS NOT NULL AS "@exists", ${namedValues(movable)}, ${bytesOfRow(movable)}
		FROM json_each(${`[${keys.join(",")}]`}) AS key LEFT JOIN ${movable.table} AS "row" ON ${sql.all(conditions)}
		ORDER BY key.key`);
}

/**
 * The statement that writes rows; a row that exists gets their values.
 * @param source what comes after the columns of INSERT; gets the SQL for the values, of what `value` returns for each column
 */
export function upsertFrom(
	movable: Movable,
	organizationId: string,
	value: (column: string, index: number) => SQL,
	source: (values: SQL) => SQL,
): SQL {
	const columns = columnsOf(movable);
	const changes = columns
		.filter((column) => !movable.columns.includes(column))
		.map((column) => sql`${sql.identifier(column)} = excluded.${sql.identifier(column)}`);
	const conflict = changes.length > 0 ? sql`DO UPDATE SET ${sql.list(changes)}` : sql`DO NOTHING`;
	const values = columns.map((column, index) =>
		isEventKey(movable, column)
			? keyOfNumber(keyBaseOf(organizationId), value(column, index))
			: value(column, index),
	);
	return sql`INSERT INTO ${movable.table} (${sql.list(named(columns))}) ${source(sql.list(values))} ON CONFLICT ${conflict}`;
}

/**
 * Statements that write rows as they were read; a row that exists gets their values. New ones are inserted in the order that they have
 * here, because searches show rows in the order of their rowids.
 */
export function upserts(movable: Movable, organizationId: string, rows: readonly Row[]): SQL[] {
	const columns = columnsOf(movable);
	const moved = (_: string, index: number) => sql`(moved.value->>${sql.inline(sql`${index}`)})`;
	const together = (light: readonly Row[]) =>
		splitIntoChunks(light.map((row) => columns.map((column) => row[column]))).map(({ each }) =>
			upsertFrom(
				movable,
				organizationId,
				moved,
				(values) => sql`SELECT ${values} FROM ${each} AS moved WHERE true`,
			),
		);
	const alone = (row: Row) =>
		upsertFrom(
			movable,
			organizationId,
			(column) => sql`${row[column]}`,
			(values) => sql`VALUES (${values})`,
		);
	const statements: SQL[] = [];
	let light: Row[] = [];
	for (const row of rows) {
		if (Number(row["@bytes"]) > HEAVY_ROW_BYTES) {
			statements.push(...together(light), alone(row));
			light = [];
		} else light.push(row);
	}
	return [...statements, ...together(light)];
}

/** Removes the rows with these keys. */
export const removal = (movable: Movable, organizationId: string, keys: readonly string[]): SQL =>
	sql`DELETE FROM ${movable.table} AS "row" WHERE (${primaryKey(movable)}) IN
		(SELECT ${sql.list(movable.columnValues(organizationId, sql`key.value`))} FROM json_each(${`[${keys.join(",")}]`}) AS key)`;

/** Removes up to `limit` of an organization's rows that meet a condition; returns a row for each. */
export const removalOfSome = (
	movable: Movable,
	organizationId: string,
	limit: number,
	condition = sql`true`,
): SQL =>
	sql`DELETE FROM ${movable.table} AS "row" WHERE (${primaryKey(movable)}) IN (SELECT ${primaryKey(movable)}
		FROM ${movable.rows(organizationId)} AND ${condition} ${sql.limit(limit)}) RETURNING 1`;

/** A query for the keys of an organization's rows. */
export const keysOf = (movable: Movable, organizationId: string): SQL =>
	sql`SELECT ${keyText(movable)} AS "key" FROM ${movable.rows(organizationId)}`;

/** A query for the number of an organization's rows. */
export const countOf = (movable: Movable, organizationId: string): SQL =>
	sql`SELECT count(*) AS "count" FROM ${movable.rows(organizationId)}`;
