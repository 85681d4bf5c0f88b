// `leadwire export leads`: all records of a list, or those that match, as CSV or NDJSON.
import { closeSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import type { Request } from "./arguments.ts";
import { csvLine } from "./csv/cells.ts";
import { recordFields } from "./csv/fields.ts";
import { cellsOf } from "./csv/records.ts";
import { counted } from "./output.ts";
import { ownDocument } from "./own-document.ts";
import { placeOf } from "./replace-file.ts";
import type { AnyCall, Page, Session } from "./session.ts";
import { UsageError } from "./usage.ts";

interface Flags {
	readonly format?: string;
	readonly to?: string;
	readonly bom?: boolean;
}

const BOM = "\uFEFF";

/**
 * Writes the records of a list.
 * @throws UsageError for an unknown format, or a file that can't be written; LeadwireError as calls do
 */
export async function exportRecords(
	resource: string,
	{ query, own, globals }: Request,
	session: Session,
): Promise<void> {
	const { format = "csv", to, bom = false }: Flags = own;
	if (format !== "csv" && format !== "ndjson")
		throw new UsageError(`--format is csv or ndjson, not "${format}".`);
	const isCsv = format === "csv";
	const fields = isCsv ? recordFields(await ownDocument(session.options(globals)), resource) : [];
	const lineOf = (record: Page["items"][number]) =>
		isCsv ? csvLine(cellsOf(fields, record)) : JSON.stringify(record);
	const output =
		to === undefined ? { write: session.print, end: () => {}, discard: () => {} } : wholeFile(to);
	if (isCsv) output.write((bom ? BOM : "") + csvLine(fields.map(({ name }) => name)));
	// The path is only known at run time.
	const get = session.patientClient(globals).GET as unknown as AnyCall;
	let count = 0;
	try {
		for (let cursor: string | null = null, more = true; more; ) {
			const params = {
				query: { orderDir: "asc", limit: 100, ...query, ...(cursor === null ? {} : { cursor }) },
			};
			const page = (await get(`/${resource}`, { params })).data as Page;
			if (page.items.length > 0) output.write(page.items.map(lineOf).join("\n"));
			count += page.items.length;
			cursor = page.nextCursor;
			more = page.hasMore;
			session.terminal?.show(`${count} ${resource} …`);
		}
	} catch (error) {
		output.discard();
		throw error;
	} finally {
		session.terminal?.show("");
	}
	output.end();
	if (to === undefined) return;
	session.print(
		globals.json
			? JSON.stringify({ resource, file: to, records: count })
			: `${to} has ${counted(count, "record")}.`,
	);
}

/** A file that is only there, under its name, once it is complete. Devices and pipes are written to as they are. */
function wholeFile(name: string) {
	const { file, written, path } = opened(name);
	return {
		write: (lines: string) => writeSync(file, `${lines}\n`),
		end() {
			closeSync(file);
			if (written !== path) renameSync(written, path);
		},
		/** Leaves nothing of a file that isn't complete. */
		discard() {
			closeSync(file);
			if (written !== path) rmSync(written);
		},
	};
}

function opened(name: string) {
	try {
		const { path, isReplaceable } = placeOf(name);
		const written = isReplaceable ? `${path}.new` : path;
		return { file: openSync(written, "w"), written, path };
	} catch (error) {
		throw new UsageError(error instanceof Error ? error.message : String(error));
	}
}
