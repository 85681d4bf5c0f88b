// The document of one organization: the public document plus its custom fields, described by the same schemas that
// validate bodies and filters.

import { OpenAPIHono, type z } from "@hono/zod-openapi";
import type { Ctx } from "../context.ts";
import type { Definition } from "../custom-fields/definitions.ts";
import { definitionsJson } from "../custom-fields/live.ts";
import { type CustomEntity, customEntities } from "../custom-fields/schema.ts";
import { fieldType } from "../custom-fields/types.ts";
import { answerSchemaOf, parameterSchemaOf, schemaOf } from "../custom-fields/values.ts";
import { parseDefinitions } from "../custom-fields/with-custom-fields.ts";
import { batch } from "../db/client.ts";
import { sql } from "../db/sql.ts";
import { repeatable } from "../http/list-query.ts";
import { identities } from "../identities.ts";
import { hasScope } from "../scopes.ts";
import { addExamples } from "./document.ts";
import { exampleOf } from "./examples.ts";
import { info } from "./info.ts";
import {
	type Document,
	type Operation,
	operationsOf,
	type Schema,
	type Schemas,
	schemaName,
	schemaRef,
} from "./types.ts";

/** A schema that has the fields of an entity: its name, the schema of a field in it, and whether required fields must be set. */
interface FieldSchema {
	readonly name: string;
	readonly schema: (field: Definition) => z.ZodType;
	readonly requires: boolean;
}

const fieldSchemasOf = (entity: CustomEntity): FieldSchema[] => {
	const { one: title } = identities[entity];
	return [
		{ name: title, schema: (field) => answerSchemaOf(field).nullable(), requires: false },
		{ name: `${title}Create`, schema: settable, requires: true },
		{ name: `Converted${title}`, schema: settable, requires: true },
		{ name: `${title}Update`, schema: settable, requires: false },
		{ name: `${title}Upsert`, schema: settable, requires: false },
		{ name: `${title}Change`, schema: settable, requires: false },
	];
};

/** The schema of a field in bodies: `null` clears it, unless it is required. */
function settable(field: Definition): z.ZodType {
	return field.required ? schemaOf(field) : schemaOf(field).nullable();
}

/** A copy of the document with the custom fields of all entities that the caller may read or write. */
export async function organizationDocument(ctx: Ctx, document: Document): Promise<Document> {
	const copy = structuredClone(document);
	const { scopes } = ctx.caller;
	const entities = customEntities.options.filter((entity) =>
		["custom-fields:read", `${entity}:read`, `${entity}:write`].some((scope) => hasScope(scopes, scope)),
	);
	const answers = await batch(
		ctx.env.DB,
		entities.map(
			(entity) => sql`SELECT ${definitionsJson(ctx.caller.organizationId, entity)} AS "definitions"`,
		),
	);
	const schemas = copy.components?.schemas ?? {};
	/** Examples of required fields, by the name of their schema. */
	const requiredExamples = new Map<string, Readonly<Record<string, unknown>>>();
	for (const [index, entity] of entities.entries()) {
		const fields = parseDefinitions(JSON.parse(String(answers[index]?.[0]?.definitions ?? "[]")));
		for (const { name, schema: schemaFor, requires } of fieldSchemasOf(entity)) {
			const schema = schemas[name];
			if (!schema || "$ref" in schema) continue;
			const required = fields.filter((field) => requires && field.required).map(({ key }) => key);
			const named = described(fields, schemaFor);
			addFields(schema, named, required);
			const examples = required.map((key) => [key, exampleFor(named[key] ?? {})]);
			if (required.length > 0) requiredExamples.set(name, Object.fromEntries(examples));
		}
		const list = copy.paths?.[`/${entity}`]?.get;
		if (list) addParameters(list, fields);
	}
	// Without required fields, the examples of the public document are valid here, too.
	if (requiredExamples.size > 0) {
		for (const [name, schema] of Object.entries(schemas))
			if (!("$ref" in schema) && schema.example)
				schema.example = withRequiredFields(schemaRef(name), schema.example, schemas, requiredExamples);
		for (const { method, path, operation } of operationsOf(copy))
			addExamples(method, path, operation, schemas);
	}
	return copy;
}

function addFields(schema: Exclude<Schema, { $ref: string }>, fields: Schemas, required: readonly string[]) {
	// Strict validators refuse a name that is both a property and matched by a pattern.
	Reflect.deleteProperty(schema, "patternProperties");
	schema.properties = { ...schema.properties, ...fields };
	if (required.length > 0) schema.required = [...(schema.required ?? []), ...required];
}

/** An example with the required fields added, also in the objects inside it. */
function withRequiredFields(
	schema: Schema,
	example: unknown,
	schemas: Schemas,
	requiredExamples: ReadonlyMap<string, Readonly<Record<string, unknown>>>,
): unknown {
	const within = (part: Schema | undefined, value: unknown) =>
		part ? withRequiredFields(part, value, schemas, requiredExamples) : value;
	if ("$ref" in schema) {
		const name = schemaName(schema.$ref);
		const result = within(schemas[name], example);
		const more = requiredExamples.get(name);
		return more && typeof result === "object" ? { ...result, ...more } : result;
	}
	if (Array.isArray(example)) return example.map((item) => within(schema.items, item));
	if (typeof example !== "object" || example === null) return example;
	const members = Object.entries(example);
	return Object.fromEntries(members.map(([key, value]) => [key, within(schema.properties?.[key], value)]));
}

/** An example that the schema of a required field accepts. */
function exampleFor(schema: Schema): unknown {
	if ("type" in schema && schema.type === "number") return 1;
	return exampleOf(schema, {}) ?? "Example";
}

/** Adds the filters and sorts by custom fields to a list. */
function addParameters(list: Operation, fields: readonly Definition[]): void {
	const labels = new Map(fields.map(({ key, label }) => [key, label]));
	const filters = described(fields, (field) => {
		const schema = parameterSchemaOf(field);
		return schema && repeatable(schema, `Only those whose ${field.label} is this.`);
	});
	const sortable = fields.filter(({ type }) => fieldType(type).isSortable).map(({ key }) => key);
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

/** The OpenAPI schemas of fields, described by their labels; fields without a schema are left out. */
function described(fields: readonly Definition[], schemaFor: (field: Definition) => z.ZodType | null) {
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
