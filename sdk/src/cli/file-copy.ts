// A copy of a resource in a file that survives being killed at any moment. `<file>` has one record a line, and is only
// ever replaced as a whole. `<file>.sync` is a journal: what the copy is of, and then per page what has changed and the
// cursor behind it, each page one line. At the end of a run the journal is worked into the file and begun anew.
// Repeating changes does no harm, so whichever of the two was replaced last, the next run ends where this one would have.
import {
	closeSync,
	existsSync,
	fsyncSync,
	openSync,
	readFileSync,
	renameSync,
	truncateSync,
	writeFileSync,
	writeSync,
} from "node:fs";
import { UsageError } from "./usage.ts";

/** What the copy is of. */
export interface Origin {
	readonly resource: string;
	readonly host: string;
}

interface Change {
	readonly type: "upsert" | "delete" | "erase";
	readonly id: string;
	readonly record?: object;
}

interface Header extends Origin {
	readonly cursor?: string | undefined;
	/** Whether the file holds what came before; else the copy is being made anew. */
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
		const found = anew ? null : this.#read();
		if (!found && !anew && existsSync(file)) {
			throw new UsageError(
				`${file} is there, and is no copy that this command has made. Give another name, or --anew to replace it.`,
			);
		}
		this.#header = found?.header ?? { ...origin, continues: false };
		this.#pages = found?.pages ?? [];
		// A line that was being written when the last run was stopped is written again.
		if (found) truncateSync(this.#journal, found.bytes);
		else this.#begin();
		this.#open = openSync(this.#journal, "a");
	}

	/**
	 * Opens a copy, or begins one.
	 * @throws UsageError where the file is something else, or a copy of something else
	 */
	static open(file: string, origin: Origin, anew: boolean): FileCopy {
		try {
			return new FileCopy(file, origin, anew);
		} catch (error) {
			if (error instanceof Error && "syscall" in error) throw new UsageError(error.message);
			throw error;
		}
	}

	/** Where to go on; undefined at the beginning. */
	get cursor(): string | undefined {
		return this.#pages.at(-1)?.cursor ?? this.#header.cursor;
	}

	/** Keeps a page of changes: once this returns, they are not lost. */
	append(changes: readonly Change[], cursor: string): void {
		const page = { cursor, changes };
		writeSync(this.#open, `${JSON.stringify(page)}\n`);
		fsyncSync(this.#open);
		this.#pages.push(page);
	}

	/** Forgets what was copied; the file stays as it is until the new copy is whole. */
	restart(): void {
		this.#beginAnew({ ...this.#origin, continues: false });
	}

	/** Works the journal into the file, and gives how many records it has now. */
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
		replace(this.#file, sorted.map(([, line]) => `${line}\n`).join(""));
		this.#beginAnew({ ...this.#origin, cursor: this.cursor, continues: true });
		closeSync(this.#open);
		return records.size;
	}

	#begin(): void {
		replace(this.#journal, `${JSON.stringify(this.#header)}\n`);
	}

	#beginAnew(header: Header): void {
		closeSync(this.#open);
		this.#pages = [];
		this.#header = header;
		this.#begin();
		this.#open = openSync(this.#journal, "a");
	}

	/** What the journal holds, up to its last whole line; null where there is none. */
	#read(): { header: Header; pages: JournalPage[]; bytes: number } | null {
		if (!existsSync(this.#journal)) return null;
		const text = readFileSync(this.#journal, "utf8");
		const whole = text.slice(0, text.lastIndexOf("\n") + 1);
		const [first = "", ...rest] = whole.split("\n").filter(Boolean);
		let header: Header;
		try {
			header = JSON.parse(first);
		} catch {
			throw new UsageError(`${this.#journal} is no journal of this command. Give --to another name.`);
		}
		const { resource, host } = this.#origin;
		if (header.resource !== resource || header.host !== host) {
			throw new UsageError(
				`${this.#file} is a copy of ${header.resource} of ${header.host}, not of ${resource} of ${host}. Give --to another name.`,
			);
		}
		return { header, pages: rest.map((line) => JSON.parse(line)), bytes: Buffer.byteLength(whole) };
	}
}

function linesOf(file: string): string[] {
	return existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : [];
}

/** Writes a file beside and puts it in place, so that a reader sees the old one or the new one. */
function replace(file: string, text: string): void {
	const beside = `${file}.new`;
	const open = openSync(beside, "w");
	writeFileSync(open, text);
	fsyncSync(open);
	closeSync(open);
	renameSync(beside, file);
}
