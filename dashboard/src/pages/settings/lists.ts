// The stages and sources of leads: how each list is read and written.
import { callPath } from "../../api.ts";
import type { Once } from "../../once.ts";
import { readAll } from "../../paging.ts";
import { records } from "../../records.ts";
import type { Entry } from "../../resources.ts";

export interface ListEntry extends Entry {
	readonly name: string;
	readonly position: number;
	/** Only of a stage. */
	readonly type?: string;
}

interface Values {
	readonly name: string;
	readonly position: number;
	readonly type: string;
}

const listOf = (path: "lead-stages" | "lead-sources", one: string, types: readonly string[]) => ({
	path,
	one,
	/** None, if its entries have no type. */
	types,
	read: () =>
		readAll<ListEntry>((cursor) => callPath("GET", `/${path}`, { query: { limit: 100, ...cursor } })),
	create: ({ type, ...values }: Values, { header }: Once) =>
		records.create({ path }, types.length > 0 ? { ...values, type } : values, header["Idempotency-Key"]),
	/** Refused, as is `remove`, if somebody else has changed the entry. */
	rename: (entry: ListEntry, name: string) => records.update({ path }, entry, { name }),
	remove: (entry: ListEntry) => records.remove({ path }, entry),
});

export type List = ReturnType<typeof listOf>;

export const leadStages = listOf("lead-stages", "stage", [
	"NEW",
	"CONTACTED",
	"WORKING",
	"CONVERTED",
	"UNQUALIFIED",
	"JUNK",
]);

export const leadSources = listOf("lead-sources", "source", []);
