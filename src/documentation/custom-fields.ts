// Custom fields in the public document, as a pattern of their names. own-document.ts lists those of an organization.
import { customEntities } from "../custom-fields/schema.ts";
import { identities } from "../identities.ts";
import type { Document, Operation } from "../site/types.ts";

const PATTERN = {
	"^cf_[a-z0-9_]+$": {
		description:
			"A custom field of the organization; `GET /api/v1/openapi.json` with a key lists them. `null` clears it.",
	},
};

/** Replaces the internal field `cf_` by the `cf_…` keys that callers send. Changes the document. */
export function describeCustomFields(document: Document): void {
	for (const schema of Object.values(document.components?.schemas ?? {})) {
		if ("$ref" in schema || !schema.properties || !("cf_" in schema.properties)) continue;
		delete schema.properties.cf_;
		Object.assign(schema, { patternProperties: PATTERN });
	}
	for (const entity of customEntities.options) {
		const schema = document.components?.schemas?.[identities[entity].one];
		if (schema) Object.assign(schema, { patternProperties: PATTERN });
	}
	for (const operation of listsOf(document)) {
		const parameters = operation.parameters ?? [];
		operation.parameters = parameters.filter(
			(parameter) => !("name" in parameter) || parameter.name !== "cf_",
		);
	}
}

function listsOf(document: Document): Operation[] {
	return Object.values(document.paths ?? {}).flatMap((item) => (item.get ? [item.get] : []));
}
