// Reads CSV files.
import { createHash } from "node:crypto";
import { createReadStream, statSync } from "node:fs";
import { Readable } from "node:stream";
import { CsvError, parse } from "csv-parse";
import {
	type CsvRow,
	delimiterIn,
	encodingOf,
	headersOf,
	isArchive,
	MAX_ROW,
	parserOptions,
	RowReader,
	withoutSeparator,
} from "./csv/format.ts";
import { UsageError } from "./usage.ts";

export interface CsvFile {
	readonly path: string;
	readonly encoding: string;
	readonly delimiter: string;
	/** Of the first row. */
	readonly headers: readonly string[];
	/** The number of rows after it. */
	readonly rows: number;
	/** Identifies the contents. */
	readonly digest: string;
}

type Format = Pick<CsvFile, "path" | "encoding" | "delimiter">;

/**
 * Reads a file once: finds its encoding and delimiter, and counts its rows.
 * @throws UsageError if it can't be read, is not CSV, or has no rows
 */
export async function openCsv(
	path: string,
	given: { readonly encoding?: string | undefined; readonly delimiter?: string | undefined },
): Promise<CsvFile> {
	if (given.encoding !== undefined) decoderOf(given.encoding);
	if (given.delimiter !== undefined && !/^[^"\r\n]+$/.test(given.delimiter))
		throw new UsageError('--delimiter is what separates the columns, such as ";" or "\\t".');
	const found = statSync(path, { throwIfNoEntry: false });
	if (found && !found.isFile())
		throw new UsageError(`${path} is not a file, which can be read more than once.`);
	const { digest, ...scan } = await scanned(path);
	const encoding = given.encoding ?? scan.encoding;
	const delimiter = given.delimiter?.replace("\\t", "\t") ?? (await delimiterOf(path, encoding));
	const format = { path, encoding, delimiter };
	let headers: readonly string[] | undefined;
	let rows = -1;
	for await (const row of allRows(format)) {
		headers ??= columnNames(path, row);
		rows += 1;
	}
	if (!headers || rows < 1) throw new UsageError(`${path} has no rows below the names of its columns.`);
	return { ...format, headers, rows, digest };
}

function columnNames(path: string, first: CsvRow): string[] {
	try {
		return headersOf(first);
	} catch (error) {
		throw unreadable(path, error);
	}
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
	const reader = new RowReader();
	// Rows are made while they are parsed: the last before an error are not given any more. The parser's types don't know `info`.
	const parser = parse({ ...parserOptions(delimiter), on_record: reader.read as never });
	try {
		yield* Readable.from(tableOf(path, encoding)).compose(parser);
	} catch (error) {
		throw unreadable(path, error instanceof CsvError ? problemAfter(reader.line, error) : error);
	}
}

/** The parser only knows where it has stopped, which for a quote that isn't closed is the end of the file. */
function problemAfter(line: number, { code, message }: CsvError): string {
	const row = `the row that begins on line ${line + 1}`;
	if (code === "CSV_QUOTE_NOT_CLOSED") return `${row} has a quote that is not closed.`;
	if (code !== "CSV_MAX_RECORD_SIZE") return message;
	return `${row} has more than ${MAX_ROW.toLocaleString("en")} characters. Is a quote in it not closed?`;
}

/** The text without a line that only names the delimiter. */
async function* tableOf(path: string, encoding: string): AsyncGenerator<string, void, undefined> {
	let isFirst = true;
	for await (const text of textOf(path, encoding)) {
		const rest = isFirst ? withoutSeparator(text) : text;
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
		throw new UsageError(`--encoding is "${encoding}", which is not an encoding like utf-8 or windows-1252.`);
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
	if (start && isArchive(start)) {
		throw new UsageError(
			`${path} is not a CSV file. If it is a workbook, save the sheet as CSV (UTF-8) first.`,
		);
	}
	return { encoding: encodingOf(start ?? Buffer.of(), isUtf8), digest: hash.digest("hex") };
}

async function delimiterOf(path: string, encoding: string): Promise<string> {
	let text = "";
	for await (const part of textOf(path, encoding)) {
		text += part;
		if (text.length > MAX_ROW || /[\r\n]/.test(text)) break;
	}
	return delimiterIn(text);
}

function unreadable(path: string, error: unknown): UsageError {
	return new UsageError(`${path} can't be read: ${error instanceof Error ? error.message : String(error)}`);
}
