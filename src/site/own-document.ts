// An organization's own document: the public one with each of its custom fields named, described by the very schemas
// that its bodies and filters are checked with.
import { OpenAPIHono, type z } from "@hono/zod-openapi";
import { sql } from "drizzle-orm";
import type { Ctx } from "../context.ts";
import { definitionsIn, isSortable } from "../custom-fields/customizable.ts";
import type { Definition } from "../custom-fields/definitions.ts";
import { definitionsOf } from "../custom-fields/live.ts";
import { customEntities } from "../custom-fields/schema.ts";
import { parameterSchemaOf, schemaOf, shownSchemaOf } from "../custom-fields/values.ts";
import { batch } from "../db/client.ts";
import { covers } from "../gate/scopes.ts";
import { repeatable } from "../http/page.ts";
import { TITLES } from "./custom-fields.ts";
import {
	type Document,
	illustrate,
	type Operation,
	operationsOf,
	type Schema,
	type Schemas,
} from "./document.ts";
import { exampleOf } from "./examples.ts";
import { info } from "./info.ts";

/** The forms in which an entity's fields appear: the end of the schema's name, and how a field stands in it. */
const FORMS = {
	"": { schema: (field: Definition) => shownSchemaOf(field).nullable(), requires: false },
	Create: { schema: settable, requires: true },
	Update: { schema: settable, requires: false },
	Upsert: { schema: settable, requires: false },
} as const;

/** What a body may set a field to: `null` clears it, unless it is required. */
function settable(field: Definition): z.ZodType {
	return field.required ? schemaOf(field) : schemaOf(field).nullable();
}

/** A copy of the document in which an organization's own custom fields are named, those of what the caller reads or writes. */
export async function organizationDocument(ctx: Ctx, document: Document): Promise<Document> {
	const copy = structuredClone(document);
	const { scopes } = ctx.caller;
	const entities = customEntities.options.filter((entity) =>
		["custom-fields:read", `${entity}:read`, `${entity}:write`].some((scope) => covers(scopes, scope)),
	);
	const answers = await batch(
		ctx.env.DB,
		entities.map(
			(entity) => sql`SELECT ${definitionsOf(ctx.caller.organizationId, entity)} AS "definitions"`,
		),
	);
	const schemas = copy.components?.schemas ?? {};
	let demanding = false;
	for (const [index, entity] of entities.entries()) {
		const fields = definitionsIn(JSON.parse(String(answers[index]?.[0]?.definitions ?? "[]")));
		for (const [form, { schema: schemaFor, requires }] of Object.entries(FORMS)) {
			const schema = schemas[`${TITLES[entity]}${form}`];
			const required = fields.filter((field) => requires && field.required).map(({ key }) => key);
			demanding ||= required.length > 0;
			if (schema && !("$ref" in schema)) nameFields(schema, described(fields, schemaFor), required);
		}
		const list = copy.paths?.[`/${entity}`]?.get;
		if (list) nameParameters(list, fields);
	}
	// Without a required field the public document's examples hold here, too.
	if (demanding)
		for (const { method, path, operation } of operationsOf(copy))
			illustrate(method, path, operation, schemas);
	return copy;
}

/** Names fields in a schema; its example gets those that are required, which it would not be valid without. */
function nameFields(
	schema: Exclude<Schema, { $ref: string }>,
	fields: Schemas,
	required: readonly string[],
): void {
	// A name that is both listed and matched by a pattern is refused by strict validators.
	Reflect.deleteProperty(schema, "patternProperties");
	schema.properties = { ...schema.properties, ...fields };
	if (required.length === 0) return;
	schema.required = [...(schema.required ?? []), ...required];
	const examples = required.map((key) => [key, exampleFor(fields[key] ?? {})]);
	if (schema.example) schema.example = { ...schema.example, ...Object.fromEntries(examples) };
}

/** A value that the schema of a required field accepts. */
function exampleFor(schema: Schema): unknown {
	if ("type" in schema && schema.type === "number") return 1;
	return exampleOf(schema, {}) ?? "Example";
}

/** Names the filters of a list, and the fields that it can be sorted by. */
function nameParameters(list: Operation, fields: readonly Definition[]): void {
	const labels = new Map(fields.map(({ key, label }) => [key, label]));
	const filters = described(fields, (field) => {
		const schema = parameterSchemaOf(field);
		return schema && repeatable(schema, `Only those whose ${field.label} is this.`);
	});
	const sortable = fields.filter(isSortable).map(({ key }) => key);
	for (const parameter of list.parameters ?? []) {
		if (!("name" in parameter) || parameter.name !== "orderBy" || !parameter.schema) continue;
		if ("enum" in parameter.schema) parameter.schema.enum = [...(parameter.schema.enum ?? []), ...sortable];
	}
	list.parameters = [
		...(list.parameters ?? []),
		...Object.entries(filters).map(([name, schema]) => ({
			name,
			in: "query" as const,
			required: false,
			description: `Only those whose ${labels.get(name)} is this. Repeat it to match any of several values.`,
			schema,
		})),
	];
}

/** The fields as the document writes their schemas, each with its label; those without a schema are left out. */
function described(
	fields: readonly Definition[],
	schemaFor: (field: Definition) => z.ZodType | null,
): Schemas {
	const writer = new OpenAPIHono();
	for (const field of fields) {
		const schema = schemaFor(field);
		if (schema) writer.openAPIRegistry.register(field.key, schema);
	}
	const { components } = writer.getOpenAPI31Document({ openapi: "3.1.0", info });
	const labels = new Map(fields.map(({ key, label }) => [key, label]));
	return Object.fromEntries(
		Object.entries(components?.schemas ?? {}).map(([key, schema]) => {
			const note = "description" in schema && schema.description ? `. ${schema.description}` : "";
			return [key, { ...schema, description: `${labels.get(key)}${note}` }];
		}),
	);
}
