// Rows as JSON in the form that answers show, made by the database. A page of a list needs nothing else of its rows: to read
// hundreds of values, convert some, and write them again takes most of the processor time of a list otherwise.
import { getTableName, type Table } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import { isoOf, MONEY_UNITS } from "./columns.ts";
import { oncePerTable, rowColumns } from "./row-columns.ts";
import { isoInstant } from "./slots.ts";
import { type SQL, sql } from "./sql.ts";

/** What rows show besides their columns. */
export interface Shown {
	/** The JSON of fields that have another value than their column, by field; null leaves it out. */
	readonly instead?: Readonly<Record<string, SQL | null>>;
	/** The text of further members, each after a comma. */
	readonly more?: SQL;
}

const UNITS = sql.inline(sql`${MONEY_UNITS}`);

/** The JSON of a column's value. */
function jsonOf(column: SQLiteColumn): SQL {
	if (column.dataType === "json") return sql`coalesce(${column}, 'null')`;
	if (column.dataType === "boolean")
		return sql`CASE ${column} WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE 'null' END`;
	// Columns of a type of ours are known by what they make of a value.
	const converted = column.mapFromDriverValue(MONEY_UNITS);
	if (converted === isoOf(MONEY_UNITS))
		return sql`coalesce('"' || ${isoInstant(sql`${column}`)} || '"', 'null')`;
	if (converted === MONEY_UNITS) return sql`json_quote(${column})`;
	// Not divided, because SQLite writes other digits of a fraction than JavaScript.
	const fraction = sql`iif(${column} % ${UNITS} = 0, '', '.' || rtrim(printf('%04d', abs(${column} % ${UNITS})), '0'))`;
	return sql`coalesce(iif(${column} < 0, '-', '') || abs(${column} / ${UNITS}) || ${fraction}, 'null')`;
}

/** Parts of a text, in a tree of `||` that is as flat as can be: D1 allows expressions a depth of a hundred. */
function concatenated(parts: readonly SQL[]): SQL {
	const [first = sql`''`] = parts;
	if (parts.length < 2) return first;
	const middle = parts.length >> 1;
	return sql`(${concatenated(parts.slice(0, middle))} || ${concatenated(parts.slice(middle))})`;
}

const text = (of: string) => sql.inline(sql`${of}`);

/** The JSON of each column's value, with its name before. */
const members = oncePerTable((table: Table) =>
	rowColumns(table).map(([field, column]) => ({ field, json: sql.fixed(jsonOf(column)) })),
);

/** A scalar: a row as JSON, without the fields in `hidden`. */
export function shownRow(table: Table, hidden: ReadonlySet<string>, { instead = {}, more }: Shown): SQL {
	const parts = members(table).flatMap(({ field, json }) => {
		const value = field in instead ? instead[field] : json;
		return value && !hidden.has(field) ? [{ field, value }] : [];
	});
	const named = parts.map(
		({ field, value }, index) =>
			sql`${text(`${index === 0 ? "{" : ","}${JSON.stringify(field)}:`)} || ${value}`,
	);
	if (named.length === 0) throw new Error(`${getTableName(table)} shows nothing`);
	return concatenated([...named, ...(more ? [more] : []), text("}")]);
}
