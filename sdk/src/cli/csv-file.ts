// Reads CSV files as spreadsheets and other programs write them: any common delimiter, encoding and end of line.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { parse } from "csv-parse";
import { UsageError } from "./usage.ts";

export interface CsvFile {
	readonly path: string;
	readonly encoding: string;
	readonly delimiter: string;
	/** The first row. */
	readonly headers: readonly string[];
	/** The number of rows after it. */
	readonly rows: number;
	/** Identifies the contents. */
	readonly digest: string;
}

export interface CsvRow {
	/** The line of the file on which it ends, from 1. */
	readonly line: number;
	readonly cells: readonly string[];
}

type Format = Pick<CsvFile, "path" | "encoding" | "delimiter">;

const DELIMITERS = [",", ";", "\t", "|"];
const MAX_ROW = 2_000_000;
/** The first line that Excel writes to name the delimiter. */
const SEPARATOR = /^sep=(.)\r?\n/i;
const MARKS = [
	{ encoding: "utf-8", bytes: [0xef, 0xbb, 0xbf] },
	{ encoding: "utf-16le", bytes: [0xff, 0xfe] },
	{ encoding: "utf-16be", bytes: [0xfe, 0xff] },
];

/**
 * Reads a file once: finds its encoding and delimiter, and counts its rows.
 * @throws UsageError if it can't be read, is no CSV, or has no rows
 */
export async function openCsv(
	path: string,
	given: { readonly encoding?: string | undefined; readonly delimiter?: string | undefined },
): Promise<CsvFile> {
	if (given.encoding !== undefined) decoderOf(given.encoding);
	const { digest, ...found } = await scanned(path);
	const encoding = given.encoding ?? found.encoding;
	const delimiter = given.delimiter?.replace("\\t", "\t") ?? (await delimiterOf(path, encoding));
	const format = { path, encoding, delimiter };
	let headers: readonly string[] | undefined;
	let rows = -1;
	for await (const { cells } of allRows(format)) {
		headers ??= cells.map((cell) => cell.trim());
		rows += 1;
	}
	if (!headers || rows < 1) throw new UsageError(`${path} has no rows below the names of its columns.`);
	return { ...format, headers, rows, digest };
}

/** The rows below the header, without the first `skip`. */
export async function* rowsOf(file: CsvFile, skip: number): AsyncGenerator<CsvRow, void, undefined> {
	let index = -1;
	for await (const row of allRows(file)) {
		if (index >= skip) yield row;
		index += 1;
	}
}

/** All rows, the header first. Rows without any value are left out. */
async function* allRows({ path, encoding, delimiter }: Format): AsyncGenerator<CsvRow, void, undefined> {
	const parser = Readable.from(tableOf(path, encoding)).compose(
		parse({
			delimiter,
			info: true,
			record_delimiter: ["\r\n", "\n", "\r"],
			relax_column_count: true,
			relax_quotes: true,
			skip_records_with_empty_values: true,
			max_record_size: MAX_ROW,
		}),
	);
	try {
		for await (const { info, record } of parser) yield { line: info.lines, cells: record };
	} catch (error) {
		throw unreadable(path, error);
	}
}

/** The text without a line that only names the delimiter. */
async function* tableOf(path: string, encoding: string): AsyncGenerator<string, void, undefined> {
	let isFirst = true;
	for await (const text of textOf(path, encoding)) {
		const rest = isFirst ? text.replace(SEPARATOR, "\n") : text;
		isFirst = false;
		if (rest) yield rest;
	}
}

async function* textOf(path: string, encoding: string): AsyncGenerator<string, void, undefined> {
	const decoder = decoderOf(encoding);
	for await (const bytes of createReadStream(path)) yield decoder.decode(bytes, { stream: true });
	yield decoder.decode();
}

function decoderOf(encoding: string): TextDecoder {
	try {
		return new TextDecoder(encoding);
	} catch {
		throw new UsageError(`--encoding is "${encoding}", which is no encoding like utf-8 or windows-1252.`);
	}
}

async function scanned(path: string): Promise<{ encoding: string; digest: string }> {
	const hash = createHash("sha256");
	const decoder = new TextDecoder("utf-8", { fatal: true });
	let start: Buffer | undefined;
	let isUtf8 = true;
	const tryToDecode = (bytes?: Buffer) => {
		try {
			if (isUtf8) decoder.decode(bytes, { stream: bytes !== undefined });
		} catch {
			isUtf8 = false;
		}
	};
	try {
		for await (const bytes of createReadStream(path)) {
			start ??= bytes;
			hash.update(bytes);
			tryToDecode(bytes);
		}
	} catch (error) {
		throw unreadable(path, error);
	}
	tryToDecode();
	if (start?.subarray(0, 2).toString("latin1") === "PK") {
		throw new UsageError(`${path} is no CSV file. If it is a workbook, save the sheet as CSV (UTF-8) first.`);
	}
	const marked = MARKS.find(({ bytes }) => bytes.every((byte, index) => start?.[index] === byte));
	return {
		encoding: marked?.encoding ?? (isUtf8 ? "utf-8" : "windows-1252"),
		digest: hash.digest("hex"),
	};
}

/** The delimiter that is in the first line most often, outside of quotes. */
async function delimiterOf(path: string, encoding: string): Promise<string> {
	let text = "";
	for await (const part of textOf(path, encoding)) {
		text += part;
		if (text.length > MAX_ROW || /[\r\n]/.test(text)) break;
	}
	const [, named] = SEPARATOR.exec(text) ?? [];
	if (named) return named;
	const [first = ""] = text.replaceAll(/"[^"]*"/g, "").split(/[\r\n]/);
	const counts = DELIMITERS.map((delimiter) => first.split(delimiter).length);
	return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ",";
}

function unreadable(path: string, error: unknown): UsageError {
	return new UsageError(`${path} can't be read: ${error instanceof Error ? error.message : String(error)}`);
}
