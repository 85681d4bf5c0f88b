// Where the rows of a list come from: one index, what it knows by itself, and how its entries lead to rows.
import { type SQL, sql } from "drizzle-orm";
import { getTableConfig, SQLiteSyncDialect } from "drizzle-orm/sqlite-core";
import { isLink } from "./links.ts";
import type { Filter, ListQuery, ListSpec } from "./list-query.ts";
import type { OwnedRow } from "./owned-row.ts";
import { links } from "./schema/bookkeeping.ts";
import type { Store } from "./store.ts";
import { isRow, ownedBy, rowOf } from "./tenant.ts";

export type Values = readonly (string | number | boolean)[];

export interface Source {
	readonly from: SQL;
	readonly where: readonly SQL[];
	/** An entry's key, by which `on` finds its row. */
	readonly key: SQL;
	readonly on: SQL;
	/** The row's id, where the index has it. */
	readonly id: SQL | null;
	/** What ascends in the order of creation along the index, and the value of it at a given row. */
	readonly order: SQL;
	position(id: string): SQL;
	/** What the index can't tell: asked of each row. */
	readonly tests: readonly SQL[];
}

/** All of an organization's rows, or those that a single column filter leaves. */
export function tableSource<Row extends OwnedRow>(
	{ table }: Store<Row>,
	organizationId: string,
	condition: SQL[] = [],
): Source {
	const numbered = "seq" in table;
	return {
		from: sql`${table}`,
		where: [ownedBy(table, organizationId), ...condition],
		key: numbered ? sql`${table}.rowid AS "key"` : sql`${table.id} AS "key"`,
		on: numbered ? sql`${table}.rowid = entry."key"` : isRow(table, organizationId, sql`entry."key"`),
		id: sql`${table.id}`,
		order: sql`${table.id}`,
		position: (id) => sql`${id}`,
		tests: [],
	};
}

/** The rows that have these values of a column; where an index tells the live ones apart, no others unless they are asked for. */
export function withValues<Row extends OwnedRow>(
	store: Store<Row>,
	organizationId: string,
	{ by, field }: Filter,
	values: Values,
	includeDeleted: boolean,
): Source {
	const column = store.key(field);
	const encoded = values.map((value) => column.mapToDriverValue(value));
	// SQLite thinks that the index of a key column holds nothing but the key, and would rather walk another; so it is told.
	const few = (test: SQL) => (by === "lookup" ? sql`unlikely(${test})` : test);
	// Of a flag there may be an index of the rows where it is set; a bound value would not tell that it fits.
	const condition =
		encoded.length === 1
			? few(sql`${column} = ${values[0] === true ? sql`1` : encoded[0]}`)
			: sql`${column} IN (SELECT value FROM json_each(${JSON.stringify(encoded)}))`;
	const live = !includeDeleted && hasIndex(store, field, values[0], LIVE_FIRST);
	return tableSource(store, organizationId, [
		condition,
		...(live ? [sql`${store.table.deletedAt} IS NULL`] : []),
	]);
}

/** The links of a list field or custom field; to one value of it, or to all in their order. */
export function linkedBy<Row extends OwnedRow>(
	{ table, name }: Store<Row>,
	organizationId: string,
	field: string,
	value?: string | number | boolean,
): Source {
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
		position: (id) => sql`${id}`,
		tests: [],
	};
}

/** The rows that a search finds. */
export function foundBy<Row extends OwnedRow>(
	{ table }: Store<Row>,
	organizationId: string,
	fullText: string,
	match: SQL,
): Source {
	const fts = sql.identifier(fullText);
	return {
		from: sql`${fts}`,
		where: [sql`${fts} MATCH ${match}`],
		key: sql`${fts}.rowid AS "key"`,
		on: sql`${table}.rowid = entry."key"`,
		id: null,
		order: sql`${fts}.rowid`,
		position: (id) => sql`(SELECT rowid FROM ${rowOf(table, organizationId, id)})`,
		tests: [sql`+${ownedBy(table, organizationId)}`],
	};
}

/** A filter that is tested on each row instead of driving. */
export function tested<Row extends OwnedRow>(
	store: Store<Row>,
	organizationId: string,
	{ by, field, kept }: Filter,
	values: Values,
	includeDeleted: boolean,
): SQL {
	if (by === "linked" && includeDeleted) {
		const [column = "", id] = field.split(".");
		const path = id === undefined ? "$" : `$."${id}"`;
		const value = kept?.caseless ? sql`lower(item.value)` : sql`item.value`;
		return sql`EXISTS (SELECT 1 FROM json_each(${store.column(column)}, ${path}) AS item
			WHERE ${value} IN (SELECT value FROM json_each(${JSON.stringify(kept?.values ?? values)})))`;
	}
	if (by === "linked") {
		// Asked of each row: as a set of its own it would first be read whole, and one tag may have every other lead.
		return sql`EXISTS (SELECT 1 FROM ${links} WHERE ${isLink(organizationId, `${store.name}.${field}`)}
			AND ${links.toId} IN (SELECT value FROM json_each(${JSON.stringify(values)})) AND ${links.fromId} = ${store.table.id})`;
	}
	const column = store.key(field);
	const encoded = values.map((value) => column.mapToDriverValue(value));
	return encoded.length === 1
		? sql`+${column} = ${encoded[0]}`
		: sql`+${column} IN (SELECT value FROM json_each(${JSON.stringify(encoded)}))`;
}

/** The filter whose index drives the walk, or `search`; null leaves it to the sort's own. */
export function driverOf<Row extends OwnedRow>(
	store: Store<Row>,
	spec: ListSpec,
	{ filters, orderBy, search, includeDeleted }: ListQuery,
): string | null {
	if (orderBy !== "createdAt") return null;
	const drives = ({ by, field }: Filter, [value]: Values) => {
		// Deleted rows have no links, and stand apart in an index that has the live ones first.
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

/** The lookup or search that may leave so few rows that they are best sorted; null where walking is in order anyway. */
export function narrowOf(spec: ListSpec, query: ListQuery, driver: string | null): string | null {
	if (query.sortLink || driver !== null) return null;
	const lookup = Object.keys(query.filters).find((name) => spec.filters[name]?.by === "lookup");
	return lookup ?? (query.search === null ? null : "search");
}

/** What follows a value in an index that has its rows in `id` order: all of them, or the live ones and then the others. */
const PLAIN = ["id"];
const LIVE_FIRST = ["deletedAt", "id"];

/** Whether there is such an index of a field and has the rows of a value. Where there are too few values, none is kept. */
function hasIndex<Row extends OwnedRow>(
	{ table, key }: Store<Row>,
	field: string,
	value: Values[number] | undefined,
	order: readonly string[],
): boolean {
	const name = key(field).name;
	const fields = ["organizationId", name, ...order].join();
	return getTableConfig(table).indexes.some(({ config: { columns, where } }) => {
		if (columns.map((column) => ("name" in column ? column.name : "")).join() !== fields) return false;
		// Of some rows there is one of those with a value, and one of those where a flag is set.
		const of = where && dialect.sqlToQuery(where).sql;
		return of === undefined || of === `"${name}" IS NOT NULL` || (of === `"${name}" = 1` && value === true);
	});
}

const dialect = new SQLiteSyncDialect();
