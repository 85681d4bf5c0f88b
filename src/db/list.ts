// The list query of every resource. One rule decides its cost: exactly one index drives, a bounded part of it per page
// (scan.ts). Whatever else is asked for is tested row by row along it.
//   search in the default order        → the full-text index, newest first
//   one tag, assignee or column value  → its index, which continues in `id` order
//   anything else                      → the index of the sort
// A lookup (email, mobile …) or a search that leaves few rows is sorted instead, whatever the order.
import { type SQL, sql } from "drizzle-orm";
import { armsOf } from "./list-arms.ts";
import type { ListQuery, ListSpec } from "./list-query.ts";
import {
	driverOf,
	foundBy,
	linkedBy,
	narrowOf,
	type Source,
	tableSource,
	tested,
	withValues,
} from "./list-source.ts";
import type { OwnedRow } from "./owned-row.ts";
import { MOST_ENTRIES, scanStatement, weightOf, withinBytes } from "./scan.ts";
import { matchOf } from "./search.ts";
import type { Store } from "./store.ts";

/** What a page looks up for its tests, at most, besides the rows: it looks at fewer entries where each takes more. */
export const MOST_LOOKED_UP = 20_000;
/** Rows that a lookup or a search may leave to be sorted; where it leaves more, the index of the sort is walked. */
const FEW = 2_000;
/** Entries of a page that the full-text index is asked about one by one. */
const MOST_PROBED = 500;

const NOTHING = sql`SELECT 1 WHERE 0`;

/**
 * The statements of one page, to be run in one batch; their rows follow one another, for `pageOf` (scan.ts) to read. Two
 * are needed where the sort value may be missing: rows without one come last.
 */
export function listStatements<Row extends OwnedRow>(
	store: Store<Row>,
	spec: ListSpec,
	organizationId: string,
	query: ListQuery,
): SQL[] {
	const { table } = store;
	const match =
		query.search === null || !spec.search ? null : matchOf(spec.search, organizationId, query.search);
	if (query.search !== null && match === null) return [NOTHING];

	const source = (name: string | null): Source => {
		if (name === "search" && spec.search && match)
			return foundBy(store, organizationId, spec.search.table, match);
		const filter = name === null ? undefined : spec.filters[name];
		const values = name === null ? [] : (query.filters[name] ?? []);
		if (!filter) return tableSource(store, organizationId);
		return filter.by === "linked"
			? linkedBy(store, organizationId, filter.field, values[0])
			: withValues(store, organizationId, filter, values, query.includeDeleted);
	};
	/** What is asked of each row where `driver` has seen to its own part. */
	const testsBeside = (driver: string | null): SQL[] => [
		...(query.includeDeleted ? [] : [sql`${table.deletedAt} IS NULL`]),
		...Object.entries(query.filters).flatMap(([name, values]) => {
			const filter = spec.filters[name];
			if (!filter) throw new Error(`${store.name} has no filter ${name}`);
			return name === driver ? [] : [tested(store, organizationId, filter, values, query.includeDeleted)];
		}),
		...(match !== null && driver !== "search" ? [probe(store, spec, match)] : []),
	];

	const driver = driverOf(store, spec, query);
	const asked = { store, spec, organizationId, query };
	const arms = armsOf({ ...asked, source: source(driver), sorted: false });
	const tests = testsBeside(driver);
	// What the tests of an entry look up besides its row: a link for each value, or a place among several values.
	const lookedUp = Object.entries(query.filters).reduce((sum, [name, { length }]) => {
		if (name === driver) return sum;
		return sum + (spec.filters[name]?.by === "linked" ? length : Math.min(length - 1, 1));
	}, 0);
	const probed = match !== null && driver !== "search";
	const entries = Math.floor(
		Math.min(probed ? MOST_PROBED : MOST_ENTRIES, MOST_LOOKED_UP / (1 + lookedUp)) / arms.length,
	);
	const narrow = narrowOf(spec, query, driver);
	const few = narrow === null ? null : fewIn(source(narrow));
	const walk = arms.map(({ source: { from, where, key, on, tests: own }, order, beside, ...arm }) =>
		scanStatement({
			table,
			columns: sql`${table}.*${beside ? sql`, entry."sortLink"` : sql``}`,
			from,
			where: [...where, ...arm.where],
			key: beside ? sql`${key}, ${beside}` : key,
			on,
			order,
			tests: [...own, ...arm.tests, ...tests],
			limit: query.limit,
			entries,
			...(few ? { only: sql`NOT ${few}` } : {}),
		}),
	);
	if (narrow === null || few === null) return walk;
	const sorted = armsOf({ ...asked, source: source(narrow), sorted: true }).map(
		({ source: { from, where, key, on, tests: own }, order, ...arm }) =>
			withinBytes(
				sql`SELECT ${table}.*, 0 AS "last", 1 AS "fits", ${weightOf(table)} AS "weight"
				FROM (SELECT ${key} FROM ${from} WHERE ${sql.join([...where], sql` AND `)} LIMIT iif(${few}, ${FEW}, 0)) AS entry
				CROSS JOIN ${table} ON ${on}
				WHERE ${sql.join([...own, ...arm.where, ...arm.tests, ...testsBeside(narrow)], sql` AND `)}
				ORDER BY ${order} LIMIT ${query.limit + 1}`,
			),
	);
	return [...sorted, ...walk];
}

/** Whether a source leaves few rows. */
function fewIn({ from, where }: Source): SQL {
	return sql`((SELECT count(*) FROM (SELECT 1 FROM ${from} WHERE ${sql.join([...where], sql` AND `)} LIMIT ${FEW + 1})) <= ${FEW})`;
}

/** A search that is asked about one row. */
function probe<Row extends OwnedRow>({ table }: Store<Row>, { search }: ListSpec, match: SQL): SQL {
	const fts = sql.identifier(search?.table ?? "");
	return sql`EXISTS (SELECT 1 FROM ${fts} WHERE ${fts} MATCH ${match} AND ${fts}.rowid = ${table}.rowid)`;
}
