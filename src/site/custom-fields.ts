// Custom fields in the document. Everybody's has a pattern for them; an organization's own names each of its fields.

import { sql } from "drizzle-orm";
import type { Ctx } from "../context.ts";
import { definitionsIn } from "../custom-fields/customizable.ts";
import { type Definition, definitionsOf } from "../custom-fields/definitions.ts";
import { customEntities } from "../custom-fields/schema.ts";
import { batch } from "../db/client.ts";
import type { Document, Operation, Schema } from "./document.ts";

/** The schemas that show or take the custom fields of an entity, by the beginning of their names. */
const TITLES: Readonly<Record<string, string>> = {
	leads: "Lead",
	clients: "Client",
	deals: "Deal",
	tasks: "Task",
	quotations: "Quotation",
	invoices: "Invoice",
};
const FORMS = ["", "Create", "Update", "Upsert"];

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

/** A copy of the document in which an organization's own custom fields are named. */
export async function organizationDocument(ctx: Ctx, document: Document): Promise<Document> {
	const copy = structuredClone(document);
	const entities = customEntities.options;
	const answers = await batch(
		ctx.env.DB,
		entities.map(
			(entity) => sql`SELECT ${definitionsOf(ctx.caller.organizationId, entity)} AS "definitions"`,
		),
	);
	for (const [index, entity] of entities.entries()) {
		const definitions = definitionsIn(JSON.parse(String(answers[index]?.[0]?.definitions ?? "[]")));
		for (const form of FORMS) {
			const schema = copy.components?.schemas?.[`${TITLES[entity]}${form}`];
			if (schema) name(schema, definitions, form === "Create");
		}
		const list = copy.paths?.[`/${entity}`]?.get;
		if (list) filterBy(list, definitions);
	}
	return copy;
}

function name(schema: Schema, definitions: readonly Definition[], creating: boolean): void {
	if ("$ref" in schema) return;
	schema.properties = {
		...schema.properties,
		...Object.fromEntries(
			definitions.map((definition) => [
				definition.key,
				{ ...valueSchema(definition), description: definition.label },
			]),
		),
	};
	const required = definitions.filter((definition) => creating && definition.required).map(({ key }) => key);
	if (required.length > 0) schema.required = [...(schema.required ?? []), ...required];
}

function filterBy(list: Operation, definitions: readonly Definition[]): void {
	const filters = definitions
		.filter(({ type }) => type !== "longText")
		.map((definition) => ({
			name: definition.key,
			in: "query" as const,
			required: false,
			description: `Only those whose ${definition.label} is this.`,
			schema: { type: "array" as const, maxItems: 50, items: { type: "string" as const, maxLength: 255 } },
		}));
	list.parameters = [...(list.parameters ?? []), ...filters];
}

function valueSchema({ type, options }: Definition): Schema {
	switch (type) {
		case "number":
		case "currency":
			return { type: ["number", "null"] };
		case "boolean":
			return { type: ["boolean", "null"] };
		case "date":
			return { type: ["string", "null"], format: "date" };
		case "singleSelect":
			return { type: ["string", "null"], enum: [...options, null] };
		case "multiSelect":
			return { type: ["array", "null"], items: { type: "string", enum: options } };
		case "longText":
			return { type: ["string", "null"], maxLength: 10_000 };
		default:
			return { type: ["string", "null"], maxLength: 255 };
	}
}

/** Every list operation. */
function listsOf(document: Document): Operation[] {
	return Object.values(document.paths ?? {}).flatMap((item) => (item.get ? [item.get] : []));
}
