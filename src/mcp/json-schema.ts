// What operations take, made of the document: an agent asks for it when it needs it. Examples and bounds that it has no
// use for are left out, since it reads all there is.
import type { Document } from "../site/types.ts";

/** A JSON Schema, as far as it is looked into here. */
export interface JsonSchema {
	readonly type?: string | readonly string[];
	readonly description?: string;
	readonly properties?: Readonly<Record<string, JsonSchema>>;
	readonly required?: readonly string[];
	readonly items?: JsonSchema;
	readonly enum?: readonly unknown[];
	readonly anyOf?: readonly JsonSchema[];
	readonly allOf?: readonly JsonSchema[];
	readonly additionalProperties?: boolean | JsonSchema;
	readonly $ref?: string;
	readonly [other: string]: unknown;
}

/** A schema of an object, as a tool must have it. */
export interface ObjectSchema extends JsonSchema {
	readonly type: "object";
	readonly [other: string]: JsonSchema | unknown;
}

/** The document as it is read here: its own types tell a reference from a schema, which makes no difference here. */
interface Described {
	readonly paths?: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
	readonly components?: { readonly schemas?: Readonly<Record<string, JsonSchema>> };
}

interface Operation {
	readonly operationId: string;
	readonly parameters?: readonly {
		readonly name?: string;
		readonly in?: string;
		readonly required?: boolean;
		readonly description?: string;
		readonly schema?: JsonSchema;
	}[];
	readonly description?: string;
	readonly requestBody?: {
		readonly content?: { readonly "application/json"?: { readonly schema?: JsonSchema } };
	};
}

const WRITTEN = [
	"type",
	"description",
	"enum",
	"default",
	"format",
	"pattern",
	"minimum",
	"maximum",
	"minItems",
];
const LONGEST_PATTERN = 40;
const NOTHING: JsonSchema = {};

/** What the operations of a document say of themselves. */
export function schemasOf(document: Document) {
	const { paths = {}, components = {} } = document as unknown as Described;
	const named = components.schemas ?? {};
	const operations = new Map<string, Operation>();
	for (const item of Object.values(paths))
		for (const operation of Object.values(item)) operations.set(operation.operationId, operation);
	const find = (operationId: string) => {
		const operation = operations.get(operationId);
		if (!operation) throw new Error(`The document has no operation ${operationId}`);
		return operation;
	};

	return {
		/** What an operation does, in words. */
		aboutOf: (operationId: string) => find(operationId).description?.split("\n\n")[0] ?? "",
		/** What its body may have; nothing where it takes none. */
		bodyOf: (operationId: string) =>
			slim(find(operationId).requestBody?.content?.["application/json"]?.schema ?? NOTHING, named, WRITTEN),
		/** The parameters of its query, by name. */
		queryOf: (operationId: string): Readonly<Record<string, JsonSchema>> =>
			Object.fromEntries(
				(find(operationId).parameters ?? []).flatMap(({ name, in: where, description, schema }) =>
					name && schema && where === "query"
						? [[name, described(slim(schema, named, WRITTEN), description)]]
						: [],
				),
			),
	};
}

/** A filter's schema, where its description says more than its name. */
function described(schema: JsonSchema, description = schema.description): JsonSchema {
	const { description: _, ...rest } = schema;
	return !description || description.startsWith("Only those with this") ? rest : { ...rest, description };
}

/** A schema with what it refers to, and what it is made of, in its place. */
function resolved(schema: JsonSchema, named: Readonly<Record<string, JsonSchema>>): JsonSchema {
	const { $ref, allOf = [], ...own } = schema;
	const name = $ref?.split("/").at(-1);
	const parts = [...(name ? [named[name]] : []), ...allOf];
	return parts.reduceRight<JsonSchema>((sum, part) => (part ? joined(resolved(part, named), sum) : sum), own);
}

/** Two schemas that both hold; where they say the same thing differently, the second one does. */
function joined(one: JsonSchema, other: JsonSchema): JsonSchema {
	const properties = { ...one.properties, ...other.properties };
	const required = [...(one.required ?? []), ...(other.required ?? [])];
	return {
		...one,
		...other,
		...(Object.keys(properties).length > 0 ? { properties } : {}),
		...(required.length > 0 ? { required } : {}),
	};
}

/** A schema with the keywords that are kept, and without references. */
function slim(
	given: JsonSchema,
	named: Readonly<Record<string, JsonSchema>>,
	kept: readonly string[],
): JsonSchema {
	const schema = resolved(given, named);
	const inner = (one: JsonSchema) => slim(one, named, kept);
	const { properties, items, additionalProperties } = schema;
	const all = ["anyOf", "oneOf"].flatMap((word) => {
		const parts = schema[word];
		return Array.isArray(parts) ? [[word, parts.map(inner)]] : [];
	});
	return {
		...Object.fromEntries(
			Object.entries(schema).filter(([word, value]) => kept.includes(word) && isTelling(word, value)),
		),
		...(properties
			? {
					properties: Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, inner(one)])),
					...(schema.required ? { required: schema.required } : {}),
				}
			: {}),
		...(items ? { items: inner(items) } : {}),
		...(typeof additionalProperties === "object"
			? { additionalProperties: inner(additionalProperties) }
			: {}),
		...Object.fromEntries(all),
	};
}

/** A schema without what an agent has no use for. */
export const plain = (schema: JsonSchema) => slim(schema, {}, WRITTEN);

/** Long patterns and the bounds of all numbers tell an agent nothing that it can use. */
function isTelling(word: string, value: unknown): boolean {
	if (word === "pattern") return String(value).length <= LONGEST_PATTERN;
	if (word === "format") return !/^int/.test(String(value));
	return typeof value !== "number" || Math.abs(value) < Number.MAX_SAFE_INTEGER;
}
