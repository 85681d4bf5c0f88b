// The file of an exported organization: one JSON text per line. First a header, then for each table a line with its columns and
// its rows in lists, then the number of rows and a checksum of all lines before. Rows that changed while the file was written
// come again, and keys of rows that were removed; the later line is the one that counts.
import { createHash } from "node:crypto";

const FORMAT = "leadwire-organization";
const VERSION = 1;

export interface Header {
	/** The last migration of the database that it comes from. */
	readonly migration: string;
	readonly organization: { readonly id: string; readonly name: string };
	/** The shard that it was in, and all that its keys may name. */
	readonly shard: number;
	readonly shards: readonly number[];
	readonly exportedAt: string;
}

/** What the following lines are: rows with these columns, or keys of removed rows. */
export type Section = { readonly table: string; readonly columns: unknown } | { readonly removed: string };

export interface Part {
	readonly section: Section;
	readonly lines: readonly string[];
}

const UNFINISHED = "The file ends too early: the export was interrupted, or a part of the file is missing.";
const ALTERED = "The file was altered or damaged: its checksum is not that of its lines.";

/** The lines of a file, from its header and its sections and rows. */
export async function* fileLines(header: Header, body: AsyncIterable<string>): AsyncGenerator<string> {
	const hash = createHash("sha256");
	let rows = 0;
	const counted = (line: string) => {
		hash.update(`${line}\n`);
		if (line.startsWith("[")) rows += 1;
		return line;
	};
	yield counted(JSON.stringify({ format: FORMAT, version: VERSION, ...header }));
	for await (const line of body) yield counted(line);
	yield JSON.stringify({ rows, sha256: hash.digest("hex") });
}

/**
 * Reads a file to its end, and returns its header.
 * @param inspect gets every line between the header and the checksum
 * @throws Error in plain words for a file of another kind or version, and for one that is truncated or altered
 */
export async function verifyFile(
	lines: AsyncIterable<string>,
	inspect: (line: string) => void | Promise<void> = () => undefined,
): Promise<Header> {
	const hash = createHash("sha256");
	let header: Header | undefined;
	let rows = 0;
	let last: string | undefined;
	for await (const line of lines) {
		if (last !== undefined) {
			hash.update(`${last}\n`);
			if (last.startsWith("[")) rows += 1;
			if (header) await inspect(last);
			header ??= readHeader(last);
		}
		last = line;
	}
	if (last === undefined) throw new Error("The file is empty.");
	header ??= readHeader(last);
	const end = parse(last) as { rows?: unknown; sha256?: unknown } | undefined;
	if (typeof end?.sha256 !== "string" || Array.isArray(end)) throw new Error(UNFINISHED);
	if (end.rows !== rows || end.sha256 !== hash.digest("hex")) throw new Error(ALTERED);
	return header;
}

/** What a verified file has between its header and its checksum, in parts of at most so many bytes, or of one line. */
export async function* partsOf(lines: AsyncIterable<string>, maxBytes: number): AsyncGenerator<Part> {
	let section: Section | undefined;
	let gathered: string[] = [];
	let bytes = 0;
	const part = () => {
		const taken = section && gathered.length > 0 ? [{ section, lines: gathered }] : [];
		gathered = [];
		bytes = 0;
		return taken;
	};
	for await (const line of lines) {
		const size = costOf(line);
		if (!line.startsWith("[")) {
			yield* part();
			section = JSON.parse(line) as Section;
			continue;
		}
		if (bytes + size > maxBytes) yield* part();
		gathered.push(line);
		bytes += size;
	}
}

/** The bytes of a text as an SQL literal, in which every quote is doubled. */
export const costOf = (text: string): number => Buffer.byteLength(text) + text.split("'").length;

function readHeader(line: string): Header {
	const { format, version, ...header } = (parse(line) ?? {}) as Header & {
		format?: string;
		version?: number;
	};
	if (format !== FORMAT) throw new Error("This is not a file of org export.");
	if (version !== VERSION)
		throw new Error(
			`The file has the format version ${version}; this version of Leadwire reads ${VERSION}. Import it with the version that wrote it.`,
		);
	return header;
}

function parse(line: string): unknown {
	try {
		return JSON.parse(line);
	} catch {
		return undefined;
	}
}

/** What npm prints before the output of a script, when it is not run with -s. */
const isOfNpm = (line: string) => line === "" || line.startsWith("> ");

/** The lines of a stream of bytes, without what npm has put before the first. U+2028 in a text ends no line. */
export async function* linesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
	let begun = false;
	for await (const line of allLines(bytes)) {
		begun ||= !isOfNpm(line);
		if (begun) yield line;
	}
}

async function* allLines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
	const NEWLINE = 10;
	let pieces: Uint8Array[] = [];
	for await (const chunk of bytes) {
		let start = 0;
		for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
			yield Buffer.concat([...pieces, chunk.subarray(start, end)]).toString("utf8");
			pieces = [];
			start = end + 1;
		}
		if (start < chunk.length) pieces.push(chunk.subarray(start));
	}
	if (pieces.length > 0) yield Buffer.concat(pieces).toString("utf8");
}
