// A copy of a resource in a file, which stays correct when the process is killed at any moment. `<file>` has one record per
// line and is only replaced as a whole. `<file>.sync` is a journal: its first line says what is copied, each further line
// has the changes of one page and the cursor after it. At the end of a run the journal is merged into the file and
// emptied. Changes may be applied twice, so it doesn't matter which of the two files was replaced last.
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, truncateSync, writeSync } from "node:fs";
import { httpUrl } from "../http-url.ts";
import { isAnother } from "./own-document.ts";
import { placeOf, replaceFile } from "./replace-file.ts";
import { UsageError } from "./usage.ts";

/** What is copied: the resource, the origin of its host, and the id of the organization if it is known. */
export interface Origin {
	readonly resource: string;
	readonly host: string;
	readonly organization?: string | undefined;
}

interface Change {
	readonly type: "upsert" | "delete" | "erase";
	readonly id: string;
	readonly record?: object;
}

interface Header extends Origin {
	readonly cursor?: string | undefined;
	/** Whether the journal adds to the file; otherwise the copy is being made again from the beginning. */
	readonly continues: boolean;
}

interface JournalPage {
	readonly cursor: string;
	readonly changes: readonly Change[];
}

export class FileCopy {
	readonly #file: string;
	readonly #journal: string;
	readonly #origin: Origin;
	#pages: JournalPage[] = [];
	#header: Header;
	#open: number;

	private constructor(file: string, origin: Origin, anew: boolean) {
		this.#file = file;
		this.#journal = `${file}.sync`;
		this.#origin = origin;
		if (!placeOf(file).isReplaceable) throw new UsageError(`${file} is not a file that can be replaced.`);
		const found = anew ? null : this.#read();
		if (!found && !anew && existsSync(file)) {
			throw new UsageError(
				`${file} is there, and is not a copy that this command has made. Give another name, or --anew to replace it.`,
			);
		}
		this.#header = found?.header ?? { ...origin, continues: false };
		this.#pages = found?.pages ?? [];
		// Removes a line that the last run wrote only in part; its page is read again.
		if (found) truncateSync(this.#journal, found.bytes);
		else this.#begin();
		this.#open = openSync(this.#journal, "a");
	}

	/**
	 * Opens a copy, or creates one.
	 * @throws UsageError if the file is something else, or the copy of another resource, host or organization
	 */
	static open(file: string, origin: Origin, anew: boolean): FileCopy {
		try {
			return new FileCopy(file, origin, anew);
		} catch (error) {
			if (error instanceof Error && "syscall" in error) throw new UsageError(error.message);
			throw error;
		}
	}

	/** The cursor to continue from; undefined at the beginning. */
	get cursor(): string | undefined {
		return this.#pages.at(-1)?.cursor ?? this.#header.cursor;
	}

	/** Saves a page of changes. When it returns they are on disk. */
	append(changes: readonly Change[], cursor: string): void {
		const page = { cursor, changes };
		writeSync(this.#open, `${JSON.stringify(page)}\n`);
		fsyncSync(this.#open);
		this.#pages.push(page);
	}

	/** Begins the copy again. The file stays as it is until the new copy is complete. */
	beginAgain(): void {
		this.#beginAnew({ ...this.#origin, continues: false });
	}

	/** Merges the journal into the file; returns how many records the file has. */
	finish(): number {
		const records = new Map<string, string>();
		if (this.#header.continues) {
			for (const line of linesOf(this.#file)) records.set(JSON.parse(line).id, line);
		}
		for (const { type, id, record } of this.#pages.flatMap(({ changes }) => changes)) {
			if (type === "upsert") records.set(id, JSON.stringify(record));
			else records.delete(id);
		}
		const sorted = [...records].sort(([a], [b]) => (a < b ? -1 : 1));
		replaceFile(this.#file, sorted.map(([, line]) => `${line}\n`).join(""));
		this.#beginAnew({ ...this.#origin, cursor: this.cursor, continues: true });
		closeSync(this.#open);
		return records.size;
	}

	#begin(): void {
		replaceFile(this.#journal, `${JSON.stringify(this.#header)}\n`);
	}

	#beginAnew(header: Header): void {
		closeSync(this.#open);
		this.#pages = [];
		this.#header = header;
		this.#begin();
		this.#open = openSync(this.#journal, "a");
	}

	/** Reads the journal up to its last complete line; null if there is none, or if the file that it adds to was removed. */
	#read(): { header: Header; pages: JournalPage[]; bytes: number } | null {
		if (!existsSync(this.#journal)) return null;
		const text = readFileSync(this.#journal, "utf8");
		const whole = text.slice(0, text.lastIndexOf("\n") + 1);
		const [first = "", ...rest] = whole.split("\n").filter(Boolean);
		let header: Header;
		try {
			header = JSON.parse(first);
			if (typeof header?.resource !== "string") throw new TypeError("It is something else.");
		} catch {
			throw new UsageError(`${this.#journal} is not a journal of this command. Give --to another name.`);
		}
		const { resource, host, organization } = this.#origin;
		if (header.resource !== resource || httpUrl(header.host)?.origin !== host) {
			throw new UsageError(
				`${this.#file} is a copy of ${header.resource} of ${header.host}, not of ${resource} of ${host}. Give --to another name.`,
			);
		}
		if (isAnother(header.organization, organization)) {
			throw new UsageError(
				`${this.#file} is a copy of ${resource} of ${header.organization}, and this key is of ${organization}. Give --to another name, or --anew to replace it.`,
			);
		}
		if (header.continues && !existsSync(this.#file)) return null;
		return { header, pages: rest.map((line) => JSON.parse(line)), bytes: Buffer.byteLength(whole) };
	}
}

function linesOf(file: string): string[] {
	return existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : [];
}
