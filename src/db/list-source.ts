// The source of a list's rows: one index, the conditions that it answers, and how its entries are joined to rows.
import { type SQL as Condition, is, Name, StringChunk } from "drizzle-orm";
import { getTableConfig, type SQLiteTable } from "drizzle-orm/sqlite-core";
import { isLink } from "./links.ts";
import type { Filter, ListQuery, ListSpec, Position } from "./list-query.ts";
import type { OwnedRow } from "./owned-row.ts";
import { oncePerTable } from "./row-columns.ts";
import { links } from "./schema/bookkeeping.ts";
import { type SQL, sql } from "./sql.ts";
import type { Store } from "./store.ts";
import { isRow, notDeleted, ownedBy, rowOf } from "./tenant.ts";

export type FilterValues = readonly (string | number | boolean)[];

export interface ListSource {
	readonly from: SQL;
	readonly where: readonly SQL[];
	/** The key of an index entry; `on` joins its row by it. */
	readonly key: SQL;
	readonly on: SQL;
	/** The row's id, if the index has it. */
	readonly id: SQL | null;
	/** An expression that ascends in the order of creation along the index. */
	readonly order: SQL;
	/** Its value for the row after which a page begins; the row may be gone. */
	position(after: Position, direction: ListQuery["orderDir"]): SQL;
	/** Conditions that the index can't answer: tested on each row. */
	readonly tests: readonly SQL[];
}

/** All rows of an organization, or those that meet the condition of one column filter. */
export function tableSource<Row extends OwnedRow>(
	{ table }: Store<Row>,
	organizationId: string,
	condition: SQL[] = [],
): ListSource {
	const hasRowid = "seq" in table;
	return {
		from: sql`${table}`,
		where: [ownedBy(table, organizationId), ...condition],
		key: hasRowid ? sql`${table}.rowid AS "key"` : sql`${table.id} AS "key"`,
		on: hasRowid ? sql`${table}.rowid = entry."key"` : isRow(table, organizationId, sql`entry."key"`),
		id: sql`${table.id}`,
		order: sql`${table.id}`,
		position: ({ id }) => sql`${id}`,
		tests: [],
	};
}

/** The rows with one of these values in a column; only live ones, if an index separates them and deleted ones aren't wanted. */
export function columnSource<Row extends OwnedRow>(
	store: Store<Row>,
	organizationId: string,
	{ by, field }: Filter,
	values: FilterValues,
	includeDeleted: boolean,
): ListSource {
	const column = store.key(field);
	const encoded = values.map((value) => column.mapToDriverValue(value));
	// SQLite estimates the index of a key column badly and would choose another index; `unlikely` prevents that.
	const asLookup = (test: SQL) => (by === "lookup" ? sql`unlikely(${test})` : test);
	// A flag may have a partial index of the rows where it is set; SQLite uses it for a literal 1, not for a bound value.
	const condition =
		encoded.length === 1
			? asLookup(sql`${column} = ${values[0] === true ? sql`1` : encoded[0]}`)
			: sql`${column} IN (SELECT value FROM ${sql.each(encoded)})`;
	const onlyLive = !includeDeleted && hasIndex(store, field, values[0], LIVE_FIRST);
	return tableSource(store, organizationId, [condition, ...(onlyLive ? [notDeleted(store.table)] : [])]);
}

/** The links of a list field or custom field: to one value, or to all values in their order. */
export function linkSource<Row extends OwnedRow>(
	{ table, name }: Store<Row>,
	organizationId: string,
	field: string,
	value?: string | number | boolean,
): ListSource {
	return {
		from: sql`${links}`,
		where: [
			isLink(organizationId, `${name}.${field}`),
			...(value === undefined ? [] : [sql`${links.toId} = ${value}`]),
		],
		key: sql`${links.fromId} AS "key"`,
		on: isRow(table, organizationId, sql`entry."key"`),
		id: sql`${links.fromId}`,
		order: sql`${links.fromId}`,
		position: ({ id }) => sql`${id}`,
		tests: [],
	};
}

/** The rows that a search finds. */
export function searchSource<Row extends OwnedRow>(
	{ table }: Store<Row>,
	organizationId: string,
	fullText: string,
	match: SQL,
): ListSource {
	const fts = sql.identifier(fullText);
	return {
		from: sql`${fts}`,
		where: [sql`${fts} MATCH ${match}`],
		key: sql`${fts}.rowid AS "key"`,
		on: sql`${table}.rowid = entry."key"`,
		id: null,
		order: sql`${fts}.rowid`,
		// A row that has moved to another database has another rowid there. That of one that was erased meanwhile is in the cursor, and
		// may have been given to a new row.
		position: ({ id, value }, direction) =>
			sql`coalesce((SELECT rowid FROM ${rowOf(table, organizationId, id)}), CAST(${value} AS INTEGER) - ${sql.inline(sql`${direction === "asc" ? 1 : 0}`)})`,
		tests: [sql`+${ownedBy(table, organizationId)}`],
	};
}

