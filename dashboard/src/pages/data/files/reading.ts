// Reads a CSV file that the reader has chosen, as the command line does.
import {
	type CsvRow,
	delimiterIn,
	encodingOf,
	headersOf,
	isArchive,
	withoutSeparator,
} from "../../../../../sdk/src/cli/csv/format.ts";
import { csvRows } from "./csv-rows.ts";

export interface Sheet {
	readonly name: string;
	readonly delimiter: string;
	readonly headers: readonly string[];
	readonly rows: readonly CsvRow[];
}

/** A larger file is for the command line, which doesn't keep it in memory. */
const MAX_BYTES = 50_000_000;

/**
 * Reads a file.
 * @throws Error that says why it can't be imported
 */
export async function readSheet(file: File): Promise<Sheet> {
	const { name, size } = file;
	if (size > MAX_BYTES) throw new Error(`${name} is larger than 50 MB. Import it with the command line.`);
	const bytes = new Uint8Array(await file.arrayBuffer());
	if (isArchive(bytes))
		throw new Error(`${name} is not a CSV file. If it is a workbook, save the sheet as CSV (UTF-8) first.`);
	const text = new TextDecoder(encodingOf(bytes, isUtf8(bytes))).decode(bytes);
	const delimiter = delimiterIn(text);
	const [first, ...rows] = rowsOf(name, withoutSeparator(text), delimiter);
	if (!first || rows.length === 0) throw new Error(`${name} has no rows below the names of its columns.`);
	return { name, delimiter, headers: headersOf(first), rows };
}

function rowsOf(name: string, text: string, delimiter: string): CsvRow[] {
	try {
		return csvRows(text, delimiter);
	} catch (error) {
		throw new Error(`${name} can’t be read: ${error instanceof Error ? error.message : error}`);
	}
}

function isUtf8(bytes: Uint8Array): boolean {
	try {
		new TextDecoder("utf-8", { fatal: true }).decode(bytes);
		return true;
	} catch {
		return false;
	}
}
