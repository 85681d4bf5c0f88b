// Sends the rows of a file in batches, one after another, as fast as the key's limit allows.
import { setTimeout as sleep } from "node:timers/promises";
import type { LeadwireClient } from "../client.ts";
import { csvLine, escapeCell } from "./csv/cells.ts";
import { type Column, REASON } from "./csv/mapping.ts";
import { itemOf } from "./csv/records.ts";
import { type CsvFile, type CsvRow, rowsOf } from "./csv-file.ts";
import type { Entry, ImportJournal, Part } from "./import-journal.ts";
import { Progress } from "./progress.ts";
import type { RecordNames } from "./record-names.ts";
import type { AnyCall, Session } from "./session.ts";

interface Rows {
	readonly csv: CsvFile;
	readonly columns: readonly Column[];
	readonly names: RecordNames;
	readonly resource: string;
	readonly matchBy: string | null;
	readonly sender: string;
}

interface Tools {
	readonly client: LeadwireClient;
	readonly journal: ImportJournal;
	readonly session: Session;
}

interface ItemError {
	readonly code: string;
	readonly message: string;
	readonly errors?: readonly { readonly path: string; readonly message: string }[];
}

interface BatchResult {
	readonly created: number;
	readonly updated: number;
	readonly results: readonly { readonly error?: ItemError }[];
}

/** A batch has up to 100 items in up to 1 MB. */
const MAX_ITEMS = 100;
const MAX_BYTES = 900_000;
/** Refused rows are stored with each part, too. */
const MAX_ENTRIES = 1_000;

/**
 * Sends all rows that the journal doesn't have yet.
 * @throws LeadwireError as calls do; Error if a quota is used up. The next run goes on there
 */
export async function sendRows(rows: Rows, { client, journal, session }: Tools): Promise<void> {
	const { csv, matchBy, sender } = rows;
	const progress = new Progress(session, csv.rows, journal.rows);
	const send = async (part: Part) => {
		const wait = await sendPart(rows, part, { client, journal });
		const seconds = journal.rows < csv.rows ? wait : 0;
		progress.show(journal.rows, seconds > 0 ? `; the key's limit allows more in ${seconds} s` : "");
		await sleep(seconds * 1_000);
	};
	const begin = (entries: readonly Entry[]) => journal.begin(entries, { at: Date.now(), sender, matchBy });
	try {
		const { part } = journal;
		if (part) await send(part.matchBy === matchBy ? part : begin(part.entries));
		for await (const entries of partsOf(rows, journal.rows)) await send(begin(entries));
	} finally {
		progress.end();
	}
	journal.remove();
}

/** What a row is sent as, or why it isn't sent. */
export async function entryOf(
	{ line, cells }: CsvRow,
	columns: readonly Column[],
	names: RecordNames,
): Promise<Entry> {
	if (cells.slice(columns.length).some((cell) => cell.trim() !== "")) {
		const reason = `It has ${cells.length} cells, but there are ${columns.length} columns.`;
		return { line, cells, reason };
	}
	await names.prepare(columns, cells);
	const item = itemOf(columns, cells, names.find);
	return sizeOf(item) > MAX_BYTES ? { line, cells, reason: "It is too large." } : { line, cells, item };
}

const sizeOf = (item: unknown) => Buffer.byteLength(JSON.stringify(item));

/** The rows after the first `skip`, in groups that fit into a batch. */
async function* partsOf(
	{ csv, columns, names }: Rows,
	skip: number,
): AsyncGenerator<Entry[], void, undefined> {
	let [entries, items, bytes]: [Entry[], number, number] = [[], 0, 0];
	for await (const row of rowsOf(csv, skip)) {
		const entry = await entryOf(row, columns, names);
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

/** Sends a part and stores its results; returns how many seconds to wait before the next. */
async function sendPart(
	{ csv, resource }: Rows,
	part: Part,
	{ client, journal }: Pick<Tools, "client" | "journal">,
): Promise<number> {
	const items = part.entries.flatMap(({ item }) => item ?? []);
	const { matchBy } = part;
	// The path is only known at run time.
	const post = client.POST as unknown as AnyCall;
	const answer =
		items.length === 0
			? null
			: await post(`/${resource}/batch`, {
					body: { items, ...(matchBy === null ? {} : { mode: "upsert", matchBy }) },
					headers: { "idempotency-key": part.key },
				});
	const { created, updated, results } = (answer?.data ?? {
		created: 0,
		updated: 0,
		results: [],
	}) as BatchResult;
	const outcomes = results.values();
	const errors = part.entries.map(({ item }) => (item ? outcomes.next().value?.error : undefined));
	const lines = part.entries.flatMap(({ cells, reason }, index) => {
		const error = errors[index];
		const why = error ? textOf(error) : reason;
		return why === undefined ? [] : [refusedLine(csv, cells, why)];
	});
	const header = journal.hasRefused ? [] : [refusedLine(csv, csv.headers, REASON)];
	const text = lines.length > 0 ? [...header, ...lines].map((line) => `${line}\n`).join("") : "";
	await journal.finish(part, { created, updated, refused: lines.length }, text);
	const full = errors.find((error) => error?.code === "CONFLICT" && error.message.includes("quota"));
	if (full) {
		journal.save();
		throw new Error(
			`${full.message} The import has stopped after ${journal.rows} rows; run it again to go on.`,
		);
	}
	const { headers = new Headers() } = answer?.response ?? {};
	return headers.get("ratelimit-remaining") === "0" ? Number(headers.get("ratelimit-reset")) : 0;
}

const textOf = ({ message, errors }: ItemError) =>
	errors?.map(({ path, message: problem }) => `${path}: ${problem}`).join(" ") || message;

/** A row as it was, behind the reason; one from an earlier import is replaced. */
function refusedLine({ headers, delimiter }: CsvFile, cells: readonly string[], reason: string): string {
	return csvLine([escapeCell(reason), ...(headers[0] === REASON ? cells.slice(1) : cells)], delimiter);
}