/** The condition of a filter that is tested on each row, because another index drives the list. */
export function filterCondition<Row extends OwnedRow>(
	store: Store<Row>,
	organizationId: string,
	{ by, field, stored }: Filter,
	values: FilterValues,
	includeDeleted: boolean,
): SQL {
	if (by === "linked") {
		const among = (value: SQL) => sql`${value} IN (SELECT value FROM ${sql.each(values)})`;
		// A correlated subquery: an uncorrelated one would first read all links of a tag, which half of the leads may have.
		const isLinked = sql`EXISTS (SELECT 1 FROM ${links} WHERE ${isLink(organizationId, `${store.name}.${field}`)}
			AND ${among(sql`${links.toId}`)} AND ${links.fromId} = ${store.table.id})`;
		if (!includeDeleted) return isLinked;
		const [column = "", id] = field.split(".");
		const path = id === undefined ? "$" : `$."${id}"`;
		const { mayBeAsked = among } = stored ?? {};
		return sql`iif(${notDeleted(store.table)}, ${isLinked},
			EXISTS (SELECT 1 FROM json_each(${store.column(column)}, ${path}) AS item WHERE ${mayBeAsked(sql`item.value`)}))`;
	}
	const column = store.key(field);
	const encoded = values.map((value) => column.mapToDriverValue(value));
	return encoded.length === 1
		? sql`+${column} = ${encoded[0]}`
		: sql`+${column} IN (SELECT value FROM ${sql.each(encoded)})`;
}

/** The filter whose index drives the list, or `search`; null for the index of the sort. */
export function drivingFilter<Row extends OwnedRow>(
	store: Store<Row>,
	spec: ListSpec,
	{ filters, orderBy, search, includeDeleted }: ListQuery,
): string | null {
	if (orderBy !== "createdAt") return null;
	const keyed = Object.keys(filters).find((name) => spec.filters[name]?.by === "key");
	if (keyed !== undefined) return keyed;
	const drives = ({ by, field }: Filter, [value]: FilterValues) => {
		// Deleted rows have no links, and are separate in an index that has the live ones first.
		if (by === "linked") return !includeDeleted;
		return (
			hasIndex(store, field, value, PLAIN) || (!includeDeleted && hasIndex(store, field, value, LIVE_FIRST))
		);
	};
	const single = (by: Filter["by"]) =>
		Object.entries(filters).find(([name, values]) => {
			const filter = spec.filters[name];
			return filter?.by === by && values.length === 1 && drives(filter, values);
		})?.[0];
	return (
		single("lookup") ?? (search === null ? null : "search") ?? single("linked") ?? single("facet") ?? null
	);
}

/** The ids, lookup or search that may leave so few rows that sorting them is best; null if the driving index has the order. */
export function narrowingFilter(spec: ListSpec, query: ListQuery, driver: string | null): string | null {
	if (query.sortLink || driver !== null) return null;
	const named = (by: Filter["by"]) =>
		Object.keys(query.filters).find((name) => spec.filters[name]?.by === by);
	return named("key") ?? named("lookup") ?? (query.search === null ? null : "search");
}

/** The columns after the value in an index that continues in `id` order: for all rows, or for live ones first. */
const PLAIN = ["id"];
const LIVE_FIRST = ["deletedAt", "id"];

/** Whether a field has an index with these columns that contains the rows with a value. Fields with few values may have none. */
function hasIndex<Row extends OwnedRow>(
	{ table, key }: Store<Row>,
	field: string,
	value: FilterValues[number] | undefined,
	order: readonly string[],
): boolean {
	const name = key(field).name;
	const fields = ["organizationId", name, ...order].join();
	return indexesOf(table).some(
		// Partial indexes contain the rows with a value, or those where a flag is set.
		({ columns, rows }) =>
			columns === fields &&
			(rows === null || rows === `"${name}" IS NOT NULL` || (rows === `"${name}" = 1` && value === true)),
	);
}

/** The indexes of a table: the names of their columns, and the condition of the rows in a partial one. */
const indexesOf = oncePerTable((table: SQLiteTable) =>
	getTableConfig(table).indexes.map(({ config: { columns, where } }) => ({
		columns: columns.map((column) => ("name" in column ? column.name : "")).join(),
		rows: where ? conditionText(where) : null,
	})),
);

/** The text of an index's condition, which consists of texts and names. */
const conditionText = ({ queryChunks }: Condition): string =>
	queryChunks
		.map((chunk) =>
			is(chunk, Name) ? `"${chunk.value}"` : is(chunk, StringChunk) ? chunk.value.join("") : "",
		)
		.join("");
