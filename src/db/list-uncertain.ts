// Deleted rows have no links, so filters of custom fields compare what they store. Where SQL can't tell whether a value is one
// of those asked for, a list's statement returns it, and the page leaves out the rows whose values are not.
import type { RawRow } from "./client.ts";
import type { ListQuery, ListSpec } from "./list-query.ts";
import type { OwnedRow } from "./owned-row.ts";
import { type SQL, sql } from "./sql.ts";
import type { Store } from "./store.ts";
import { notDeleted } from "./tenant.ts";

/** The filters of a query that leave rows uncertain: the field of each, and the test of a stored value. */
function uncertainFilters({ filters }: ListSpec, query: ListQuery) {
	if (!query.includeDeleted) return [];
	return Object.keys(query.filters).flatMap((name) => {
		const { field = "", stored } = filters[name] ?? {};
		return stored?.isAsked ? [{ field, isAsked: stored.isAsked }] : [];
	});
}

/** The column of the stored values that are uncertain in a row, after a comma; empty if none can be. */
export function uncertainColumn<Row extends OwnedRow>(
	{ table, column }: Store<Row>,
	spec: ListSpec,
	query: ListQuery,
): SQL {
	const ids = uncertainFilters(spec, query).map(({ field }) => field.slice(field.indexOf(".") + 1));
	if (ids.length === 0) return sql``;
	const values = sql`SELECT json_group_array(${column("custom")}->>field.value) FROM ${sql.each(ids)} AS field`;
	return sql`, iif(${notDeleted(table)}, NULL, (${values})) AS "uncertain"`;
}

/** The function that tells whether a row of a list's statements meets all filters. */
export function certainty(spec: ListSpec, query: ListQuery): (raw: RawRow) => boolean {
	const filters = uncertainFilters(spec, query);
	return ({ uncertain }) => {
		if (typeof uncertain !== "string") return true;
		const values: unknown[] = JSON.parse(uncertain);
		return filters.every(({ isAsked }, index) => isAsked(String(values[index])));
	};
}
