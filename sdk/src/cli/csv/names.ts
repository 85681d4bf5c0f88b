// Finds ids by names: a file says "Website", a lead has the id of that source.
import type { Field } from "./fields.ts";
import { type Column, plain } from "./mapping.ts";

type Named = Readonly<Record<string, unknown>>;

/** Reads all records of a list, e.g. `/lead-sources`. */
export type ReadList = (list: string) => AsyncIterable<Named>;

/** What people call a record by. */
const NAMES = ["name", "title", "label", "email"];

export class RecordNames {
	readonly #records: ReadList;
	/** By list: the ids of each name. */
	readonly #lists = new Map<string, Map<string, string[]>>();

	constructor(records: ReadList) {
		this.#records = records;
	}

	/** Reads the lists that the cells of a row name records of, once each. */
	async prepare(columns: readonly Column[], cells: readonly string[]): Promise<void> {
		for (const [index, { field }] of columns.entries()) {
			const cell = cells[index]?.trim() ?? "";
			if (!field?.list || this.#lists.has(field.list) || cell === "" || isId(field, cell)) continue;
			this.#lists.set(field.list, await this.#read(field.list));
		}
	}

	/** The id of the one record of this name; the text itself if it is an id, or no such name. */
	readonly find = (field: Field, text: string): string => {
		const ids = this.#lists.get(field.list ?? "")?.get(plain(text)) ?? [];
		const [id, another] = ids.filter((one) => one.startsWith(`${field.prefix}_`));
		return id === undefined || another !== undefined || isId(field, text) ? text : id;
	};

	async #read(list: string): Promise<Map<string, string[]>> {
		const found = new Map<string, string[]>();
		const note = (record: Named) => {
			for (const key of new Set(NAMES.flatMap((name) => plain(String(record[name] ?? "")) || [])))
				found.set(key, [...(found.get(key) ?? []), String(record.id)]);
		};
		for await (const record of this.#records(list)) {
			note(record);
			// The stages of a pipeline.
			for (const parts of Object.values(record))
				if (Array.isArray(parts)) parts.filter(isNamed).forEach(note);
		}
		return found;
	}
}

const isNamed = (part: unknown): part is Named => typeof part === "object" && part !== null && "id" in part;

const isId = ({ prefix }: Field, text: string) => text.startsWith(`${prefix}_`);
