// `leadwire import leads contacts.csv`: shows what the columns become, then creates or updates a record for each row.
import { createHash } from "node:crypto";
import { paginate } from "../paginate.ts";
import { jsonFile, type Request } from "./arguments.ts";
import { createFields, type Field } from "./csv/fields.ts";
import { type Column, listed, mapColumns } from "./csv/mapping.ts";
import { RecordNames } from "./csv/names.ts";
import { entryOf } from "./csv/parts.ts";
import { problemsOf } from "./csv/problems.ts";
import { type CsvFile, openCsv, rowsOf } from "./csv-file.ts";
import { ImportJournal, type Part } from "./import-journal.ts";
import { sendRows } from "./import-rows.ts";
import { counted, columns as table } from "./output.ts";
import { organizationIn, ownDocument } from "./own-document.ts";
import type { Session } from "./session.ts";
import { UsageError } from "./usage.ts";

interface Flags {
	readonly map?: string;
	readonly "match-by"?: string;
	readonly "dry-run"?: boolean;
	readonly yes?: boolean;
	readonly anew?: boolean;
	readonly delimiter?: string;
	readonly encoding?: string;
}

/** An Idempotency-Key is known for a day. */
const KNOWN_MS = 23 * 3_600_000;
const MAX_SHOWN = 10;

/**
 * Imports a file.
 * @throws UsageError before the first row is sent; LeadwireError as calls do; Error if rows were refused
 */
export async function importFile(
	resource: string,
	{ path: { file = "" }, own, globals }: Request,
	session: Session,
): Promise<void> {
	const flags: Flags = own;
	const options = session.options(globals);
	const csv = await openCsv(file, flags);
	const document = await ownDocument(options);
	const fields = createFields(document, resource);
	const matchBy = flags["match-by"] ?? null;
	const columns = columnsOf(csv, fields, flags.map, matchBy);
	const client = session.patientClient(globals);
	const names = new RecordNames((list) =>
		// The path is only known at run time.
		paginate(client, list as "/lead-sources", { query: { limit: 100 } }),
	);
	if (!globals.json) session.print(await preview(csv, columns));
	if (flags["dry-run"]) return check(csv, columns, { fields, matchBy, names, isJson: globals.json }, session);
	const refused = `${file.replace(/\.csv$/i, "")}.rejected.csv`;
	const journal = ImportJournal.open(
		file,
		refused,
		{
			...{ resource, host: options.baseUrl, organization: organizationIn(document), digest: csv.digest },
			fields: columns.map(({ field }) => field?.name ?? null),
		},
		flags.anew ?? false,
	);
	const sender = createHash("sha256").update(options.apiKey).digest("hex").slice(0, 16);
	if (journal.part) throwIfUnsure(journal.part, { matchBy, sender });
	else if (journal.rows === 0 && !flags.yes && !(await isConfirmed(csv, session))) return;
	if (journal.rows > 0) session.printError(`It goes on after ${counted(journal.rows, "row")}.`);
	const rows = { csv, columns, names, resource, matchBy, sender };
	await sendRows(rows, { client, journal, session });
	const { counts } = journal;
	const result = { resource, file, rows: csv.rows, ...counts };
	session.print(
		globals.json
			? JSON.stringify({ ...result, rejected: counts.refused > 0 ? refused : null })
			: `${counted(csv.rows, "row")}: ${counts.created} created, ${counts.updated} updated, ${counts.refused} refused.`,
	);
	if (counts.refused > 0)
		throw new Error(
			`The refused rows are in ${refused}, each with the reason. Correct them there and import that file.`,
		);
}

function columnsOf(
	{ path, headers }: CsvFile,
	fields: readonly Field[],
	map: string | undefined,
	matchBy: string | null,
): Column[] {
	let columns: Column[];
	try {
		columns = mapColumns(headers, fields, map === undefined ? {} : mapOf(map));
	} catch (error) {
		throw error instanceof RangeError ? new UsageError(error.message) : error;
	}
	const mapped = columns.flatMap(({ field }) => field?.name ?? []);
	const all = `Its columns are ${listed(headers)}; the fields are ${fields.map(({ name }) => name).join(", ")}. Say which is for which with --map.`;
	if (mapped.length === 0) throw new UsageError(`No column of ${path} has the name of a field. ${all}`);
	const missing = fields.find(({ name, required }) => required && !mapped.includes(name))?.name;
	if (missing) throw new UsageError(`${missing} is required, and no column of ${path} is for it. ${all}`);
	if (matchBy !== null && !mapped.includes(matchBy))
		throw new UsageError(`--match-by is ${matchBy}, and no column of ${path} is for it. ${all}`);
	return columns;
}

