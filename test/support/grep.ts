// Searches every column of every table for texts, including the tables of full-text indexes.
import { firstShard, total } from "./shards.ts";

const inHex = (text: string) =>
	[...new TextEncoder().encode(text)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

interface Column {
	readonly table: string;
	readonly column: string;
}

/** All columns except those of virtual tables, whose data is in other tables. */
async function columns(): Promise<Column[]> {
	const { results } = await firstShard.DB.prepare(
		`SELECT t.name AS "table", c.name AS "column" FROM sqlite_master AS t JOIN pragma_table_info(t.name) AS c
		WHERE t.type = 'table' AND t.name NOT GLOB '_cf_*' AND t.name NOT GLOB 'sqlite_*' AND t.sql NOT LIKE 'CREATE VIRTUAL%'`,
	).all<Column>();
	return results;
}

/** Finds lower-case texts, ignoring case; returns each place once as `table.column: text`. */
export async function findTexts(texts: readonly string[]): Promise<string[]> {
	const all = await columns();
	const places = all.flatMap((place) => texts.map((text) => ({ ...place, text })));
	const counts = await Promise.all(
		places.map(({ table, column, text }) =>
			total(
				`SELECT count(*) FROM "${table}" WHERE instr(lower(CAST("${column}" AS TEXT)), ?) > 0 OR instr(lower(hex("${column}")), ?) > 0`,
				text,
				inHex(text),
			),
		),
	);
	return places
		.filter((_, index) => Number(counts[index]) > 0)
		.map(({ table, column, text }) => `${table}.${column}: ${text}`);
}
