// The stages and sources of leads: how each list is read and written.
import { api, callApi, type Schemas } from "../../api.ts";
import { readAll } from "../../paging.ts";

export interface ListEntry {
	readonly id: string;
	readonly version: number;
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

export interface List {
	readonly path: "lead-stages" | "lead-sources";
	readonly one: string;
	readonly types: readonly string[];
	read(): Promise<readonly ListEntry[]>;
	create(values: Values): Promise<unknown>;
	rename(entry: ListEntry, name: string): Promise<unknown>;
	remove(entry: ListEntry): Promise<unknown>;
}

/** An entry, if nobody has changed it since it was read. */
const at = ({ id, version }: ListEntry) => ({
	params: { path: { id }, header: { "If-Match": `"${version}"` } },
});
const page = (cursor: { cursor?: string }) => ({ params: { query: { limit: 100, ...cursor } } });

export const leadStages: List = {
	path: "lead-stages",
	one: "stage",
	types: ["NEW", "CONTACTED", "WORKING", "CONVERTED", "UNQUALIFIED", "JUNK"],
	read: () => readAll<ListEntry>((cursor) => callApi(api.GET("/lead-stages", page(cursor)))),
	create: (values) => callApi(api.POST("/lead-stages", { body: values as Schemas["LeadStageCreate"] })),
	rename: (entry, name) => callApi(api.PATCH("/lead-stages/{id}", { ...at(entry), body: { name } })),
	remove: (entry) => callApi(api.DELETE("/lead-stages/{id}", at(entry))),
};

export const leadSources: List = {
	path: "lead-sources",
	one: "source",
	types: [],
	read: () => readAll<ListEntry>((cursor) => callApi(api.GET("/lead-sources", page(cursor)))),
	create: ({ name, position }) => callApi(api.POST("/lead-sources", { body: { name, position } })),
	rename: (entry, name) => callApi(api.PATCH("/lead-sources/{id}", { ...at(entry), body: { name } })),
	remove: (entry) => callApi(api.DELETE("/lead-sources/{id}", at(entry))),
};
