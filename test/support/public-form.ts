// A public form with a field of every kind, and who answers it.
import type { Json } from "./api.ts";
import { withoutSending } from "./bindings.ts";
import { createCaller } from "./callers.ts";
import { createForm } from "./forms.ts";

const FIELDS = [
	{ label: "Name", required: true, mapTo: "name" },
	{ label: "E-mail", key: "email", type: "email", mapTo: "email" },
	{ label: "People", key: "people", type: "number" },
	{ label: "Day", key: "day", type: "date" },
	{ label: "Agreed", key: "agreed", type: "boolean" },
	{ label: "Topics", key: "topics", type: "multiSelect", options: ["A", "B", "C"] },
	{ label: "Story", key: "story", type: "longText" },
];

/** A new organization with the form, and how its responses are read. */
export async function publicForm(more: object = {}) {
	const api = withoutSending(await createCaller());
	const form = await createForm(api, FIELDS, { isPublic: true, ...more });
	const responses = async (): Promise<Json[]> => (await api.get("/form-responses")).body.items;
	return { api, form, responses };
}

export const JANE = { name: "Jane Smith", email: "jane@example.com" };
