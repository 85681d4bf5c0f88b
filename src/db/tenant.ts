// Whose rows a query means. Every table of an organization's rows is narrowed by these functions, and no other file compares
// the column that says whose a row is (test/contract/tenant-filter.test.ts holds them to it).
import { type SQL, sql } from "drizzle-orm";
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import { organizations } from "./schema/organizations.ts";

/** A table whose rows each belong to an organization. */
export type TenantTable = SQLiteTable & { readonly organizationId: SQLiteColumn };
type TenantRows = TenantTable & { readonly id: SQLiteColumn };

/** A value to bind, or a column of another row in the same query. */
export type Operand = string | SQL | SQLiteColumn;

/** A column of a table, or of what a query calls it. */
const column = (of: SQLiteTable | string, name: string): SQL =>
	sql`${typeof of === "string" ? sql.identifier(of) : of}.${sql.identifier(name)}`;

/** The condition that rows are an organization's. `of` is their table, or what the query calls it. */
export const ownedBy = (of: TenantTable | string, organizationId: Operand): SQL =>
	sql`${column(of, "organizationId")} = ${organizationId}`;

/** The condition that a row is the one with this id among its organization's. */
export const isRow = (of: TenantRows | string, organizationId: Operand, id: Operand): SQL =>
	sql`${ownedBy(of, organizationId)} AND ${column(of, "id")} = ${id}`;

/** An organization's rows: what comes after FROM, up to further conditions. `index` names the one that must be used. */
export const rowsOf = (table: TenantTable, organizationId: Operand, index?: string): SQL =>
	sql`${table}${index === undefined ? sql`` : sql` INDEXED BY ${sql.identifier(index)}`} WHERE ${ownedBy(table, organizationId)}`;

/** One row: what comes after FROM, up to further conditions. */
export const rowOf = (table: TenantRows, organizationId: Operand, id: Operand): SQL =>
	sql`${table} WHERE ${isRow(table, organizationId, id)}`;

/**
 * The condition that rows are among those of a query, which gives for each its `organizationId` and what it is called by
 * within the organization: its `id`, unless other columns are named.
 */
export const among = (of: TenantTable, rows: SQL, ...columns: readonly string[]): SQL => {
	const names = ["organizationId", ...(columns.length > 0 ? columns : ["id"])];
	return sql`(${sql.join(
		names.map((name) => column(of, name)),
		sql`, `,
	)}) IN (${rows})`;
};

/** The condition that a row of `organizations`, or of what the query calls it, is this organization's own. */
export const isOrganization = (of: typeof organizations | string, id: Operand): SQL =>
	sql`${column(of, "id")} = ${id}`;

/** An organization's own row: what comes after FROM, up to further conditions. */
export const organizationRow = (id: Operand): SQL =>
	sql`${organizations} WHERE ${isOrganization(organizations, id)}`;
