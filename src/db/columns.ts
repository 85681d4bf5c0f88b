// Column types and shared columns. Rows in memory have the API's names and forms: instants as ISO text, money as decimal
// numbers, lists as arrays. Only these column types convert them.
import { sql } from "drizzle-orm";
import { customType, index, integer, type SQLiteColumn, text } from "drizzle-orm/sqlite-core";

/** Ten-thousandths: the four decimal places that the API allows, stored as an exact integer. */
export const MONEY_UNITS = 10_000;

/** An instant as the API shows it, from the milliseconds since 1970 in a row. */
export const isoOf = (ms: unknown): string => new Date(Number(ms)).toISOString();

/** Milliseconds since 1970 in the database, ISO 8601 UTC in memory. */
export const instant = customType<{ data: string; driverData: number }>({
	dataType: () => "integer",
	toDriver: (iso) => Date.parse(iso),
	fromDriver: isoOf,
});

/** An integer of ten-thousandths in the database, a decimal number in memory. */
export const money = customType<{ data: number; driverData: number }>({
	dataType: () => "integer",
	toDriver: (amount) => Math.round(amount * MONEY_UNITS),
	fromDriver: (units) => units / MONEY_UNITS,
});

/** Text that compares and sorts without regard to ASCII case (names, e-mail addresses). */
export const caseless = customType<{ data: string; driverData: string }>({
	dataType: () => "text COLLATE NOCASE",
});

/**
 * A generated column that rows are sorted by, looked up by and unique by, instead of the text as it was typed: the field's
 * entry in `folded`, or the field itself where it has none (db/folded.ts). It takes values in the field's own form.
 */
export const key = (field: string, fold: (text: string) => string) =>
	customType<{ data: string; driverData: string }>({
		dataType: () => "text COLLATE NOCASE",
		toDriver: fold,
	})().generatedAlwaysAs(sql.raw(`coalesce("folded"->>'${field}', "${field}")`), { mode: "virtual" });

/** The name of a field's key column. */
export const keyName = (field: string) => `${field}Key` as const;

/** The folded forms of text fields, for search, sorts and look-ups (db/folded.ts). */
export const foldable = () => ({ folded: text() });

/** A table's row without the columns that only the database uses. */
export type Plain<Row> = Omit<Row, Internal>;
export type Internal = "seq" | "folded" | ReturnType<typeof keyName>;

export const flag = () => integer({ mode: "boolean" });

/** A small list or object that is always read and written as a whole. */
export const json = <T>() => text({ mode: "json" }).$type<T>();

/** The columns of every row of an organization. `id` begins with its time, so (organizationId, id) is also `createdAt` order. */
export const owned = () => ({
	organizationId: text().notNull(),
	id: text().notNull(),
	version: integer().notNull(),
	createdAt: instant().notNull(),
	updatedAt: instant().notNull(),
	deletedAt: instant(),
});

/** The columns that an index of a table needs. */
type OwnedColumns = Readonly<Record<"organizationId" | "id" | "deletedAt", SQLiteColumn>>;

/** The index for sorting a list by a field: it contains all rows of an organization; `id` orders rows with equal values. */
export const sortedBy = (name: string, table: OwnedColumns, column: SQLiteColumn) =>
	index(name).on(table.organizationId, column, table.id);

/**
 * The index for finding rows by a value when live rows must be found without reading deleted ones: for references to a row
 * and for unique values. Live rows come first, in the order of their ids, then the deleted ones.
 */
export const foundBy = (name: string, table: OwnedColumns, column: SQLiteColumn) =>
	index(name).on(table.organizationId, column, table.deletedAt, table.id);

/** The index of deleted rows by time, for the purge. It contains no live rows, so a create writes nothing to it. */
export const trash = (name: string, { deletedAt }: { readonly deletedAt: SQLiteColumn }) =>
	index(`${name}_deletedAt`).on(deletedAt).where(sql`"deletedAt" IS NOT NULL`);

/** The rowid that a row shares with its entry in the full-text index; declared, because an undeclared rowid may change. */
export const searchable = () => ({ seq: integer().primaryKey() });

/** The value of a custom field as stored in a row. */
export type CustomValue = string | number | boolean | string[];

/** The values of custom fields, by the id of their definition. */
export const customizable = () => ({ custom: json<Record<string, CustomValue>>().notNull() });
