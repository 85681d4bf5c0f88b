// The statement that finds one row of an organization.
import type { OwnedTable } from "./owned-row.ts";
import { selected } from "./row-columns.ts";
import { type SQL, sql } from "./sql.ts";
import { liveRowOf, rowOf } from "./tenant.ts";

/** The query for one row; deleted rows are found only with `includeDeleted`. */
export type RowById = (organizationId: string, id: string, includeDeleted?: boolean) => SQL;

/**
 * Makes the queries for single rows of a table.
 * @param more a further column, which must depend on nothing but the organization
 */
export function rowById(table: OwnedTable, more?: (organizationId: SQL) => SQL): RowById {
	const finding = (row: typeof rowOf) =>
		sql.prepared<[organizationId: string, id: string]>((organizationId, id) => {
			const further = more ? sql`, ${more(organizationId)}` : sql``;
			return sql`SELECT ${selected(table)}${further} FROM ${row(table, organizationId, id)}`;
		});
	const any = finding(rowOf);
	const live = finding((_, ...key) => liveRowOf(table, ...key));
	return (organizationId, id, includeDeleted = false) => (includeDeleted ? any : live)(organizationId, id);
}
