// The rows of a CSV text, as the parser of the command line reads them. That one is not used here: it reads bytes, and a page would
// have to load a substitute for Node's Buffer with it.
import { type CsvRow, MAX_ROW } from "../../../../../sdk/src/cli/csv/format.ts";
import { formatNumber } from "../../../format.ts";

/**
 * The rows of a text; those without any value are left out. A cell keeps its quotes if something is before or after them.
 * @param delimiter one character
 * @throws Error if a quote is not closed or a row is too long
 */
export function csvRows(text: string, delimiter: string): CsvRow[] {
	const ends = new RegExp(`[${delimiter.replace(/[\\\]^-]/, "\\$&")}\r\n]|$`, "g");
	const rows: CsvRow[] = [];
	let cells: string[] = [];
	let line = 1;
	for (let at = 0; at < text.length || cells.length > 0; ) {
		const closing = text[at] === '"' ? closingQuote(text, at) : null;
		if (closing === -1) throw new Error(`the quote that opens on line ${line} is not closed.`);
		const quoted = closing === null ? "" : text.slice(at + 1, closing).replaceAll('""', '"');
		const rest = closing === null ? at : closing + 1;
		ends.lastIndex = rest;
		const end = ends.exec(text)?.index ?? text.length;
		const plain = text.slice(rest, end);
		cells.push(closing !== null && plain ? `"${quoted}"${plain}` : quoted + plain);
		line += quoted.match(/\r\n?|\n/g)?.length ?? 0;
		at = end + 1;
		if (text[end] === delimiter) continue;
		if (cells.join("").length > MAX_ROW)
			throw new Error(`the row that ends on line ${line} has more than ${formatNumber(MAX_ROW)} characters.`);
		if (cells.some((cell) => cell.trim() !== "")) rows.push({ line, cells });
		cells = [];
		line += 1;
		if (text.startsWith("\r\n", end)) at += 1;
	}
	return rows;
}

/** Where the quote at `from` is closed, or -1; within it, a quote is written twice. */
function closingQuote(text: string, from: number): number {
	let at = text.indexOf('"', from + 1);
	while (at >= 0 && text[at + 1] === '"') at = text.indexOf('"', at + 2);
	return at;
}
