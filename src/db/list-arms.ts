// The order of a list: along its source in one stretch, or in two where the sort value may be missing, because rows
// without one come last.
import { type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import { firstIdAt } from "../ids.ts";
import type { ListQuery, ListSpec, Range } from "./list.ts";
import { linkedBy, type Source, tableSource } from "./list-source.ts";
import { links } from "./schema/organizations.ts";
import type { OwnedRow, Store } from "./store.ts";

/** One stretch of a list. */
export interface Arm {
	readonly source: Source;
	/** What the index answers, beside the source's own conditions. */
	readonly where: readonly SQL[];
	/** What is asked of each row. */
	readonly tests: readonly SQL[];
	readonly order: SQL;
	/** A column of the entry beside its key. */
	readonly beside?: SQL;
}

/**
 * The stretches of a list, in order.
 * @param sorted whether the source's rows are sorted; otherwise it is walked in the order it has
 */
export function armsOf<Row extends OwnedRow>(
	store: Store<Row>,
	spec: ListSpec,
	organizationId: string,
	query: ListQuery,
	source: Source,
	sorted: boolean,
): Arm[] {
	const { table } = store;
	const { after, orderBy } = query;
	const beyond = query.orderDir === "desc" ? sql`<` : sql`>`;
	const direction = query.orderDir === "desc" ? sql`DESC` : sql`ASC`;
	// A unary plus keeps SQLite from going along that column's index instead of the one chosen here.
	const plus = sorted ? sql`+` : sql``;
	const id = sql`${plus}${table.id}`;

	if (orderBy === "createdAt") {
		const order = sorted ? id : source.order;
		const known = sorted ? id : source.id;
		const created = createdWithin(spec, query, known ?? sql`+${table.id}`);
		const start = after ? [sql`${order} ${beyond} ${sorted ? after.id : source.position(after.id)}`] : [];
		return [
			{
				source,
				where: [...start, ...(known ? created : [])],
				tests: [...(known ? [] : created), ...updatedSince(store, query), ...rangesOf(store, query.ranges)],
				order: sql`${order} ${direction}`,
			},
		];
	}
	const created = createdWithin(spec, query, sql`+${table.id}`);

	if (query.sortLink) {
		const { field, unset } = query.sortLink;
		const tests = [...created, ...updatedSince(store, query), ...rangesOf(store, query.ranges)];
		const withLink: Arm = {
			source: linkedBy(store, organizationId, field),
			where:
				after?.value != null
					? [sql`(${links.toId}, ${links.fromId}) ${beyond} (${after.value}, ${after.id})`]
					: [],
			tests,
			order: sql`${links.toId} ${direction}, ${links.fromId} ${direction}`,
			beside: sql`${links.toId} AS "sortLink"`,
		};
		const withoutLink: Arm = {
			source: tableSource(store, organizationId),
			where: after && after.value === null ? [sql`${id} ${beyond} ${after.id}`] : [],
			// Deleted rows have no links.
			tests: [sql`(${unset} OR ${table.deletedAt} IS NOT NULL)`, ...tests],
			order: sql`${id} ${direction}`,
			beside: sql`NULL AS "sortLink"`,
		};
		return after && after.value === null ? [withoutLink] : [withLink, withoutLink];
	}

	const sort: SQLiteColumn = store.key(orderBy);
	const { notNull } = store.column(orderBy);
	const key = sql`${plus}${sort}`;
	const bounded = query.ranges.filter(({ field }) => field === orderBy);
	const bounds = bounded.flatMap((range) => within(key, range));
	const others = query.ranges.filter(({ field }) => field !== orderBy);
	const since = updatedSince(store, query, orderBy === "updatedAt" ? key : undefined);
	const tests = [...created, ...rangesOf(store, others), ...(orderBy === "updatedAt" ? [] : since)];
	const asked = [...bounds, ...(orderBy === "updatedAt" ? since : [])];
	const withValue: Arm = {
		source,
		where: [
			...asked,
			...(notNull ? [] : [sql`${key} IS NOT NULL`]),
			...(after?.value != null ? [sql`(${key}, ${id}) ${beyond} (${after.value}, ${after.id})`] : []),
		],
		tests,
		order: sql`${key} ${direction}, ${id} ${direction}`,
	};
	// What is bounded has a value.
	if (notNull || bounded.length > 0) return [withValue];
	const withoutValue: Arm = {
		source,
		where: [
			sql`${key} IS NULL`,
			...(after && after.value === null ? [sql`${id} ${beyond} ${after.id}`] : []),
		],
		tests,
		order: sql`${id} ${direction}`,
	};
	return after && after.value === null ? [withoutValue] : [withValue, withoutValue];
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

function rangesOf<Row extends OwnedRow>(store: Store<Row>, ranges: readonly Range[]): SQL[] {
	return ranges.flatMap((range) => within(sql`+${store.column(range.field)}`, range));
}

function within(column: SQL, { from, before }: Range): SQL[] {
	return [
		...(from === null ? [] : [sql`${column} >= ${from}`]),
		...(before === null ? [] : [sql`${column} < ${before}`]),
	];
}
