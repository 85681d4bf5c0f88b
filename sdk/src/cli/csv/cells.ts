// The cells of CSV files. A text that a spreadsheet would execute as a formula gets an apostrophe in front, as do empty texts,
// which would otherwise be no value. An import removes it again, so that every text comes back as it was.

/** The beginning of a formula, also in full width, after blanks and apostrophes; or nothing but these. */
const UNSAFE = /^['\s]*(?:[=+\-@＝＋－＠\t\r\n]|$)/;

/** A text as a cell that no spreadsheet executes. */
export const escapeCell = (text: string): string => (UNSAFE.test(text) ? `'${text}` : text);

/** The text of a cell. */
export function unescapeCell(cell: string): string {
	const text = cell.slice(1);
	return cell.startsWith("'") && UNSAFE.test(text) ? text : cell;
}

/** Cells as a line, without its end. */
export function csvLine(cells: readonly string[], delimiter = ","): string {
	return cells.map((cell) => quoted(cell, delimiter)).join(delimiter);
}

function quoted(cell: string, delimiter: string): string {
	return /["\r\n]/.test(cell) || cell.includes(delimiter) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
