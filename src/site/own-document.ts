// The document of one organization: the public document plus its custom fields.
import type { Ctx } from "../context.ts";
import type { Definition } from "../custom-fields/definitions.ts";
import { definitionsJson } from "../custom-fields/live.ts";
import { type CustomEntity, customEntities } from "../custom-fields/schema.ts";
import { fieldType } from "../custom-fields/types.ts";
import { parseDefinitions } from "../custom-fields/with-custom-fields.ts";
import { batch } from "../db/client.ts";
import { sql } from "../db/sql.ts";
import { identities } from "../identities.ts";
import { hasScope } from "../scopes.ts";
import { exampleOf } from "./examples.ts";
import { type FieldSchemas, fieldSchema } from "./field-schema.ts";
import { addExamples } from "./operation-examples.ts";
import { PUBLISHED, published } from "./published.ts";
import {
	type Document,
	type Operation,
	operationsOf,
	type Schema,
	type Schemas,
	schemaName,
	schemaRef,
} from "./types.ts";

/** A schema that has the fields of an entity: its name, how it describes one, and whether required fields must be set. */
interface FieldsIn {
	readonly name: string;
	readonly use: (field: Definition) => keyof FieldSchemas;
	readonly requires: boolean;
}

const schemasWithFields = (entity: CustomEntity): FieldsIn[] => {
	const { one: title } = identities[entity];
	return [
		{ name: title, use: () => "answer", requires: false },
		{ name: `${title}Create`, use: settable, requires: true },
		{ name: `Converted${title}`, use: settable, requires: true },
		{ name: `${title}Update`, use: settable, requires: false },
		{ name: `${title}Upsert`, use: settable, requires: false },
		{ name: `${title}Change`, use: settable, requires: false },
	];
};

/** In bodies `null` clears a field, unless it is required. */
const settable = ({ required }: Definition) => (required ? "required" : "optional");

/** A copy of the document with the id of the organization, and the custom fields of all entities that the caller may read or write. */
export async function organizationDocument(ctx: Ctx): Promise<Document> {
	const copy: Document = JSON.parse((await published(ctx.env, PUBLISHED.document)).text);
	const types: FieldTypes = JSON.parse((await published(ctx.env, PUBLISHED.fields)).text);
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
	// Programs that keep state tell by it whose key they have been given; not every key may read the organization.
	copy.info["x-organization-id"] = ctx.caller.organizationId;
	const schemas = copy.components?.schemas ?? {};
	/** Examples of required fields, by the name of their schema. */
	const requiredExamples = new Map<string, Readonly<Record<string, unknown>>>();
	for (const [index, entity] of entities.entries()) {
		const fields = parseDefinitions(JSON.parse(String(answers[index]?.[0]?.definitions ?? "[]")));
		for (const { name, use, requires } of schemasWithFields(entity)) {
			const schema = schemas[name];
			if (!schema || "$ref" in schema) continue;
			const required = fields.filter((field) => requires && field.required).map(({ key }) => key);
			const named = described(fields, types, use);
			addFields(schema, named, required);
			const examples = required.map((key) => [key, exampleFor(named[key] ?? {})]);
			if (required.length > 0) requiredExamples.set(name, Object.fromEntries(examples));
		}
		const list = copy.paths?.[`/${entity}`]?.get;
		if (list) addParameters(list, fields, types);
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
function addParameters(list: Operation, fields: readonly Definition[], types: FieldTypes): void {
	const labels = new Map(fields.map(({ key, label }) => [key, label]));
	const filters = described(fields, types, () => "filter");
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

type FieldTypes = Readonly<Record<string, FieldSchemas>>;

/** The schemas of fields for a use, by key; fields without one are left out. */
function described(fields: readonly Definition[], types: FieldTypes, use: FieldsIn["use"]): Schemas {
	return Object.fromEntries(
		fields.flatMap((field) => {
			const template = types[field.type]?.[use(field)];
			return template ? [[field.key, fieldSchema(template, field)]] : [];
		}),
	);
}
