// What `npm run admin` reads from its input and writes to its output, if that is a file and not a text for people.
import { once } from "node:events";
import {
	closeSync,
	createReadStream,
	createWriteStream,
	fstatSync,
	mkdtempSync,
	openSync,
	rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Report } from "./exporting.ts";
import { UsageError } from "./flags.ts";

/** An input that can be read more than once. */
export interface Input {
	read(): AsyncIterable<Uint8Array>;
	close(): void;
}

/**
 * Writes lines to standard output, as fast as they are taken.
 * @throws Error in plain words when the program that reads them ends before
 */
export async function writeLines(lines: AsyncIterable<string>): Promise<void> {
	try {
		for await (const line of lines)
			if (!process.stdout.write(`${line}\n`)) await once(process.stdout, "drain");
	} catch (error) {
		if (!isClosed(error)) throw error;
		throw new Error("What reads the output has ended before all of it was written, so it has only a part.");
	}
}

const isClosed = (error: unknown) => error instanceof Error && "code" in error && error.code === "EPIPE";

/** Throws a UsageError when standard input is a terminal, which has no file. */
export function requireFile({ isTTY = false } = process.stdin): void {
	if (isTTY) throw new UsageError("The file is read from standard input: npm run admin -- org import < FILE");
}

/** Standard input, or a copy of it if it is not a file, which would be gone once it was read. */
export async function openInput(): Promise<Input> {
	const read = (fd: number) => createReadStream("", { fd, start: 0, autoClose: false });
	if (fstatSync(process.stdin.fd).isFile())
		return { read: () => read(process.stdin.fd), close: () => undefined };
	const folder = mkdtempSync(join(tmpdir(), "leadwire-import-"));
	const path = join(folder, "input");
	await pipeline(process.stdin, createWriteStream(path, { mode: 0o600 }));
	const fd = openSync(path, "r");
	return {
		read: () => read(fd),
		close() {
			closeSync(fd);
			rmSync(folder, { recursive: true });
		},
	};
}

const PERIOD_MS = 2_000;

/** Says on standard error what is being done, every few seconds. */
export function progress(): Report {
	let saidAt = Date.now();
	return (table, rows) => {
		if (Date.now() < saidAt + PERIOD_MS) return;
		saidAt = Date.now();
		console.error(rows > 0 ? `${table}: ${rows} rows` : table);
	};
}
