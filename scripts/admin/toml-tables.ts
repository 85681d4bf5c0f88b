// The tables of a TOML file as text, since wrangler.toml is a person's, comments and all.
import type { ConfigTable } from "../local/config.ts";

/** The tables of this name, each up to the empty line or the table behind it. */
export const tablesOf = (text: string, name: string): string[] =>
	text.match(new RegExp(String.raw`^\[\[${name.replace(".", "\\.")}\]\].*(?:\n(?!\[).+)*`, "gm")) ?? [];

/** Puts more tables behind the last one of this name. */
export function behind(text: string, name: string, tables: readonly string[]): string {
	const last = tablesOf(text, name).at(-1);
	if (last === undefined) throw new Error(`wrangler.toml has no [[${name}]].`);
	const end = text.lastIndexOf(last) + last.length;
	return [text.slice(0, end).trimEnd(), ...tables, text.slice(end).trimStart()].join("\n\n");
}

/** A table with values that TOML and JSON write alike: texts, numbers, true and false. */
export const tableText = (name: string, table: ConfigTable): string =>
	[`[[${name}]]`, ...Object.entries(table).map(([key, value]) => `${key} = ${JSON.stringify(value)}`)].join(
		"\n",
	);
