// The output of commands: a list as columns, anything else as JSON.

type Row = Readonly<Record<string, unknown>>;

const COLUMNS = 5;
const MAX_WIDTH = 36;
/** Fields that every resource has and that rarely help in a table. */
const COMMON = ["id", "version", "createdAt", "updatedAt", "deletedAt"];

/** A number of things: "1 row", "2 rows". */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** Formats rows as columns: the id and the first fields that have a text or a number in some row, without other ids. */
export function columns(rows: readonly Row[]): string {
	const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
	const shown = [
		...names.filter((name) => name === "id"),
		...names
			.filter(
				(name) => !COMMON.includes(name) && !name.endsWith("Id") && rows.some((row) => isPlain(row[name])),
			)
			.slice(0, COLUMNS - 1),
	];
	const lines = [shown, ...rows.map((row) => shown.map((name) => cell(row[name])))];
	const widths = shown.map((_, index) => Math.max(...lines.map((line) => lengthOf(line[index] ?? ""))));
	return lines
		.map((line) =>
			line
				.map((text, index) => text + " ".repeat((widths[index] ?? 0) - lengthOf(text)))
				.join("  ")
				.trimEnd(),
		)
		.join("\n");
}

/** In characters: one outside the basic plane, such as an emoji, counts once. */
const lengthOf = (text: string) => [...text].length;

function isPlain(value: unknown): boolean {
	return typeof value === "string" || typeof value === "number";
}

function cell(value: unknown): string {
	// Control characters in stored text could control the terminal.
	const text = isPlain(value) ? String(value).replaceAll(/\p{Cc}+/gu, " ") : "";
	const characters = [...text];
	return characters.length > MAX_WIDTH ? `${characters.slice(0, MAX_WIDTH - 1).join("")}…` : text;
}
