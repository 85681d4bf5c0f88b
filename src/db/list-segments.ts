// The segments of a list: one, or two where the sort value may be missing, because rows without a value come last.

import { firstIdAt } from "../ids.ts";
import type { DayRange, ListQuery, ListSpec } from "./list-query.ts";
import { type ListSource, linkSource, tableSource } from "./list-source.ts";
import type { OwnedRow } from "./owned-row.ts";
import { links } from "./schema/bookkeeping.ts";
import { type SQL, sql } from "./sql.ts";
import type { Store } from "./store.ts";
import { notDeleted } from "./tenant.ts";

/** One segment of a list. */
export interface Segment {
	readonly source: ListSource;
	/** Conditions that the index answers, in addition to the source's own. */
	readonly where: readonly SQL[];
	/** Conditions that are tested on each row. */
	readonly tests: readonly SQL[];
	readonly order: SQL;
	/** A column of the index entry besides its key. */
	readonly extraColumn?: SQL;
}

/** The input for the segments of a list. */
interface Walk<Row extends OwnedRow> {
	readonly store: Store<Row>;
	readonly spec: ListSpec;
	readonly organizationId: string;
	readonly query: ListQuery;
	readonly source: ListSource;
	/** Whether the source's rows are sorted by the query; otherwise they are read in the order of its index. */
	readonly sorted: boolean;
}

/** The segments of a list, in order. */
export function segmentsOf<Row extends OwnedRow>(walk: Walk<Row>): Segment[] {
	const { query } = walk;
	if (query.orderBy === "createdAt") return [byCreation(walk)];
	const segments = query.sortLink ? byLink(walk, query.sortLink) : byColumn(walk);
	// Rows without a value come last: after one of them, only the last segment remains.
	return query.after?.value === null ? segments.slice(-1) : segments;
}

/** The SQL of a walk's order: the operator for rows after a position, the direction, and the `id` column. */
function orderSql<Row extends OwnedRow>({ store: { table }, query: { orderDir }, sorted }: Walk<Row>) {
	// A unary plus prevents SQLite from using that column's index instead of the one chosen here.
	const plus = sorted ? sql`+` : sql``;
	return {
		beyond: orderDir === "desc" ? sql`<` : sql`>`,
		direction: orderDir === "desc" ? sql`DESC` : sql`ASC`,
		plus,
		id: sql`${plus}${table.id}`,
	};
}

function byCreation<Row extends OwnedRow>(walk: Walk<Row>): Segment {
	const { store, spec, query, source, sorted } = walk;
	const { after } = query;
	const { beyond, direction, id } = orderSql(walk);
	const order = sorted ? id : source.order;
	const indexedId = sorted ? id : source.id;
	const created = createdWithin(spec, query, indexedId ?? sql`+${store.table.id}`);
	const start = after
		? [sql`${order} ${beyond} ${sorted ? after.id : source.position(after, query.orderDir)}`]
		: [];
	return {
		source,
		where: [...start, ...(indexedId ? created : [])],
		tests: [...(indexedId ? [] : created), ...updatedSince(store, query), ...rangesOf(store, query.ranges)],
		order: sql`${order} ${direction}`,
	};
}

