// What the rows of a file become, and which of them would be refused.
import type { Field } from "../../../../../sdk/src/cli/csv/fields.ts";
import type { Column } from "../../../../../sdk/src/cli/csv/mapping.ts";
import { type ReadList, RecordNames } from "../../../../../sdk/src/cli/csv/names.ts";
import { type Entry, entryOf } from "../../../../../sdk/src/cli/csv/parts.ts";
import { problemsOf } from "../../../../../sdk/src/cli/csv/problems.ts";
import { api, callApi } from "../../../api.ts";
import { pagesOf } from "../../../paging.ts";
import type { Noun } from "./nouns.ts";
import type { Sheet } from "./reading.ts";

export interface Checked {
	readonly entries: readonly Entry[];
	readonly problems: readonly { readonly line: number; readonly reason: string }[];
}

/** Besides custom fields, the fields that records are matched by. */
const MATCHABLE: Readonly<Record<Noun, readonly string[]>> = {
	leads: ["email", "mobile"],
	clients: ["email", "phone"],
	deals: [],
	tasks: [],
};

/** The fields of the columns by which records can be known. */
export function matchableOf(noun: Noun, columns: readonly Column[]): string[] {
	const names = columns.flatMap(({ field }) => (field && field.kind !== "list" ? field.name : []));
	return names.filter((name) => MATCHABLE[noun].includes(name) || name.startsWith("cf_"));
}

/** The first required field without a column; null if there is none. */
export function missingField(fields: readonly Field[], columns: readonly Column[]): string | null {
	return (
		fields.find(({ name, required }) => required && !columns.some(({ field }) => field?.name === name))
			?.name ?? null
	);
}

const readList: ReadList = async function* (list) {
	const pages = pagesOf<object>((cursor) =>
		// Which list it is, is only known now.
		callApi(api.GET(list as "/lead-sources", { params: { query: { limit: 100, ...cursor } } })),
	);
	for await (const items of pages) yield* items as readonly Record<string, unknown>[];
};

/** Makes the items of all rows, and checks them. */
export async function check(
	{ rows }: Sheet,
	columns: readonly Column[],
	fields: readonly Field[],
	matchBy: string,
): Promise<Checked> {
	const names = new RecordNames(readList);
	const known = fields.map((field) => (field.name === matchBy ? { ...field, required: true } : field));
	const entries: Entry[] = [];
	const problems: { line: number; reason: string }[] = [];
	for (const row of rows) {
		const entry = await entryOf(row, columns, names);
		entries.push(entry);
		const reason = entry.item ? problemsOf(known, entry.item).join(" ") : (entry.reason ?? "");
		if (reason) problems.push({ line: entry.line, reason });
	}
	return { entries, problems };
}
