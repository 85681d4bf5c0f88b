// The four kinds of record that can be browsed: how each is read and written, and which fields are shown and edited.
import { api, callApi, type Schemas } from "../../api.ts";

export const nouns = ["leads", "clients", "deals", "tasks"] as const;
export type Noun = (typeof nouns)[number];

export const isNoun = (text: string): text is Noun => nouns.some((noun) => noun === text);

/** The common fields of all four, and any others. */
export interface Entry {
	readonly id: string;
	readonly version: number;
	readonly createdAt: string;
	readonly updatedAt: string;
	readonly number: number;
	readonly [field: string]: unknown;
}

interface Query {
	readonly limit: number;
	readonly cursor?: string;
	readonly search?: string;
}

interface Page {
	readonly items: readonly Entry[];
	readonly nextCursor: string | null;
}

type Kind = "text" | "number" | "date" | "long" | readonly string[];

interface Description {
	readonly one: string;
	/** The field that names a record. */
	readonly title: string;
	/** Columns of the table besides the title. */
	readonly columns: readonly string[];
	/** Fields that can be edited here, with the kind of input. */
	readonly editable: Readonly<Record<string, Kind>>;
	list(query: Query): Promise<Page>;
	get(id: string): Promise<Entry>;
	history(id: string, query: Query): Promise<Schemas["HistoryPage"]>;
	update(id: string, version: number, changes: object): Promise<Entry>;
}

const at = (id: string) => ({ params: { path: { id } } });
const from = (id: string, query: Query) => ({ params: { path: { id }, query } });
const ifMatch = (id: string, version: number) => ({
	params: { path: { id }, header: { "If-Match": `"${version}"` } },
});

export const descriptions: Readonly<Record<Noun, Description>> = {
	leads: {
		one: "Lead",
		title: "name",
		columns: ["company", "email", "score", "updatedAt"],
		editable: {
			name: "text",
			email: "text",
			mobile: "text",
			company: "text",
			position: "text",
			website: "text",
			score: "number",
			value: "number",
			expectedCloseDate: "date",
			notes: "long",
		},
		list: (query) => callApi(api.GET("/leads", { params: { query } })),
		get: (id) => callApi(api.GET("/leads/{id}", at(id))),
		history: (id, query) => callApi(api.GET("/leads/{id}/events", from(id, query))),
		update: (id, version, changes) =>
			callApi(api.PATCH("/leads/{id}", { ...ifMatch(id, version), body: changes as Schemas["LeadUpdate"] })),
	},
	clients: {
		one: "Client",
		title: "name",
		columns: ["type", "email", "phone", "updatedAt"],
		editable: {
			name: "text",
			email: "text",
			phone: "text",
			jobTitle: "text",
			website: "text",
			taxNumber: "text",
			description: "long",
			internalNotes: "long",
		},
		list: (query) => callApi(api.GET("/clients", { params: { query } })),
		get: (id) => callApi(api.GET("/clients/{id}", at(id))),
		history: (id, query) => callApi(api.GET("/clients/{id}/events", from(id, query))),
		update: (id, version, changes) =>
			callApi(
				api.PATCH("/clients/{id}", { ...ifMatch(id, version), body: changes as Schemas["ClientUpdate"] }),
			),
	},
	deals: {
		one: "Deal",
		title: "title",
		columns: ["status", "price", "priority", "updatedAt"],
		editable: {
			title: "text",
			price: "number",
			priority: ["LOW", "MEDIUM", "HIGH"],
			expectedCloseDate: "date",
			lostReason: "long",
		},
		list: (query) => callApi(api.GET("/deals", { params: { query } })),
		get: (id) => callApi(api.GET("/deals/{id}", at(id))),
		history: (id, query) => callApi(api.GET("/deals/{id}/events", from(id, query))),
		update: (id, version, changes) =>
			callApi(api.PATCH("/deals/{id}", { ...ifMatch(id, version), body: changes as Schemas["DealUpdate"] })),
	},
	tasks: {
		one: "Task",
		title: "title",
		columns: ["status", "type", "dueDate", "updatedAt"],
		editable: {
			title: "text",
			status: ["OPEN", "IN_PROGRESS", "ON_HOLD", "COMPLETED", "CANCELLED"],
			type: ["call", "todo", "meeting"],
			priority: ["LOW", "MEDIUM", "HIGH"],
			dueDate: "date",
			description: "long",
		},
		list: (query) => callApi(api.GET("/tasks", { params: { query } })),
		get: (id) => callApi(api.GET("/tasks/{id}", at(id))),
		history: (id, query) => callApi(api.GET("/tasks/{id}/events", from(id, query))),
		update: (id, version, changes) =>
			callApi(api.PATCH("/tasks/{id}", { ...ifMatch(id, version), body: changes as Schemas["TaskUpdate"] })),
	},
};
