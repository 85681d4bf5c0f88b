// The tables of a TOML file as text, since wrangler.toml is a person's, comments and all. What is not recognized here is left
// alone; whether an edit did what it should is seen by parsing the result: shard.ts
import type { ConfigTable } from "../local/config.ts";

/** Where a table is among the lines of a file: from its head to what is behind its last key. */
interface Span {
	readonly from: number;
	readonly to: number;
}

const isHead = (line = "") => /^\s*\[/.test(line);
const isBlank = (line = "") => line.trim() === "";
const isComment = (line = "") => /^\s*#/.test(line);

function spansOf(lines: readonly string[], name: string): Span[] {
	const head = new RegExp(String.raw`^\s*\[\[\s*${name.replace(".", String.raw`\s*\.\s*`)}\s*\]\]`);
	return [...lines.keys()]
		.filter((index) => head.test(lines[index] ?? ""))
		.map((from) => ({ from, to: endOf(lines, from) }));
}

/** The end of the table with this head. Comments belong to it unless the next head follows them directly. */
function endOf(lines: readonly string[], from: number): number {
	let end = from + 1;
	for (let next = end; next < lines.length && !isHead(lines[next]); next += 1)
		if (!isBlank(lines[next]) && !isComment(lines[next])) end = next + 1;
	let behind = end;
	while (isComment(lines[behind])) behind += 1;
	return isBlank(lines[behind]) ? behind : end;
}

/** The text of each table of this name. */
export function tablesOf(text: string, name: string): string[] {
	const lines = text.split(/\r?\n/);
	return spansOf(lines, name).map(({ from, to }) => lines.slice(from, to).join("\n"));
}

/** Puts more tables behind the last one of this name, with its line ends. Throws an Error if there is none. */
export function withTables(text: string, name: string, tables: readonly string[]): string {
	if (tables.length === 0) return text;
	const lines = text.split("\n");
	const last = spansOf(lines, name).at(-1);
	if (!last) throw new Error(`It has no [[${name}]].`);
	const lineEnd = lines[last.from]?.endsWith("\r") ? "\r\n" : "\n";
	const rest = lines.slice(last.to);
	const parts = [
		lines.slice(0, last.to).join("\n").trimEnd(),
		...tables.map((one) => one.replaceAll("\n", lineEnd)),
	];
	const gap = isBlank(rest[0]) ? "" : lineEnd;
	return `${parts.join(lineEnd + lineEnd)}${lineEnd}${gap}${rest.join("\n")}`;
}

/** Gives a key another text, and keeps what is behind it in the line. Throws an Error if there is no such key. */
export function withText(text: string, key: string, value: string): string {
	const line = new RegExp(String.raw`^([ \t]*${key}[ \t]*=[ \t]*)(?:"[^"\n]*"|'[^'\n]*')`, "m");
	if (!line.test(text)) throw new Error(`It has no ${keyText(key, "")}.`);
	return text.replace(line, (_, before: string) => `${before}${JSON.stringify(value)}`);
}

/** A key with a value that TOML and JSON write alike: a text, a number, true or false. */
export const keyText = (key: string, value: unknown): string => `${key} = ${JSON.stringify(value)}`;

/** A table with such values, and a comment behind its head. */
export const tableText = (name: string, table: ConfigTable, comment = ""): string =>
	[
		`[[${name}]]${comment && ` # ${comment}`}`,
		...Object.entries(table).map(([key, value]) => keyText(key, value)),
	].join("\n");
