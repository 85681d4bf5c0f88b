// The filters by organization and by deletion. All queries of organizations' rows use these functions; no other file compares
// the column `organizationId`, or asks whether `deletedAt` is null (test/contract/tenant-filter.test.ts checks that).
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import { organizations } from "./schema/organizations.ts";
import { type SQL, sql } from "./sql.ts";

/** A table whose rows each belong to an organization. */
export type TenantTable = SQLiteTable & { readonly organizationId: SQLiteColumn };
type TenantRows = TenantTable & { readonly id: SQLiteColumn };
type DeletableTable = SQLiteTable & { readonly deletedAt: SQLiteColumn };

/** A value to bind, or a column of another row in the same query. */
export type Operand = string | SQL | SQLiteColumn;

/** A column of a table, or of its alias in the query. */
const column = (of: SQLiteTable | string, name: string): SQL =>
	sql`${typeof of === "string" ? sql.identifier(of) : of}.${sql.identifier(name)}`;

/** The condition that rows belong to an organization. `of` is their table, or its alias in the query. */
export const ownedBy = (of: TenantTable | string, organizationId: Operand): SQL =>
	sql`${column(of, "organizationId")} = ${organizationId}`;

/** The condition that a row belongs to an organization and has this id. */
export const isRow = (of: TenantRows | string, organizationId: Operand, id: Operand): SQL =>
	sql`${ownedBy(of, organizationId)} AND ${column(of, "id")} = ${id}`;

/** An organization's rows: the SQL after FROM, to which conditions can be added. `index` names the index that must be used. */
export const rowsOf = (table: TenantTable, organizationId: Operand, index?: string): SQL =>
	sql`${table}${index === undefined ? sql`` : sql` INDEXED BY ${sql.identifier(index)}`} WHERE ${ownedBy(table, organizationId)}`;

/** One row: the SQL after FROM, to which conditions can be added. */
export const rowOf = (table: TenantRows, organizationId: Operand, id: Operand): SQL =>
	sql`${table} WHERE ${isRow(table, organizationId, id)}`;

/** The condition that rows are not deleted. `of` is their table, or its alias in the query. */
export const notDeleted = (of: DeletableTable | string): SQL => sql`${column(of, "deletedAt")} IS NULL`;

/** The same as `rowsOf`, without deleted rows. */
export const liveRowsOf = (
	table: TenantTable & DeletableTable,
	organizationId: Operand,
	index?: string,
): SQL => sql`${rowsOf(table, organizationId, index)} AND ${notDeleted(table)}`;

/** The same as `rowOf`; no row if it is deleted. */
export const liveRowOf = (table: TenantRows & DeletableTable, organizationId: Operand, id: Operand): SQL =>
	sql`${rowOf(table, organizationId, id)} AND ${notDeleted(table)}`;

/**
 * The condition that rows are among those of a query, which returns their `organizationId` and `id`, or other columns instead
 * of `id` if they are named.
 */
export const isAmong = (of: TenantTable, rows: SQL, ...columns: readonly string[]): SQL => {
	const names = ["organizationId", ...(columns.length > 0 ? columns : ["id"])];
	return sql`(${sql.list(names.map((name) => column(of, name)))}) IN (${rows})`;
};

/** The condition that a row of `organizations`, or of its alias in the query, is this organization. */
export const isOrganization = (of: typeof organizations | string, id: Operand): SQL =>
	sql`${column(of, "id")} = ${id}`;

/** The row of an organization: the SQL after FROM, to which conditions can be added. */
export const organizationRow = (id: Operand): SQL =>
	sql`${organizations} WHERE ${isOrganization(organizations, id)}`;
