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

/** D1 takes 32 arguments of a function. */
const MAX_PAIRS = 16;

/** A field of a row and the JSON of its value; or, if that is what SQLite's own functions make of it, the value. */
interface Member {
	readonly field: string;
	readonly value: SQL;
	readonly isPlain: boolean;
}

/** The JSON of a column's value; null if it is what SQLite makes of the value. */
function jsonOf(column: SQLiteColumn): SQL | null {
	if (column.dataType === "json") return sql`coalesce(${column}, 'null')`;
	if (column.dataType === "boolean")
		return sql`CASE ${column} WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE 'null' END`;
	// Columns of a type of ours are known by what they make of a value.
	const converted = column.mapFromDriverValue(MONEY_UNITS);
	if (converted === isoOf(MONEY_UNITS))
		return sql`coalesce('"' || ${isoInstant(sql`${column}`)} || '"', 'null')`;
	if (converted === MONEY_UNITS) return null;
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

/** The members that show columns. */
const members = oncePerTable((table: Table) =>
	rowColumns(table).map(([field, column]): Member => {
		const json = jsonOf(column);
		return { field, value: sql.fixed(json ?? sql`${column}`), isPlain: json === null };
	}),
);

/** The texts of members, several plain ones in one: that takes SQLite less time than to quote each and join them. */
function textsOf(shown: readonly Member[]): SQL[] {
	const texts: SQL[] = [];
	let pairs: SQL[] = [];
	const before = () => (texts.length === 0 ? "{" : ",");
	const endPairs = () => {
		if (pairs.length > 0) texts.push(sql`${text(before())} || trim(json_object(${sql.list(pairs)}), '{}')`);
		pairs = [];
	};
	for (const { field, value, isPlain } of shown) {
		if (!isPlain || pairs.length === MAX_PAIRS) endPairs();
		if (isPlain) pairs.push(sql`${text(field)}, ${value}`);
		else texts.push(sql`${text(`${before()}${JSON.stringify(field)}:`)} || ${value}`);
	}
	endPairs();
	return texts;
}

/** A scalar: a row as JSON, without the fields in `hidden`. */
export function shownRow(table: Table, hidden: ReadonlySet<string>, { instead = {}, more }: Shown): SQL {
	const shown = members(table).flatMap((member): Member[] => {
		const { field } = member;
		if (hidden.has(field)) return [];
		if (!(field in instead)) return [member];
		const value = instead[field];
		return value ? [{ field, value, isPlain: false }] : [];
	});
	if (shown.length === 0) throw new Error(`${getTableName(table)} shows nothing`);
	return concatenated([...textsOf(shown), ...(more ? [more] : []), text("}")]);
}
