// The document as a Postman collection (2.1), made so that every request can be sent as it is, and all of them in order:
// an id that an answer shows is kept in a variable, and stands wherever an example has an id of its kind.
import { type Document, type Operation, operationsOf, type Schema } from "./document.ts";
import { info } from "./info.ts";

type Entry = ReturnType<typeof operationsOf>[number];
type Parameter = NonNullable<Operation["parameters"]>[number];
/** The variables of ids, by the prefix of what they hold: `ld` is `leadId`. */
type Kinds = ReadonlyMap<string, string>;

const SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json";

/** The collection; `origin` is this host as the reader called it. */
export function postmanCollection(document: Document, origin: string): object {
	const operations = operationsOf(document);
	const kinds = kindsOf(operations);
	const folders = (document.tags ?? []).map(({ name, description }) => ({
		name,
		description,
		item: operations
			.filter(({ operation }) => operation.tags?.includes(name))
			// What is to be deleted is still needed, what is to be restored must have been deleted.
			.sort((a, b) => lateness(a) - lateness(b))
			.map((entry) => item(entry, kinds, document)),
	}));
	return {
		info: { name: info.title, description: info.description, schema: SCHEMA },
		auth: {
			type: "apikey",
			apikey: Object.entries({ key: "x-api-key", value: "{{apiKey}}", in: "header" }).map(([key, value]) => ({
				key,
				value,
				type: "string",
			})),
		},
		variable: [
			{ key: "baseUrl", value: `${origin}/api/v1` },
			{ key: "apiKey", value: "" },
			...[...new Set(kinds.values())].map((key) => ({ key, value: "" })),
		],
		event: [{ listen: "test", script: { type: "text/javascript", exec: keepIds(kinds).split("\n") } }],
		item: folders.filter((folder) => folder.item.length > 0),
	};
}

function lateness({ method, path }: Entry): number {
	return method === "delete" ? 1 : path.endsWith("/restore") ? 2 : 0;
}

/** `/leads/{id}` has ids like `ld_…` and is read by `getLead`, so they are kept in `leadId`. */
function kindsOf(operations: readonly Entry[]): Kinds {
	return new Map(
		operations.flatMap(({ method, path, operation }) => {
			const own = (operation.parameters ?? []).findLast(
				(parameter) => "in" in parameter && parameter.in === "path",
			);
			const prefix = own && prefixOf(own);
			const name = operation.operationId?.replace(/^get/, "") ?? "";
			return method === "get" && path.endsWith("}") && prefix
				? [[prefix, `${name.charAt(0).toLowerCase()}${name.slice(1)}Id`] as const]
				: [];
		}),
	);
}

function prefixOf(parameter: Parameter): string | undefined {
	return "example" in parameter ? String(parameter.example).split("_")[0] : undefined;
}

/** Runs in Postman after each answer. A list only fills what is still empty. */
const keepIds = (kinds: Kinds) => `const kinds = ${JSON.stringify(Object.fromEntries(kinds))};
const text = pm.response.text();
const answer = text.startsWith("{") ? JSON.parse(text) : {};
const body = answer.data ?? answer;
const name = (one) => kinds[String(one?.id).split("_")[0]];
const listed = (Array.isArray(body) ? body : body.items ?? [])[0];
if (name(body)) pm.collectionVariables.set(name(body), body.id);
else if (name(listed) && !pm.collectionVariables.get(name(listed))) pm.collectionVariables.set(name(listed), listed.id);`;

function item({ method, path, operation }: Entry, kinds: Kinds, document: Document): object {
	const parameters = (operation.parameters ?? []).map((parameter) => resolved(parameter, document));
	const among = (place: string) => parameters.filter((parameter) => parameter.in === place);
	const segments = path
		.slice(1)
		.replaceAll(/\{(\w+)\}/g, ":$1")
		.split("/");
	const query = among("query").map(({ name, description, schema }) => ({
		key: name,
		value: suggestion(schema),
		description,
		disabled: true,
	}));
	const variable = among("path").map((parameter) => ({
		key: parameter.name,
		value: `{{${kinds.get(prefixOf(parameter) ?? "") ?? parameter.name}}}`,
		description: parameter.description,
	}));
	const body =
		operation.requestBody && "content" in operation.requestBody ? operation.requestBody.content : {};
	const example = body["application/json"]?.example;
	return {
		name: operation.summary,
		request: {
			method: method.toUpperCase(),
			description: operation.description,
			header: [
				...(example === undefined ? [] : [{ key: "Content-Type", value: "application/json" }]),
				...among("header").map(({ name, description }) => ({
					key: name,
					value: name === "Idempotency-Key" ? "{{$guid}}" : '"1"',
					description,
					disabled: true,
				})),
			],
			url: {
				raw: `{{baseUrl}}/${segments.join("/")}`,
				host: ["{{baseUrl}}"],
				path: segments,
				...(query.length > 0 ? { query } : {}),
				...(variable.length > 0 ? { variable } : {}),
			},
			...(example === undefined
				? {}
				: {
						body: { mode: "raw", raw: withVariables(example, kinds), options: { raw: { language: "json" } } },
					}),
		},
		response: [],
	};
}

type Plain = Extract<Parameter, { in: string }>;

function resolved(parameter: Parameter, document: Document): Plain {
	if (!("$ref" in parameter)) return parameter;
	return document.components?.parameters?.[parameter.$ref.replace("#/components/parameters/", "")] as Plain;
}

/** What a filter may be tried with. */
function suggestion(schema: Plain["schema"]): string {
	if (!schema || "$ref" in schema) return "";
	const of: Schema = schema.items ?? schema;
	return "$ref" in of ? "" : String(schema.default ?? of.enum?.[0] ?? of.example ?? "");
}

/** A body in which the examples' ids are the ids of this collection's own. */
function withVariables(example: unknown, kinds: Kinds): string {
	return JSON.stringify(example, null, 2).replaceAll(/"([a-z]+)_[0-9a-z]{26}"/g, (id, prefix: string) =>
		kinds.has(prefix) ? `"{{${kinds.get(prefix)}}}"` : id,
	);
}
