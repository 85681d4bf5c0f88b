// The schemas of tools, made of the document's: what a tool takes is what its operation takes, and what it shows is what
// that answers. Examples and bounds that an agent has no use for are left out, since it reads all of them every time.
import type { Document } from "../site/document.ts";

/** A JSON Schema, as far as it is looked into here. */
export interface JsonSchema {
	readonly type?: string | readonly string[];
	readonly description?: string;
	readonly properties?: Readonly<Record<string, JsonSchema>>;
	readonly required?: readonly string[];
	readonly items?: JsonSchema;
	readonly enum?: readonly unknown[];
	readonly anyOf?: readonly JsonSchema[];
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
	readonly requestBody?: Media;
	readonly responses?: Readonly<Record<string, Media>>;
}
interface Media {
	readonly content?: { readonly "application/json"?: { readonly schema?: JsonSchema } };
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
const READ = ["type", "enum"];
const LONGEST_PATTERN = 40;
const NOTHING: JsonSchema = {};

const idempotencyKey: JsonSchema = {
	type: "string",
	description:
		"Any text of your own, up to 255 visible characters: the same call with the same key is done once and answered the same for 24 hours.",
};
const ifVersion: JsonSchema = {
	type: "integer",
	description:
		"The `version` you read: when it has been changed since, nothing is done (PRECONDITION_FAILED).",
};

/** What the tools of a document's operations take and show. */
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

	/** What an operation takes: the parameters of its path and its query, or the members of its body. */
	function inputOf(operationId: string): ObjectSchema {
		const { parameters = [], requestBody } = find(operationId);
		const own = parameters.flatMap(({ name, in: where, required = false, description, schema }) =>
			name && schema && where !== "header"
				? [{ name, required, schema: described(slim(schema, named, WRITTEN), description) }]
				: [],
		);
		const members = slim(jsonOf(requestBody) ?? NOTHING, named, WRITTEN);
		const refs = JSON.stringify(parameters);
		return {
			type: "object",
			properties: {
				...Object.fromEntries(own.map(({ name, schema }) => [name, schema])),
				...members.properties,
				...(refs.includes("/IfMatch") ? { ifVersion } : {}),
				...(refs.includes("/IdempotencyKey") ? { idempotencyKey } : {}),
			},
			required: [
				...own.flatMap(({ name, required }) => (required ? [name] : [])),
				...(members.required ?? []),
			],
			additionalProperties: false,
		};
	}

	/** What an operation answers, as `withoutUnset` shows it. */
	function outputOf(operationId: string): ObjectSchema {
		const { responses = {} } = find(operationId);
		const success = ["200", "201", "202"].map((status) => jsonOf(responses[status])).find(Boolean);
		const whole = unset(slim(success ?? NOTHING, named, READ));
		const items = whole.properties?.items;
		return {
			...whole,
			type: "object",
			...(items?.items
				? { properties: { ...whole.properties, items: { ...items, items: unset(items.items) } } }
				: {}),
		};
	}

	return { inputOf, outputOf };
}

const jsonOf = (media: Media | undefined) => media?.content?.["application/json"]?.schema;

/** A filter's schema, where its description says more than its name. */
function described(schema: JsonSchema, description = schema.description): JsonSchema {
	const { description: _, ...rest } = schema;
	return !description || description.startsWith("Only those with this") ? rest : { ...rest, description };
}

/** A schema with what it refers to, and what it is made of, in its place. */
function resolved(schema: JsonSchema, named: Readonly<Record<string, JsonSchema>>): JsonSchema {
	const { $ref, allOf, ...own } = schema;
	const name = typeof $ref === "string" ? $ref.split("/").at(-1) : undefined;
	const parts = [...(name ? [named[name]] : []), ...(Array.isArray(allOf) ? (allOf as JsonSchema[]) : [])];
	return parts.reduceRight<JsonSchema>(
		(sum, part) => (part ? joined(resolved(part, named), sum) : sum),
		own as JsonSchema,
	);
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
		...(typeof additionalProperties === "object" && additionalProperties !== null
			? { additionalProperties: inner(additionalProperties as JsonSchema) }
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

/** The schema of a record whose unset fields are left out. */
function unset(schema: JsonSchema): JsonSchema {
	const entries = Object.entries(schema.properties ?? {});
	const always = entries.filter(([, one]) => !takesNull(one)).map(([name]) => name);
	return {
		...schema,
		properties: Object.fromEntries(entries.map(([name, one]) => [name, withoutNull(one)])),
		required: (schema.required ?? []).filter((name) => always.includes(name)),
	};
}

const isNull = (schema: JsonSchema) => schema.type === "null";

const takesNull = ({ type, anyOf }: JsonSchema) =>
	[type].flat().includes("null") || anyOf?.some(isNull) === true;

function withoutNull(schema: JsonSchema): JsonSchema {
	const { type, enum: values, anyOf } = schema;
	const types = [type].flat().filter((one) => one !== undefined && one !== "null");
	const [only] = types;
	return {
		...schema,
		...(only === undefined ? {} : { type: types.length === 1 ? only : types }),
		...(values ? { enum: values.filter((value) => value !== null) } : {}),
		...(anyOf ? { anyOf: anyOf.filter((one) => !isNull(one)) } : {}),
	} as JsonSchema;
}
