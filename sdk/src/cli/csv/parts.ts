// The rows of a file in groups that fit into a batch.
import type { CsvRow } from "./format.ts";
import type { Column } from "./mapping.ts";
import type { RecordNames } from "./names.ts";
import { itemOf } from "./records.ts";

/** A row that is sent as an item, or refused before. */
export interface Entry extends CsvRow {
	readonly item?: Readonly<Record<string, unknown>>;
	readonly reason?: string;
}

/** A batch has up to 100 items in up to 1 MB. */
const MAX_ITEMS = 100;
const MAX_BYTES = 900_000;
/** Refused rows are in the group, too. */
const MAX_ENTRIES = 1_000;

/** What a row is sent as, or why it isn't sent. */
export async function entryOf(row: CsvRow, columns: readonly Column[], names: RecordNames): Promise<Entry> {
	if (row.cells.slice(columns.length).some((cell) => cell.trim() !== "")) {
		return { ...row, reason: `It has ${row.cells.length} cells, but there are ${columns.length} columns.` };
	}
	// The API would refuse the whole batch.
	const wrong = columns.find(({ field }, index) => field && row.cells[index]?.includes("\0"));
	if (wrong) return { ...row, reason: `${wrong.field?.name}: Must not contain U+0000.` };
	await names.prepare(columns, row.cells);
	const item = itemOf(columns, row.cells, names.find);
	return sizeOf(item) > MAX_BYTES ? { ...row, reason: "It is too large." } : { ...row, item };
}

const utf8 = new TextEncoder();
const sizeOf = (item: unknown) => utf8.encode(JSON.stringify(item)).length;

/** Groups rows, in order. */
export async function* partsOf(
	rows: AsyncIterable<Entry> | Iterable<Entry>,
): AsyncGenerator<Entry[], void, undefined> {
	let [entries, items, bytes]: [Entry[], number, number] = [[], 0, 0];
	for await (const entry of rows) {
		const size = entry.item ? sizeOf(entry.item) : 0;
		if (items === MAX_ITEMS || bytes + size > MAX_BYTES || entries.length === MAX_ENTRIES) {
			yield entries;
			[entries, items, bytes] = [[], 0, 0];
		}
		entries.push(entry);
		items += entry.item ? 1 : 0;
		bytes += size;
	}
	if (entries.length > 0) yield entries;
}
