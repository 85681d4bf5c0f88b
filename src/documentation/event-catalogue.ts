// `/api/v1/webhook-events`: the public catalogue of events, each with a self-contained JSON schema.
import { catalogue } from "../events/catalogue.ts";
import { entityOf, eventTypes } from "../outbox/event-types.ts";
import { type Document, namesIn, type Schemas, schemaRef } from "../site/types.ts";
import { payloadSchemaName } from "./event-webhooks.ts";

/** The catalogue as a list, with the schemas of the document. */
export function eventCatalogue(document: Document) {
	const schemas = document.components?.schemas ?? {};
	const items = eventTypes.map((event) => {
		const { description, process, example } = catalogue[event];
		return {
			event,
			description,
			entity: entityOf(event),
			process,
			schema: standalone(payloadSchemaName(event), schemas),
			example,
		};
	});
	return { items, nextCursor: null, hasMore: false };
}

/** A schema of the document, with all schemas that it refers to under `$defs`. */
function standalone(name: string, schemas: Schemas): object {
	const found = new Map<string, unknown>();
	const gather = (from: unknown) => {
		for (const name of namesIn(from)) {
			if (found.has(name)) continue;
			found.set(name, schemas[name]);
			gather(schemas[name]);
		}
	};
	const root = schemas[name];
	gather(root);
	const complete = {
		$schema: "https://json-schema.org/draft/2020-12/schema",
		...root,
		...(found.size > 0 ? { $defs: Object.fromEntries(found) } : {}),
	};
	return JSON.parse(JSON.stringify(complete).replaceAll(`"${schemaRef("").$ref}`, '"#/$defs/'));
}
