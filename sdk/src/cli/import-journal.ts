// How far an import is, in `<file>.import`, so that one that is killed at any moment goes on where it was. What is about to be sent
// is stored first, with the Idempotency-Key that it is sent with: sending it again has no further effect.
import { existsSync, readFileSync, rmSync, statSync, truncateSync } from "node:fs";
import { appendFile } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import { httpUrl } from "../http-url.ts";
import type { Entry } from "./csv/parts.ts";
import { isAnother } from "./own-document.ts";
import { replaceFile } from "./replace-file.ts";
import { UsageError } from "./usage.ts";

/** What is imported, and as what: an import is only continued with the same. */
export interface Source {
	readonly resource: string;
	/** An origin; of older versions any URL. */
	readonly host: string;
	/** The id of the organization, if it is known. */
	readonly organization?: string | undefined;
	/** The contents of the file. */
	readonly digest: string;
	/** The field of each column; null for those that are left out. */
	readonly fields: readonly (string | null)[];
}

/** Rows that are sent in one request. */
export interface Part {
	readonly entries: readonly Entry[];
	/** The Idempotency-Key. */
	readonly key: string;
	/** When it was first sent, in ms. */
	readonly at: number;
	/** Identifies the API key that sent it. */
	readonly sender: string;
	readonly matchBy: string | null;
}

export interface Counts {
	readonly created: number;
	readonly updated: number;
	readonly refused: number;
}

interface State {
	readonly source: Source;
	/** Begins the Idempotency-Keys of the import. */
	readonly id: string;
	/** The number of rows whose result is known. */
	readonly rows: number;
	readonly counts: Counts;
	/** The length of the file of refused rows. */
	readonly refusedBytes: number;
	readonly part: Part | null;
}

export class ImportJournal {
	readonly #path: string;
	readonly #refused: string;
	#state: State;

	private constructor(path: string, refused: string, state: State) {
		this.#path = path;
		this.#refused = refused;
		this.#state = state;
	}

	/**
	 * Opens the journal of a file, or begins one.
	 * @param refused the file for refused rows
	 * @throws UsageError if another import of the file was stopped, or the file for refused rows is there already
	 */
	static open(file: string, refused: string, source: Source, anew: boolean): ImportJournal {
		const path = `${file}.import`;
		const found = !anew && existsSync(path) ? read(path) : null;
		const { organization = source.organization, ...begun } = found?.source ?? source;
		if (isAnother(organization, source.organization)) {
			throw new UsageError(
				`${path} is of an import into ${organization}, and this key is of ${source.organization}. Go on with a key of that organization, or add --anew to begin again.`,
			);
		}
		const host = httpUrl(begun.host)?.origin;
		if (!isDeepStrictEqual({ ...begun, host, organization }, source)) {
			throw new UsageError(
				`${path} is of another import of ${file}: the file, its columns or the host have changed. Add --anew to begin again.`,
			);
		}
		const isOwn = found !== null || (anew && existsSync(path));
		let refusedBytes = 0;
		if (existsSync(refused)) {
			if (!isOwn) throw new UsageError(`${refused} is there already. Rename or remove it first.`);
			// Removes what the last run has written of a part that it hasn't finished.
			refusedBytes = Math.min(found?.refusedBytes ?? 0, statSync(refused).size);
			truncateSync(refused, refusedBytes);
		}
		const counts = { created: 0, updated: 0, refused: 0 };
		const state = found ?? { id: crypto.randomUUID(), rows: 0, counts, part: null };
		return new ImportJournal(path, refused, { ...state, source, refusedBytes });
	}

	get rows(): number {
		return this.#state.rows;
	}

	get counts(): Counts {
		return this.#state.counts;
	}

	/** Whether the file for refused rows has been begun. */
	get hasRefused(): boolean {
		return this.#state.refusedBytes > 0;
	}

	/** The rows that may have been sent. */
	get part(): Part | null {
		return this.#state.part;
	}

	/** Stores the next rows; returns what to send. */
	begin(entries: readonly Entry[], sent: Pick<Part, "at" | "sender" | "matchBy">): Part {
		const { id, rows } = this.#state;
		const part = { ...sent, entries, key: `import-${id}-${rows}${sent.matchBy ? `-${sent.matchBy}` : ""}` };
		this.#replace({ ...this.#state, part });
		return part;
	}

	/** Stores the results of the part: what it has changed, and the lines of its refused rows. */
	async finish(part: Part, { created, updated, refused }: Counts, lines: string): Promise<void> {
		const { counts, rows, refusedBytes } = this.#state;
		if (lines) await appendFile(this.#refused, lines, { flush: true });
		this.#state = {
			...this.#state,
			rows: rows + part.entries.length,
			counts: {
				created: counts.created + created,
				updated: counts.updated + updated,
				refused: counts.refused + refused,
			},
			refusedBytes: refusedBytes + Buffer.byteLength(lines),
			part: null,
		};
	}

	/** Stores how far the import is, when it is stopped between two parts. */
	save(): void {
		this.#replace(this.#state);
	}

	/** Removes the journal of an import that is complete. */
	remove(): void {
		rmSync(this.#path, { force: true });
	}

	#replace(state: State): void {
		this.#state = state;
		replaceFile(this.#path, JSON.stringify(state));
	}
}

function read(path: string): State {
	try {
		const state: State | null = JSON.parse(readFileSync(path, "utf8"));
		if (typeof state?.source?.resource !== "string") throw new TypeError("It is something else.");
		return state;
	} catch {
		throw new UsageError(`${path} can't be read. Add --anew to begin the import again.`);
	}
}