function mapOf(file: string): Record<string, string | null> {
	const map = jsonFile(file);
	const isMap =
		typeof map === "object" &&
		map !== null &&
		Object.values(map).every((field) => field === null || typeof field === "string");
	if (isMap) return map as Record<string, string | null>;
	throw new UsageError(`${file} is not a map like { "E-mail 1": "email", "Fax": null }.`);
}

/** What each column becomes, with the values of the first row. */
async function preview(csv: CsvFile, columns: readonly Column[]): Promise<string> {
	const { value: first } = await rowsOf(csv, 0).next();
	const rows = columns.map(({ header, field }, index) => ({
		column: header,
		field: field?.name ?? "(left out)",
		"first row": first?.cells[index] ?? "",
	}));
	const delimiter = csv.delimiter === "\t" ? "tab" : csv.delimiter;
	return `${csv.path}: ${counted(csv.rows, "row")}, ${csv.encoding}, delimiter ${delimiter}\n\n${table(rows)}\n`;
}

interface Checking {
	readonly fields: readonly Field[];
	readonly matchBy: string | null;
	readonly names: RecordNames;
	readonly isJson: boolean | undefined;
}

/** Checks every row without sending it. */
async function check(
	csv: CsvFile,
	columns: readonly Column[],
	{ fields, matchBy, names, isJson = false }: Checking,
	session: Session,
): Promise<void> {
	const known = fields.map((field) => (field.name === matchBy ? { ...field, required: true } : field));
	const problems: { line: number; reason: string }[] = [];
	for await (const row of rowsOf(csv, 0)) {
		const { line, item, reason } = await entryOf(row, columns, names);
		const found = item ? problemsOf(known, item).join(" ") : reason;
		if (found) problems.push({ line, reason: found });
	}
	const good = csv.rows - problems.length;
	if (isJson) {
		const map = Object.fromEntries(columns.map(({ header, field }) => [header, field?.name ?? null]));
		session.print(JSON.stringify({ file: csv.path, rows: csv.rows, good, map, problems }));
	} else {
		for (const { line, reason } of problems.slice(0, MAX_SHOWN)) session.print(`line ${line}: ${reason}`);
		if (problems.length > MAX_SHOWN) session.print(`… and ${problems.length - MAX_SHOWN} more`);
		session.print(`${good} of ${csv.rows} rows are ready. Nothing was sent.`);
	}
	if (problems.length > 0) throw new Error(`${problems.length} of ${csv.rows} rows would be refused.`);
}

async function isConfirmed({ rows }: CsvFile, { terminal, print }: Session): Promise<boolean> {
	if (!terminal) return true;
	const isYes = /^y(es)?$/i.test((await terminal.ask(`Import ${counted(rows, "row")}? [y/N] `)).trim());
	if (!isYes) print("Nothing was imported.");
	return isYes;
}

/** Throws when sending a part again could create records twice: the API may no longer know its Idempotency-Key. */
function throwIfUnsure(part: Part, { matchBy, sender }: Pick<Part, "matchBy" | "sender">): void {
	if (part.matchBy !== null && part.matchBy !== matchBy)
		throw new UsageError(`This import was begun with --match-by ${part.matchBy}. Go on with the same.`);
	if (matchBy !== null || (part.sender === sender && Date.now() - part.at < KNOWN_MS)) return;
	const [first, last] = [part.entries[0]?.line, part.entries.at(-1)?.line];
	throw new UsageError(
		`Whether lines ${first} to ${last} were stored is not known any more: they were sent with another key, or a day ago. Go on with --match-by, which finds those that were.`,
	);
}
