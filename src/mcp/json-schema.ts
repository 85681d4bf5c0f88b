// The input schemas of operations, taken from the OpenAPI document and shortened for agents: examples and most bounds are
// left out.
import { type Document, jsonOf, operationsOf, parametersOf } from "../site/types.ts";

/** The parts of a JSON Schema that are used here. */
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

/** The schema of an object, which every tool must have. */
export interface ObjectSchema extends JsonSchema {
	readonly type: "object";
	readonly [other: string]: JsonSchema | unknown;
}

const KEPT_KEYWORDS = [
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
const MAX_PATTERN_CHARACTERS = 40;

/** Functions that read the operations of a document. */
export function schemasOf(document: Document) {
	const named = (document.components?.schemas ?? {}) as Readonly<Record<string, JsonSchema>>;
	const operations = new Map(
		operationsOf(document).map(({ operation }) => [operation.operationId, operation]),
	);
	const find = (operationId: string) => {
		const operation = operations.get(operationId);
		if (!operation) throw new Error(`The document has no operation ${operationId}`);
		return operation;
	};

	return {
		/** The first paragraph of an operation's description. */
		aboutOf: (operationId: string) => find(operationId).description?.split("\n\n")[0] ?? "",
		/** The schema of its body; empty if it has none. */
		bodyOf: (operationId: string) =>
			simplify((jsonOf(find(operationId).requestBody)?.schema ?? {}) as JsonSchema, named),
		/** The parameters of its query, by name. */
		queryOf: (operationId: string): Readonly<Record<string, JsonSchema>> =>
			Object.fromEntries(
				parametersOf(find(operationId), document).flatMap(({ name, in: where, description, schema }) =>
					where === "query" ? [[name, described(simplify(schema as JsonSchema, named), description)]] : [],
				),
			),
	};
}

/** A filter's schema, without a description that only repeats its name. */
function described(schema: JsonSchema, description = schema.description): JsonSchema {
	const { description: _, ...rest } = schema;
	return !description || description.startsWith("Only those with this") ? rest : { ...rest, description };
}

/** A schema in which `$ref` and `allOf` are replaced by what they refer to. */
function resolved(schema: JsonSchema, named: Readonly<Record<string, JsonSchema>>): JsonSchema {
	const { $ref, allOf = [], ...own } = schema;
	const name = $ref?.split("/").at(-1);
	const parts = [...(name ? [named[name]] : []), ...allOf];
	return parts.reduceRight<JsonSchema>((sum, part) => (part ? merged(resolved(part, named), sum) : sum), own);
}

/** Merges two schemas; keywords of the second one win. */
function merged(one: JsonSchema, other: JsonSchema): JsonSchema {
	const properties = { ...one.properties, ...other.properties };
	const required = [...(one.required ?? []), ...(other.required ?? [])];
	return {
		...one,
		...other,
		...(Object.keys(properties).length > 0 ? { properties } : {}),
		...(required.length > 0 ? { required } : {}),
	};
}

/** A schema shortened for agents: with only the keywords that are kept, and without references. */
export function simplify(given: JsonSchema, named: Readonly<Record<string, JsonSchema>> = {}): JsonSchema {
	const schema = resolved(given, named);
	const inner = (one: JsonSchema) => simplify(one, named);
	const { properties, items, additionalProperties } = schema;
	const all = ["anyOf", "oneOf"].flatMap((word) => {
		const parts = schema[word];
		return Array.isArray(parts) ? [[word, parts.map(inner)]] : [];
	});
	return {
		...Object.fromEntries(
			Object.entries(schema).filter(([word, value]) => KEPT_KEYWORDS.includes(word) && isUseful(word, value)),
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

/** Long patterns, integer formats and the bounds of safe integers are of no use to an agent. */
function isUseful(word: string, value: unknown): boolean {
	if (word === "pattern") return String(value).length <= MAX_PATTERN_CHARACTERS;
	if (word === "format") return !/^int/.test(String(value));
	return typeof value !== "number" || Math.abs(value) < Number.MAX_SAFE_INTEGER;
}
