// Which column of which source an expression of a statement is.
import { getTableColumns, getTableName, is } from "drizzle-orm";
import { SQLiteTable } from "drizzle-orm/sqlite-core";
import { type Item, isName, type Scope, type Source, unquoted } from "./sql-scopes.ts";

const schema = Object.values(
	import.meta.glob<Record<string, unknown>>("../../src/db/schema/*.ts", { eager: true }),
)
	.flatMap((module) => Object.values(module))
	.filter((value): value is SQLiteTable => is(value, SQLiteTable));

/** The names of each table's columns. */
export const columns: ReadonlyMap<string, ReadonlySet<string>> = new Map(
	schema.map((table) => [
		getTableName(table),
		new Set(Object.values(getTableColumns(table)).map(({ name }) => name)),
	]),
);

interface Column {
	readonly source: Source;
	readonly column: string;
}

/** The column name, if an expression is only a column; otherwise null. */
export function columnOf(items: readonly Item[], scope: Scope | null): Column | null {
	const [first, dot, last] = items;
	if (
		!scope ||
		!isName(first) ||
		(items.length !== 1 && !(items.length === 3 && dot === "." && isName(last)))
	)
		return null;
	const table = items.length === 3 ? unquoted(first) : null;
	const column = unquoted(items.length === 3 ? String(last) : first);
	const order = [...scope.sources.filter(({ inserted }) => !inserted), ...scope.sources];
	const source = order.find((one) => (table === null ? hasColumn(one, column) : one.name === table));
	return source ? { source, column } : columnOf(items, scope.outer);
}

const hasColumn = (source: Source, column: string): boolean =>
	source.table === null
		? source.queries.some((one) => resultOf(one, column) !== null)
		: columns.get(source.table)?.has(column) === true;

/** Finds a result column of a query by name. */
export function resultOf(scope: Scope, column: string): readonly Item[] | null {
	for (const result of scope.results) {
		const last = result.at(-1);
		const named = result.at(-2) === "AS";
		if (isName(last) && unquoted(last) === column) return named ? result.slice(0, -2) : result;
	}
	for (const result of scope.results) {
		if (result.at(-1) !== "*") continue;
		const [table] = result;
		const from = scope.sources.find((one) =>
			result.length === 3 && isName(table) ? one.name === unquoted(table) : hasColumn(one, column),
		);
		if (from && hasColumn(from, column)) return [`"${from.name}"`, ".", `"${column}"`];
	}
	return null;
}