/** In the order of the links of a field, then the rows that have none. */
function byLink<Row extends OwnedRow>(
	walk: Walk<Row>,
	{ field, unset }: NonNullable<ListQuery["sortLink"]>,
): Segment[] {
	const { store, spec, organizationId, query } = walk;
	const { after } = query;
	const { beyond, direction, id } = orderSql(walk);
	const tests = [
		...createdWithin(spec, query, sql`+${store.table.id}`),
		...updatedSince(store, query),
		...rangesOf(store, query.ranges),
	];
	return [
		{
			source: linkSource(store, organizationId, field),
			where:
				after?.value != null
					? [sql`(${links.toId}, ${links.fromId}) ${beyond} (${after.value}, ${after.id})`]
					: [],
			// Rows that were deleted before deletion removed all of their links are among those without a value, too.
			tests: [...tests, ...(query.includeDeleted ? [notDeleted(store.table)] : [])],
			order: sql`${links.toId} ${direction}, ${links.fromId} ${direction}`,
			extraColumn: sql`${links.toId} AS "sortValue"`,
		},
		{
			source: tableSource(store, organizationId),
			where: after?.value === null ? [sql`${id} ${beyond} ${after.id}`] : [],
			// Deleted rows have no links.
			tests: [sql`(${unset} OR NOT ${notDeleted(store.table)})`, ...tests],
			order: sql`${id} ${direction}`,
			extraColumn: sql`NULL AS "sortValue"`,
		},
	];
}

/**
 * In the order of a column's index, then the rows without a value, where there may be some: they are not in the index, and found
 * among all rows. So a create without a value writes no index row for it.
 */
function byColumn<Row extends OwnedRow>(walk: Walk<Row>): Segment[] {
	const { store, spec, query, source } = walk;
	const { after, orderBy } = query;
	const { beyond, direction, plus, id } = orderSql(walk);
	const { notNull } = store.column(orderBy);
	const key = sql`${plus}${store.key(orderBy)}`;
	const isSort = ({ field }: DayRange) => field === orderBy;
	const bounds = query.ranges.filter(isSort).flatMap((range) => within(key, range));
	const since = updatedSince(store, query, orderBy === "updatedAt" ? key : undefined);
	const [indexed, tested] = orderBy === "updatedAt" ? [since, []] : [[], since];
	const tests = [
		...createdWithin(spec, query, sql`+${store.table.id}`),
		...rangesOf(
			store,
			query.ranges.filter((range) => !isSort(range)),
		),
		...tested,
	];
	const withValue: Segment = {
		source,
		where: [
			...bounds,
			...indexed,
			...(notNull ? [] : [sql`${key} IS NOT NULL`]),
			...(after?.value != null ? [sql`(${key}, ${id}) ${beyond} (${after.value}, ${after.id})`] : []),
		],
		tests,
		order: sql`${key} ${direction}, ${id} ${direction}`,
	};
	// Rows within bounds have a value.
	if (notNull || query.ranges.some(isSort)) return [withValue];
	const withoutValue: Segment = {
		source,
		where: after?.value === null ? [sql`${id} ${beyond} ${after.id}`] : [],
		tests: [sql`+${store.key(orderBy)} IS NULL`, ...tests],
		order: sql`${id} ${direction}`,
		// A page may end with a row that has a value and so isn't one of these; the next one must go on here.
		extraColumn: sql`NULL AS "sortValue"`,
	};
	return [withValue, withoutValue];
}

function createdWithin(spec: ListSpec, { createdAfter, createdBefore }: ListQuery, id: SQL): SQL[] {
	return [
		...(createdAfter ? [sql`${id} >= ${firstIdAt(spec.prefix, Date.parse(createdAfter))}`] : []),
		...(createdBefore ? [sql`${id} < ${firstIdAt(spec.prefix, Date.parse(createdBefore))}`] : []),
	];
}

function updatedSince<Row extends OwnedRow>(
	{ table }: Store<Row>,
	query: ListQuery,
	column = sql`+${table.updatedAt}`,
): SQL[] {
	return query.updatedSince === null ? [] : [sql`${column} >= ${Date.parse(query.updatedSince)}`];
}

function rangesOf<Row extends OwnedRow>(store: Store<Row>, ranges: readonly DayRange[]): SQL[] {
	return ranges.flatMap((range) => within(sql`+${store.column(range.field)}`, range));
}

function within(column: SQL, { from, before }: DayRange): SQL[] {
	return [
		...(from === null ? [] : [sql`${column} >= ${from}`]),
		...(before === null ? [] : [sql`${column} < ${before}`]),
	];
}
