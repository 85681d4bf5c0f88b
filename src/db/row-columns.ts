// The columns that a row in memory has, and what is made of them once for each table: of every page of a list they would
// otherwise be listed again.
import { getTableColumns, type Table } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import { type SQL, sql } from "./sql.ts";

/** Makes something of a table once. */
export function oncePerTable<Of extends Table, T>(make: (table: Of) => T): (table: Of) => T {
	const made = new WeakMap<Of, T>();
	return (table) => {
		const known = made.get(table) ?? make(table);
		made.set(table, known);
		return known;
	};
}

/** Columns by name: without `seq`, which links to the full-text index, `folded`, and the key columns that are computed from it. */
export const rowColumns = oncePerTable((table: Table): readonly (readonly [string, SQLiteColumn])[] =>
	Object.entries(getTableColumns(table) as Record<string, SQLiteColumn>).filter(
		([field, { generated }]) => field !== "seq" && field !== "folded" && !generated,
	),
);

/** These columns, for a SELECT: not `*`, because what nobody shows would be sent from the database with each row. */
export const selected = oncePerTable(
	(table: Table): SQL => sql.fixed(sql.list(rowColumns(table).map(([, column]) => sql`${column}`))),
);

/** A scalar: the bytes of the texts of a row in memory. */
export const weightOf = oncePerTable((table: Table): SQL => {
	const texts = rowColumns(table).filter(([, column]) => column.getSQLType().startsWith("text"));
	return sql.fixed(
		sql.join(
			texts.map(([, column]) => sql`coalesce(octet_length(${column}), 0)`),
			sql` + `,
		),
	);
});
