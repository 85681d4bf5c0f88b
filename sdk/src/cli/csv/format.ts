// How CSV files of spreadsheets and other programs are written: with any common delimiter, encoding and end of line.

/** The longest row, in characters. */
export const MAX_ROW = 2_000_000;
const MAX_COLUMNS = 1_000;
const DELIMITERS = [",", ";", "\t", "|"];
/** The first line that Excel writes to name the delimiter. */
const SEPARATOR = /^sep=(.)\r?\n/i;
const MARKS = [
	{ encoding: "utf-8", bytes: [0xef, 0xbb, 0xbf] },
	{ encoding: "utf-16le", bytes: [0xff, 0xfe] },
	{ encoding: "utf-16be", bytes: [0xfe, 0xff] },
];

export interface CsvRow {
	/** The line of the file on which it ends, from 1. */
	readonly line: number;
	readonly cells: readonly string[];
}

/** What a parser gives for a row. */
export interface Parsed {
	readonly info: { readonly lines: number };
	readonly record: string[];
}

/** Makes rows of what the parser gives, in order. */
export class RowReader {
	/** The line on which the last row ends; 0 before the first. */
	line = 0;
	#countedTwice = 0;

	/** The next row; null for one without any value. */
	readonly read = ({ info, record }: Parsed): CsvRow | null => {
		// The parser counts an end of line of two characters within quotes as two lines.
		for (const cell of record) this.#countedTwice += cell.split("\r\n").length - 1;
		this.line = info.lines - this.#countedTwice;
		return record.some((cell) => cell.trim() !== "") ? { line: this.line, cells: record } : null;
	};
}

/** The options of csv-parse: rows may be short or long. */
export const parserOptions = (delimiter: string) => ({
	delimiter,
	info: true as const,
	record_delimiter: ["\r\n", "\n", "\r"],
	relax_column_count: true,
	relax_quotes: true,
	max_record_size: MAX_ROW,
});

/** Without a mark, UTF-16 is known by the zeros beside the letters of the first columns' names. */
const UNMARKED = [
	{ encoding: "utf-16le", zeros: [1, 3] },
	{ encoding: "utf-16be", zeros: [0, 2] },
];

/** The encoding of a file by its first bytes; if they don't tell, by whether all of it is valid UTF-8. */
export function encodingOf(start: Uint8Array, isUtf8: boolean): string {
	const found =
		MARKS.find(({ bytes }) => bytes.every((byte, index) => start[index] === byte)) ??
		UNMARKED.find(({ zeros }) =>
			[0, 1, 2, 3].every((index) => (start[index] === 0) === zeros.includes(index)),
		);
	return found?.encoding ?? (isUtf8 ? "utf-8" : "windows-1252");
}

/**
 * The names of the columns, without control characters; one that is there before has its position behind it.
 * @throws RangeError if there are too many
 */
export function headersOf({ cells }: CsvRow): string[] {
	if (cells.length > MAX_COLUMNS)
		throw new RangeError(`It has ${cells.length} columns; at most ${MAX_COLUMNS} are read.`);
	const names = cells.map((cell) => cell.replaceAll(/\p{Cc}+/gu, " ").trim());
	return names.map((name, index) => (names.indexOf(name) === index ? name : `${name} (${index + 1})`));
}

/** Whether a file is a workbook, or another archive. */
export const isArchive = (start: Uint8Array): boolean => start[0] === 0x50 && start[1] === 0x4b;

/** The delimiter that is in the first line most often, outside of quotes. */
export function delimiterIn(text: string): string {
	const [, named] = SEPARATOR.exec(text) ?? [];
	if (named) return named;
	const [first = ""] = text.replaceAll(/"[^"]*"/g, "").split(/[\r\n]/);
	const counts = DELIMITERS.map((delimiter) => first.split(delimiter).length);
	return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ",";
}

/** The beginning of a file without a line that only names the delimiter. */
export const withoutSeparator = (text: string): string => text.replace(SEPARATOR, "\n");
