// Custom fields in everybody's document: a pattern for their names. own-document.ts names an organization's own.
import type { Document, Operation } from "./document.ts";

/** The schemas that show or take the custom fields of an entity, by the beginning of their names. */
export const TITLES: Readonly<Record<string, string>> = {
	leads: "Lead",
	clients: "Client",
	deals: "Deal",
	tasks: "Task",
	quotations: "Quotation",
	invoices: "Invoice",
};

const PATTERN = {
	"^cf_[a-z0-9_]+$": {
		description:
			"A custom field of the organization; `GET /api/v1/openapi.json` with a key lists them. `null` clears it.",
	},
};

/** Replaces the place where custom fields are gathered by what a caller sends: `cf_…` keys. Changes the document. */
export function describeCustomFields(document: Document): void {
	for (const schema of Object.values(document.components?.schemas ?? {})) {
		if ("$ref" in schema || !schema.properties || !("cf_" in schema.properties)) continue;
		delete schema.properties.cf_;
		Object.assign(schema, { patternProperties: PATTERN });
	}
	for (const title of Object.values(TITLES)) {
		const schema = document.components?.schemas?.[title];
		if (schema) Object.assign(schema, { patternProperties: PATTERN });
	}
	for (const operation of listsOf(document)) {
		const parameters = operation.parameters ?? [];
		operation.parameters = parameters.filter(
			(parameter) => !("name" in parameter) || parameter.name !== "cf_",
		);
	}
}

/** Every list operation. */
function listsOf(document: Document): Operation[] {
	return Object.values(document.paths ?? {}).flatMap((item) => (item.get ? [item.get] : []));
}
