// Column types and shared columns. Rows in memory have the API's names and forms: instants as ISO text, money as decimal
// numbers, lists as arrays. Only these column types convert them.
import { sql } from "drizzle-orm";
import { customType, integer, text } from "drizzle-orm/sqlite-core";

/** Ten-thousandths: the four decimal places that the API allows, stored as an exact integer. */
export const MONEY_UNITS = 10_000;

let lastInstant = { ms: Number.NaN, iso: "" };

/** An instant as the API shows it, from the milliseconds since 1970 in a row. Most rows have the same one twice. */
export const isoOf = (ms: unknown): string => {
	if (ms !== lastInstant.ms) lastInstant = { ms: Number(ms), iso: new Date(Number(ms)).toISOString() };
	return lastInstant.iso;
};

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
export const caselessText = customType<{ data: string; driverData: string }>({
	dataType: () => "text COLLATE NOCASE",
});

/**
 * A generated column that rows are sorted by, looked up by and unique by, instead of the text as it was typed: the field's
 * entry in `folded`, or the field itself where it has none (db/folded.ts). It takes values in the field's own form.
 */
export const keyColumn = (field: string, fold: (text: string) => string) =>
	customType<{ data: string; driverData: string }>({
		dataType: () => "text COLLATE NOCASE",
		toDriver: fold,
	})().generatedAlwaysAs(sql.raw(`coalesce("folded"->>'${field}', "${field}")`), { mode: "virtual" });

/** What a field's key column is called. */
export const keyColumnName = <Field extends string>(field: Field) => `${field}Key` as const;

type Keys<Field extends string> = {
	[F in Field as ReturnType<typeof keyColumnName<F>>]: ReturnType<typeof keyColumn>;
};

/**
 * Of the text fields: what search, sorts and look-ups go by, where that isn't what they hold (db/folded.ts), and key columns.
 * @param folds how the text of each field is folded to its key
 */
export const foldedColumn = <Field extends string = never>(
	folds: Readonly<Record<Field, (text: string) => string>> = Object.create(null),
) => ({
	folded: text(),
	...(Object.fromEntries(
		Object.entries<(text: string) => string>(folds).map(([field, fold]) => [
			keyColumnName(field),
			keyColumn(field, fold),
		]),
	) as Keys<Field>),
});

/** A table's row without the columns that only the database uses. */
export type WithoutInternal<Row> = Omit<Row, InternalColumn<Row>>;
export type InternalColumn<Row> = "seq" | "folded" | ReturnType<typeof keyColumnName<keyof Row & string>>;

/** A boolean, stored as 0 or 1. */
export const flag = () => integer({ mode: "boolean" });

/** A small list or object that is always read and written as a whole. */
export const json = <T>() => text({ mode: "json" }).$type<T>();

/** What every row has that callers change: `version` counts its changes from 1. */
export const versioned = () => ({
	version: integer().notNull(),
	createdAt: instant().notNull(),
	updatedAt: instant().notNull(),
});

/** How far a walk over the rows of a table has come: rows up to this one are done. */
export const walkColumns = () => ({
	table: text().primaryKey(),
	organizationId: text().notNull(),
	id: text().notNull(),
});

/** A list of ids, which are kept as links too. */
export const idList = () => json<string[]>().notNull();

/** The bytes that a row was counted with for a quota; not counted is 0. */
export const counted = () => integer().notNull().default(0);

/** What every row of an organization carries. `id` begins with its instant, so (organizationId, id) is also `createdAt` order. */
export const ownedColumns = () => ({
	organizationId: text().notNull(),
	id: text().notNull(),
	...versioned(),
	deletedAt: instant(),
});

/** The rowid that a row shares with its entry in the full-text index; declared, because an undeclared one may change. */
export const rowidColumn = () => ({ seq: integer().primaryKey() });

/** The value of a custom field as stored in a row. */
export type CustomValue = string | number | boolean | string[];

/** What the resources carry that are numbered, searched, and have custom fields: their values by the id of the definition. */
export const numbered = () => ({
	...rowidColumn(),
	...ownedColumns(),
	custom: json<Record<string, CustomValue>>().notNull(),
	number: integer().notNull(),
});
