// The list query of every resource. Exactly one index drives it, and each page reads a bounded part of that index (scan.ts).
// All other conditions are tested row by row.
//   search in the default order        → the full-text index, newest first
//   ids                                → the table's key
//   one tag, assignee or column value  → its index, which continues in `id` order
//   anything else                      → the index of the sort
// If ids, a lookup (email, mobile …) or a search leaves few rows, they are sorted instead, in any order.

import type { ListQuery, ListSpec } from "./list-query.ts";
import { segmentsOf } from "./list-segments.ts";
import {
	columnSource,
	drivingFilter,
	filterCondition,
	type ListSource,
	linkSource,
	narrowingFilter,
	searchSource,
	tableSource,
} from "./list-source.ts";
import { uncertainColumn } from "./list-uncertain.ts";
import type { OwnedRow } from "./owned-row.ts";
import { limitBytes, MAX_SCANNED_ENTRIES, scanStatement } from "./scan.ts";
import { matchExpression } from "./search.ts";
import { type SQL, sql } from "./sql.ts";
import type { Store } from "./store.ts";
import { notDeleted } from "./tenant.ts";

/** The maximum of look-ups that the tests of a page make besides its rows: the more each entry needs, the fewer entries are read. */
export const MAX_LOOKUPS = 20_000;
/** If a lookup or a search leaves more rows, they are not sorted; the index of the sort drives instead. */
const MAX_SORTED_ROWS = 2_000;
/** The maximum of entries of a page that are searched in the full-text index one by one. */
const MAX_PROBED = 500;

const NO_ROWS = sql`SELECT 1 WHERE 0`;

/** What a page has of its rows: columns of their table, and how large a row is, as an expression of these columns. */
export interface Form {
	readonly columns: SQL;
	readonly weight: SQL;
}

/**
 * The statements of one page, to be run in one batch; `readPage` (scan.ts) reads their rows in order: their ids, their sort values
 * and the columns of the form. There are two where the sort value may be missing, because rows without a value come last.
 */
export function listStatements<Row extends OwnedRow>(
	store: Store<Row>,
	spec: ListSpec,
	organizationId: string,
	query: ListQuery,
	form: Form,
): SQL[] {
	const { table } = store;
	const driver = drivingFilter(store, spec, query);
	const column = query.orderBy === "createdAt" || query.sortLink ? null : store.key(query.orderBy);
	const sortKey = driver === "search" ? sql`${table}.rowid` : column;
	const columns = sql`${table.id} AS "id", ${sortKey ? sql`${sortKey} AS "sortKey", ` : sql``}${form.columns}${uncertainColumn(store, spec, query)}`;
	const match =
		query.search === null || !spec.search ? null : matchExpression(spec.search, organizationId, query.search);
	if (query.search !== null && match === null) return [NO_ROWS];

	const source = (name: string | null): ListSource => {
		if (name === "search" && spec.search && match)
			return searchSource(store, organizationId, spec.search.table, match);
		const filter = name === null ? undefined : spec.filters[name];
		const values = name === null ? [] : (query.filters[name] ?? []);
		if (!filter) return tableSource(store, organizationId);
		return filter.by === "linked"
			? linkSource(store, organizationId, filter.field, values[0])
			: columnSource(store, organizationId, filter, values, query.includeDeleted);
	};
	/** The conditions tested on each row, without the one that `driver` answers. */
	const testsExcept = (driver: string | null): SQL[] => [
		...(query.includeDeleted ? [] : [notDeleted(table)]),
		...Object.entries(query.filters).flatMap(([name, values]) => {
			const filter = spec.filters[name];
			if (!filter) throw new Error(`${store.name} has no filter ${name}`);
			return name === driver
				? []
				: [filterCondition(store, organizationId, filter, values, query.includeDeleted)];
		}),
		...(match !== null && driver !== "search" ? [probe(store, spec, match)] : []),
	];

	const walkInput = { store, spec, organizationId, query };
	const segments = segmentsOf({ ...walkInput, source: source(driver), sorted: false });
	const tests = testsExcept(driver);
	// The look-ups that the tests of one entry need besides its row: a link for each value, or one search among several values.
	const lookedUp = Object.entries(query.filters).reduce((sum, [name, { length }]) => {
		if (name === driver) return sum;
		return sum + (spec.filters[name]?.by === "linked" ? length : Math.min(length - 1, 1));
	}, 0);
	const probed = match !== null && driver !== "search";
	const entries = Math.floor(
		Math.min(probed ? MAX_PROBED : MAX_SCANNED_ENTRIES, MAX_LOOKUPS / (1 + lookedUp)) / segments.length,
	);
	const narrow = narrowingFilter(spec, query, driver);
	const few = narrow === null ? null : hasFewRows(source(narrow));
	const walk = segments.map(
		({ source: { from, where, key, on, tests: own }, order, extraColumn, ...segment }) =>
			scanStatement({
				table,
				columns: sql`${columns}${extraColumn ? sql`, entry."sortValue"` : sql``}`,
				weight: form.weight,
				from,
				where: [...where, ...segment.where],
				key: extraColumn ? sql`${key}, ${extraColumn}` : key,
				on,
				order,
				tests: [...own, ...segment.tests, ...tests],
				limit: query.limit,
				entries,
				...(few ? { condition: sql`NOT ${few}` } : {}),
			}),
	);
	if (narrow === null || few === null) return walk;
	const sorted = segmentsOf({ ...walkInput, source: source(narrow), sorted: true }).map(
		({ source: { from, where, key, on, tests: own }, order, ...segment }) =>
			limitBytes(
				// Only keys are sorted: what the form has of the other rows need not be made.
				sql`SELECT ${columns}, 0 AS "last", 1 AS "fits" FROM (SELECT entry."key"
				FROM (SELECT ${key} FROM ${from} WHERE ${sql.all(where)} LIMIT iif(${few}, ${MAX_SORTED_ROWS}, 0)) AS entry
				CROSS JOIN ${table} ON ${on}
				WHERE ${sql.all([...own, ...segment.where, ...segment.tests, ...testsExcept(narrow)])}
				ORDER BY ${order} ${sql.limit(query.limit + 1)}) AS entry CROSS JOIN ${table} ON ${on}`,
				form.weight,
			),
	);
	return [...sorted, ...walk];
}

/** The condition that a source has few rows. */
function hasFewRows({ from, where }: ListSource): SQL {
	return sql`((SELECT count(*) FROM (SELECT 1 FROM ${from} WHERE ${sql.all(where)} ${sql.limit(MAX_SORTED_ROWS + 1)})) <= ${MAX_SORTED_ROWS})`;
}

/** The condition that a search finds one row. */
function probe<Row extends OwnedRow>({ table }: Store<Row>, { search }: ListSpec, match: SQL): SQL {
	const fts = sql.identifier(search?.table ?? "");
	return sql`EXISTS (SELECT 1 FROM ${fts} WHERE ${fts} MATCH ${match} AND ${fts}.rowid = ${table}.rowid)`;
}
