// Sends the rows of a file in batches, one after another, as fast as the key's limit allows.
import { setTimeout as sleep } from "node:timers/promises";
import type { LeadwireClient } from "../client.ts";
import type { Column } from "./csv/mapping.ts";
import type { RecordNames } from "./csv/names.ts";
import { type Entry, entryOf, partsOf } from "./csv/parts.ts";
import { type BatchResult, NO_RESULT, refusedLines, refusedOf, usedUpQuota } from "./csv/results.ts";
import { type CsvFile, rowsOf } from "./csv-file.ts";
import type { ImportJournal, Part } from "./import-journal.ts";
import { Progress } from "./progress.ts";
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
		for await (const entries of partsOf(entriesOf(rows, journal.rows))) await send(begin(entries));
	} finally {
		progress.end();
	}
	journal.remove();
}

/** The rows after the first `skip`, as they are sent. */
async function* entriesOf(
	{ csv, columns, names }: Rows,
	skip: number,
): AsyncGenerator<Entry, void, undefined> {
	for await (const row of rowsOf(csv, skip)) yield await entryOf(row, columns, names);
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
	const result = (answer?.data ?? NO_RESULT) as BatchResult;
	const refused = refusedOf(part.entries, result);
	const lines = refusedLines(csv.headers, refused, csv.delimiter);
	const header = refused.length > 0 && !journal.hasRefused ? lines.header : "";
	const { created, updated } = result;
	await journal.finish(part, { created, updated, refused: refused.length }, header + lines.rows);
	const full = usedUpQuota(result);
	if (full) {
		journal.save();
		throw new Error(`${full} The import has stopped after ${journal.rows} rows; run it again to go on.`);
	}
	const { headers = new Headers() } = answer?.response ?? {};
	return headers.get("ratelimit-remaining") === "0" ? Number(headers.get("ratelimit-reset")) : 0;
}
