// How a value stands in a row. Rows carry the wire's own names and forms: what a column type does here
// (instants as ISO text, money as a decimal number, lists as arrays) is done nowhere else.
import { sql } from "drizzle-orm";
import { customType, index, integer, type SQLiteColumn, text } from "drizzle-orm/sqlite-core";

/** Ten-thousandths: the four decimal places the wire allows, kept as an exact integer. */
export const MONEY_UNITS = 10_000;

/** An instant as the wire has it, from the milliseconds since 1970 of a row. */
export const isoOf = (ms: unknown): string => new Date(Number(ms)).toISOString();

/** Milliseconds since 1970 in the row, ISO 8601 UTC outside. */
export const instant = customType<{ data: string; driverData: number }>({
	dataType: () => "integer",
	toDriver: (iso) => Date.parse(iso),
	fromDriver: isoOf,
});

/** An integer of ten-thousandths in the row, a decimal number outside. */
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
 * What rows are sorted, looked up and held unique by, instead of a text field as it was typed: its entry in `folded`, and the
 * field itself where that has none (db/folded.ts). Named by `keyName`, it takes values in the field's own form.
 */
export const key = (field: string, fold: (text: string) => string) =>
	customType<{ data: string; driverData: string }>({
		dataType: () => "text COLLATE NOCASE",
		toDriver: fold,
	})().generatedAlwaysAs(sql.raw(`coalesce("folded"->>'${field}', "${field}")`), { mode: "virtual" });

/** What a field's key column is called. */
export const keyName = (field: string) => `${field}Key` as const;

/** Of the text fields: what search, sorts and look-ups go by, where that isn't what they hold (db/folded.ts). */
export const foldable = () => ({ folded: text() });

/** A table's row without the columns that only the database looks at. */
export type Plain<Row> = Omit<Row, Internal>;
export type Internal = "seq" | "folded" | ReturnType<typeof keyName>;

export const flag = () => integer({ mode: "boolean" });

/** A small list or object that is only ever read and written whole. */
export const json = <T>() => text({ mode: "json" }).$type<T>();

/** What every row of an organization carries. `id` begins with its instant, so (organizationId, id) is also `createdAt` order. */
export const owned = () => ({
	organizationId: text().notNull(),
	id: text().notNull(),
	version: integer().notNull(),
	createdAt: instant().notNull(),
	updatedAt: instant().notNull(),
	deletedAt: instant(),
});

/** What an index of a table needs to know of it. */
type OwnedColumns = Readonly<Record<"organizationId" | "id" | "deletedAt", SQLiteColumn>>;

/** The order of a list by some field: all of an organization's rows are in it, and `id` decides among equals. */
export const sortedBy = (name: string, table: OwnedColumns, column: SQLiteColumn) =>
	index(name).on(table.organizationId, column, table.id);

/**
 * What finds the rows with a value, where something must be sure to meet a live one at once: who refers to a row, or has a
 * value that only one may have. Live ones come first, in the order of their ids, and the deleted ones behind them.
 */
export const foundBy = (name: string, table: OwnedColumns, column: SQLiteColumn) =>
	index(name).on(table.organizationId, column, table.deletedAt, table.id);

/** Deleted rows by when they were: what the purge goes by. Live rows are not in it, so a create writes nothing here. */
export const trash = (name: string, { deletedAt }: { readonly deletedAt: SQLiteColumn }) =>
	index(`${name}_deletedAt`).on(deletedAt).where(sql`"deletedAt" IS NOT NULL`);

/** The rowid that a row shares with its entry in the full-text index; declared, because an undeclared one may change. */
export const searchable = () => ({ seq: integer().primaryKey() });

/** A custom value as a row keeps it. */
export type CustomValue = string | number | boolean | string[];

/** The values of custom fields, by the id of their definition. */
export const customizable = () => ({ custom: json<Record<string, CustomValue>>().notNull() });
