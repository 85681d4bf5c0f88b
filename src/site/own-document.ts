// An organization's own document: the public one with each of its custom fields named, described by the very schemas
// that its bodies and filters are checked with.

import { OpenAPIHono, type z } from "@hono/zod-openapi";
import { sql } from "drizzle-orm";
import type { Ctx } from "../context.ts";
import type { Definition } from "../custom-fields/definitions.ts";
import { definitionsOf } from "../custom-fields/live.ts";
import { type CustomEntity, customEntities } from "../custom-fields/schema.ts";
import { parameterSchemaOf, schemaOf, shownSchemaOf } from "../custom-fields/values.ts";
import { definitionsIn, isSortable } from "../custom-fields/with-custom-fields.ts";
import { batch } from "../db/client.ts";
import { repeatable } from "../http/list-query.ts";
import { identities } from "../identities.ts";
import { covers } from "../scopes.ts";
import { illustrate, operationsOf } from "./document.ts";
import { exampleOf } from "./examples.ts";
import { info } from "./info.ts";
import type { Document, Operation, Schema, Schemas } from "./types.ts";

/** A form in which an entity's fields appear: the schema's name, how a field stands in it, and whether it may be missing. */
interface Form {
	readonly name: string;
	readonly schema: (field: Definition) => z.ZodType;
	readonly requires: boolean;
}

const formsOf = (entity: CustomEntity): Form[] => {
	const { one: title } = identities[entity];
	return [
		{ name: title, schema: (field) => shownSchemaOf(field).nullable(), requires: false },
		{ name: `${title}Create`, schema: settable, requires: true },
		{ name: `Converted${title}`, schema: settable, requires: true },
		{ name: `${title}Update`, schema: settable, requires: false },
		{ name: `${title}Upsert`, schema: settable, requires: false },
	];
};

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
	/** By the schema that requires them: examples of required fields. */
	const demanded = new Map<string, Readonly<Record<string, unknown>>>();
	for (const [index, entity] of entities.entries()) {
		const fields = definitionsIn(JSON.parse(String(answers[index]?.[0]?.definitions ?? "[]")));
		for (const { name, schema: schemaFor, requires } of formsOf(entity)) {
			const schema = schemas[name];
			if (!schema || "$ref" in schema) continue;
			const required = fields.filter((field) => requires && field.required).map(({ key }) => key);
			const named = described(fields, schemaFor);
			nameFields(schema, named, required);
			const examples = required.map((key) => [key, exampleFor(named[key] ?? {})]);
			if (required.length > 0) demanded.set(name, Object.fromEntries(examples));
		}
		const list = copy.paths?.[`/${entity}`]?.get;
		if (list) nameParameters(list, fields);
	}
	// Without a required field the public document's examples hold here, too.
	if (demanded.size > 0) {
		for (const [name, schema] of Object.entries(schemas))
			if (!("$ref" in schema) && schema.example)
				schema.example = completed({ $ref: `${SCHEMAS}${name}` }, schema.example, schemas, demanded);
		for (const { method, path, operation } of operationsOf(copy))
			illustrate(method, path, operation, schemas);
	}
	return copy;
}

/** Names fields in a schema. */
function nameFields(
	schema: Exclude<Schema, { $ref: string }>,
	fields: Schemas,
	required: readonly string[],
): void {
	// A name that is both listed and matched by a pattern is refused by strict validators.
	Reflect.deleteProperty(schema, "patternProperties");
	schema.properties = { ...schema.properties, ...fields };
	if (required.length > 0) schema.required = [...(schema.required ?? []), ...required];
}

const SCHEMAS = "#/components/schemas/";

/** An example of a schema with what is demanded, in it and in whatever it holds. */
function completed(
	schema: Schema,
	example: unknown,
	schemas: Schemas,
	demanded: ReadonlyMap<string, Readonly<Record<string, unknown>>>,
): unknown {
	const within = (part: Schema | undefined, value: unknown) =>
		part ? completed(part, value, schemas, demanded) : value;
	if ("$ref" in schema) {
		const name = schema.$ref.replace(SCHEMAS, "");
		const whole = within(schemas[name], example);
		const more = demanded.get(name);
		return more && typeof whole === "object" ? { ...whole, ...more } : whole;
	}
	if (Array.isArray(example)) return example.map((item) => within(schema.items, item));
	if (typeof example !== "object" || example === null) return example;
	const members = Object.entries(example);
	return Object.fromEntries(members.map(([key, value]) => [key, within(schema.properties?.[key], value)]));
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
