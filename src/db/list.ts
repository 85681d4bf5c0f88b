// The list query of every resource. One rule decides its cost: exactly one index drives. Whatever else is asked for is
// tested row by row along it; a unary plus keeps SQLite from choosing another index and sorting the result itself.
//   search in the default order      → the full-text index, newest first
//   a lookup (email, mobile …)       → its index: it leaves a handful of rows, so their order may be sorted
//   one tag, assignee or facet value → its index, which continues in `id` order
//   anything else                    → the index of the sort
import { type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import { firstIdAt } from "../ids.ts";
import { links } from "./schema/organizations.ts";
import type { OwnedRow, OwnedTable, Store } from "./store.ts";

/** How a filter reaches its rows: `facet` a column of few values, `lookup` one that picks a handful, `linked` a list of ids. */
export interface Filter {
	readonly by: "facet" | "lookup" | "linked";
	readonly field: string;
}

export interface ListSpec {
	readonly prefix: string;
	/** Sort names besides `createdAt` and `updatedAt`; each has an index over (organizationId, field, id). */
	readonly sorts: readonly string[];
	readonly filters: Readonly<Record<string, Filter>>;
	/** Days that a list may be bounded by; each is among the sorts. */
	readonly ranges?: readonly string[];
	/** The full-text table, one row per row of the table under the same rowid, with an `organization` column. */
	readonly search?: { readonly table: string; readonly columns: readonly string[] };
}

/** Bounds of a field: at or after `from`, and before `before`. */
export interface Range {
	readonly field: string;
	readonly from: string | null;
	readonly before: string | null;
}

/** Where a page begins: after this row, in the order of the list. `value` is the sort value as the row holds it. */
export interface Position {
	readonly value: string | number | null;
	readonly id: string;
}

export interface ListQuery {
	readonly limit: number;
	readonly orderBy: string;
	/** The links to sort by, where `orderBy` is no column: table and field, and how a row without one is told. */
	readonly sortLink?: { readonly field: string; readonly unset: SQL } | undefined;
	readonly orderDir: "asc" | "desc";
	readonly after: Position | null;
	/** Values by filter name, in wire form; several mean OR. */
	readonly filters: Readonly<Record<string, readonly (string | number | boolean)[]>>;
	readonly ranges: readonly Range[];
	readonly search: string | null;
	readonly updatedSince: string | null;
	readonly createdAfter: string | null;
	readonly createdBefore: string | null;
	readonly includeDeleted: boolean;
}

const NOTHING = sql`SELECT 1 WHERE 0`;

/**
 * The statements of one page, to be run in one batch; their rows follow one another. Two are needed where the sort
 * value may be missing: rows without one come last. Each asks for one row more than `limit`, which tells `hasMore`.
 */
export function listStatements<Row extends OwnedRow>(
	store: Store<Row>,
	spec: ListSpec,
	organizationId: string,
	query: ListQuery,
): SQL[] {
	const { table } = store;
	const byCreation = query.orderBy === "createdAt";
	const match = query.search === null ? null : matchText(spec, organizationId, query.search);
	if (match === "") return [NOTHING];

	const driver = chooseDriver(spec, query);
	const source = sourceOf(store, spec, organizationId, driver, query, match);
	const created = byCreation ? source.id : sql`+${source.id}`;
	const conditions: SQL[] = [
		...source.conditions,
		...(query.includeDeleted ? [] : [sql`${table.deletedAt} IS NULL`]),
		...Object.entries(query.filters).flatMap(([name, values]) =>
			name === driver ? [] : [tested(store, spec, organizationId, name, values)],
		),
		...query.ranges.flatMap((range) =>
			within(store, range, driver === null && query.orderBy === range.field),
		),
		...(match !== null && driver !== "search" ? [sql`+${table}.rowid IN (${matching(spec, match)})`] : []),
		...(query.createdAfter
			? [sql`${created} >= ${firstIdAt(spec.prefix, Date.parse(query.createdAfter))}`]
			: []),
		...(query.createdBefore
			? [sql`${created} < ${firstIdAt(spec.prefix, Date.parse(query.createdBefore))}`]
			: []),
	];
	const descending = query.orderDir === "desc";
	const beyond = descending ? sql`<` : sql`>`;
	const direction = descending ? sql`DESC` : sql`ASC`;
	const select = (more: SQL[], order: SQL): SQL =>
		sql`SELECT ${table}.* FROM ${source.from} WHERE ${sql.join([...conditions, ...more], sql` AND `)} ORDER BY ${order} LIMIT ${query.limit + 1}`;

	const since = query.updatedSince === null ? null : Date.parse(query.updatedSince);
	if (byCreation) {
		return [
			select(
				[
					...(since === null ? [] : [sql`+${table.updatedAt} >= ${since}`]),
					...(query.after ? [sql`${source.order} ${beyond} ${source.position(query.after.id)}`] : []),
				],
				sql`${source.order} ${direction}`,
			),
		];
	}

	if (query.sortLink) {
		const { field, unset } = query.sortLink;
		const from = sql`${links} CROSS JOIN ${table} ON ${table.organizationId} = ${links.organizationId} AND ${table.id} = ${links.fromId}`;
		const { after } = query;
		const rest = [...conditions, ...(since === null ? [] : [sql`+${table.updatedAt} >= ${since}`])];
		const along = [
			sql`${links.organizationId} = ${organizationId} AND ${links.field} = ${`${store.name}.${field}`}`,
			...(after?.value != null
				? [sql`(${links.toId}, ${links.fromId}) ${beyond} (${after.value}, ${after.id})`]
				: []),
			...rest,
		];
		const linked = (columns: SQL) => sql`SELECT ${columns} FROM ${from} WHERE ${sql.join(along, sql` AND `)}
			ORDER BY ${links.toId} ${direction}, ${links.fromId} ${direction} LIMIT ${query.limit + 1}`;
		const withLink = linked(sql`${table}.*, ${links.toId} AS "sortLink"`);
		const without = [
			unset,
			...rest,
			...(after && after.value === null ? [sql`${table.id} ${beyond} ${after.id}`] : []),
		];
		const withoutLink = (most: SQL) =>
			sql`SELECT ${table}.*, NULL AS "sortLink" FROM ${table} WHERE ${sql.join(without, sql` AND `)}
			ORDER BY ${table.id} ${direction} LIMIT ${most}`;
		if (after && after.value === null) return [withoutLink(sql`${query.limit + 1}`)];
		// No index knows the rows without a value, so they are looked for only where the page has room for them.
		const room = sql`${query.limit + 1} - (SELECT count(*) FROM (${linked(sql`1`)}))`;
		return [withLink, withoutLink(room)];
	}

	const sort: SQLiteColumn = store.column(query.orderBy);
	// A lookup's few rows are sorted; along the sort's own index the column must stand bare.
	const key = driver === null ? sql`${sort}` : sql`+${sort}`;
	const sinceBound =
		since === null
			? []
			: [
					sql`${query.orderBy === "updatedAt" && driver === null ? sql`` : sql`+`}${table.updatedAt} >= ${since}`,
				];
	const after = query.after;
	const withValue = select(
		[
			...sinceBound,
			...(sort.notNull ? [] : [sql`${key} IS NOT NULL`]),
			...(after?.value != null ? [sql`(${key}, ${table.id}) ${beyond} (${after.value}, ${after.id})`] : []),
		],
		sql`${key} ${direction}, ${table.id} ${direction}`,
	);
	if (sort.notNull) return [withValue];
	const withoutValue = select(
		[
			...sinceBound,
			sql`${key} IS NULL`,
			...(after && after.value === null ? [sql`${table.id} ${beyond} ${after.id}`] : []),
		],
		sql`${table.id} ${direction}`,
	);
	// What is bounded has a value.
	if (query.ranges.some(({ field }) => field === query.orderBy)) return [withValue];
	return after && after.value === null ? [withoutValue] : [withValue, withoutValue];
}

/** The filter (or `search`) whose index drives the query; null leaves it to the sort's own. */
function chooseDriver(spec: ListSpec, query: ListQuery): string | null {
	const names = Object.keys(query.filters);
	const lookup = names.find((name) => spec.filters[name]?.by === "lookup");
	if (lookup) return lookup;
	if (query.orderBy !== "createdAt") return null;
	if (query.search !== null) return "search";
	const single = (by: Filter["by"]) =>
		names.find((name) => spec.filters[name]?.by === by && query.filters[name]?.length === 1);
	return single("linked") ?? single("facet") ?? null;
}

interface Source {
	readonly from: SQL;
	readonly conditions: readonly SQL[];
	/** The row's id, where the driving index has it. */
	readonly id: SQL;
	/** What ascends in the order of creation along the driving index, and the value of it at a given row. */
	readonly order: SQL;
	position(id: string): SQL;
}

function sourceOf<Row extends OwnedRow>(
	store: Store<Row>,
	spec: ListSpec,
	organizationId: string,
	driver: string | null,
	query: ListQuery,
	match: string | null,
): Source {
	const { table } = store;
	const owner = sql`${table.organizationId} = ${organizationId}`;
	const plain = {
		from: sql`${table}`,
		id: sql`${table.id}`,
		order: sql`${table.id}`,
		position: (id: string) => sql`${id}`,
	};
	if (driver === "search" && spec.search) {
		const fts = sql.identifier(spec.search.table);
		return {
			from: sql`${fts} CROSS JOIN ${table} ON ${table}.rowid = ${fts}.rowid`,
			conditions: [sql`${fts} MATCH ${match}`, sql`+${owner}`],
			id: sql`${table.id}`,
			order: sql`${fts}.rowid`,
			position: (id) => sql`(SELECT rowid FROM ${table} WHERE ${owner} AND ${table.id} = ${id})`,
		};
	}
	const filter = driver === null ? undefined : spec.filters[driver];
	const values = driver === null ? [] : (query.filters[driver] ?? []);
	if (filter?.by === "linked") {
		return {
			from: sql`${links} CROSS JOIN ${table} ON ${table.organizationId} = ${links.organizationId} AND ${table.id} = ${links.fromId}`,
			conditions: [
				sql`${links.organizationId} = ${organizationId} AND ${links.field} = ${`${store.name}.${filter.field}`} AND ${links.toId} = ${values[0]}`,
			],
			id: sql`${links.fromId}`,
			order: sql`${links.fromId}`,
			position: (id) => sql`${id}`,
		};
	}
	if (!filter) return { ...plain, conditions: [owner] };
	const column = store.column(filter.field);
	const encoded = values.map((value) => column.mapToDriverValue(value));
	const condition =
		encoded.length === 1
			? sql`${column} = ${encoded[0]}`
			: sql`${column} IN (SELECT value FROM json_each(${JSON.stringify(encoded)}))`;
	return { ...plain, conditions: [owner, condition] };
}

/** A filter that is tested on each row instead of driving. */
function tested<Row extends OwnedRow>(
	store: Store<Row>,
	spec: ListSpec,
	organizationId: string,
	name: string,
	values: readonly (string | number | boolean)[],
): SQL {
	const filter = spec.filters[name];
	if (!filter) throw new Error(`${store.name} has no filter ${name}`);
	if (filter.by === "linked") {
		// Asked of each row: as a set of its own it would first be read whole, and one tag may have every other lead.
		return sql`EXISTS (SELECT 1 FROM ${links} WHERE ${links.organizationId} = ${organizationId} AND ${links.field} = ${`${store.name}.${filter.field}`}
			AND ${links.toId} IN (SELECT value FROM json_each(${JSON.stringify(values)})) AND ${links.fromId} = ${store.table.id})`;
	}
	const column = store.column(filter.field);
	const encoded = values.map((value) => column.mapToDriverValue(value));
	return sql`+${column} IN (SELECT value FROM json_each(${JSON.stringify(encoded)}))`;
}

/** The bounds of a field; `drives` says that the list goes along its index, which they then cut to size. */
function within<Row extends OwnedRow>(
	store: Store<Row>,
	{ field, from, before }: Range,
	drives: boolean,
): SQL[] {
	const column = drives ? sql`${store.column(field)}` : sql`+${store.column(field)}`;
	return [
		...(from === null ? [] : [sql`${column} >= ${from}`]),
		...(before === null ? [] : [sql`${column} < ${before}`]),
	];
}

function matching(spec: ListSpec, match: string): SQL {
	const fts = sql.identifier(spec.search?.table ?? "");
	return sql`SELECT rowid FROM ${fts} WHERE ${fts} MATCH ${match}`;
}

/**
 * What a person typed, as an FTS5 expression: all words must occur, the last one may be unfinished, and nothing in it is
 * read as an operator. Empty when it has no word at all.
 */
function matchText(spec: ListSpec, organizationId: string, search: string): string {
	const words = search.match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
	if (words.length === 0 || !spec.search) return "";
	const terms = words.map((word, index) => `"${word}"${index === words.length - 1 ? "*" : ""}`);
	const suffix = organizationId.slice(organizationId.indexOf("_") + 1);
	return `organization:"${suffix}" AND {${spec.search.columns.join(" ")}}:(${terms.join(" AND ")})`;
}

export type { OwnedTable };
