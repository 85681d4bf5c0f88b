// The document as a Postman collection (2.1). Every request can be sent unchanged, and all of them in order: ids of
// answers are stored in variables, which replace the ids of examples. Each request tests its status, and waits while the
// rate limit is used up.

import {
	type Document,
	jsonOf,
	namesIn,
	operationsOf,
	type Parameter,
	parametersOf,
	type Schema,
} from "../site/types.ts";

type Entry = ReturnType<typeof operationsOf>[number];

/** By the prefix of an id: the variable that stores it (`ld` is `leadId`), and the tag of the operation that creates it. */
type Kinds = ReadonlyMap<string, { readonly variable: string; readonly tag: string }>;

interface Folder {
	readonly name: string;
	readonly description: string;
	readonly entries: readonly Entry[];
}

const SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json";
const ID = /"([a-z]+)_[0-9a-z]{26}"/g;
const WHOLE_ID = /^([a-z]+)_[0-9a-z]{26}$/;
const ID_PATTERN = /"\^([a-z]+)_\[/g;
/** Sent twice: the first pipeline is the default one, which can't be deleted, so a second one is needed. */
const SENT_TWICE = "createPipeline";
const WAIT_UNTIL = "waitUntil";

/** The collection; `origin` is the address of this host. */
export function postmanCollection(document: Document, origin: string): object {
	const operations = operationsOf(document);
	const kinds = kindsOf(operations, document);
	const folders = (document.tags ?? [])
		.map(({ name, description = "" }) => ({
			name,
			description,
			entries: operations.filter((entry) => !isErasure(entry) && entry.operation.tags?.includes(name)),
		}))
		.filter(({ entries }) => entries.length > 0);
	const erasing = {
		name: "Erasing",
		description: "These requests come last, because they remove records that other requests need.",
		entries: operations.filter(isErasure),
	};
	const header = { key: "x-api-key", value: "{{apiKey}}", in: "header" };
	return {
		info: { name: document.info.title, description: document.info.description, schema: SCHEMA },
		auth: {
			type: "apikey",
			apikey: Object.entries(header).map(([key, value]) => ({ key, value, type: "string" })),
		},
		variable: [
			{ key: "baseUrl", value: `${origin}/api/v1` },
			{ key: "apiKey", value: "" },
			...[...[...kinds.values()].map(({ variable }) => variable), WAIT_UNTIL].map((key) => ({
				key,
				value: "",
			})),
		],
		event: [event("prerequest", waitForTurn), event("test", `${noteTurn}\n${keepIds(kinds)}`)],
		item: [...sortByDependencies(folders, kinds, document), erasing].map(
			({ name, description, entries }) => ({
				name,
				description,
				item: entries
					.flatMap((entry) => (entry.operation.operationId === SENT_TWICE ? [entry, entry] : [entry]))
					.toSorted(byUse)
					.map((entry) => item(entry, kinds, document)),
			}),
		),
	};
}

const isErasure = ({ path }: Entry) => path.endsWith("/erase");

const event = (listen: "prerequest" | "test", script: string) => ({
	listen,
	script: { type: "text/javascript", exec: script.split("\n") },
});

/** Runs before each request. Postman sends the request when all timers have ended. */
const waitForTurn = `const wait = Number(pm.collectionVariables.get("${WAIT_UNTIL}")) - Date.now();
if (wait > 0) setTimeout(() => {}, wait);`;

/** Runs after each answer. If no request is left, the next one waits until the window of the rate limit ends. */
const noteTurn = `const left = pm.response.headers.get("RateLimit-Remaining");
if (left === "0")
  pm.collectionVariables.set("${WAIT_UNTIL}", Date.now() + 1000 * pm.response.headers.get("RateLimit-Reset"));`;

/** Runs after the answer of an operation. */
function testStatus({ operation: { responses = {} } }: Entry): string {
	const statuses = Object.keys(responses).filter((status) => status.startsWith("2"));
	return `pm.test("Status ${statuses.join(" or ")}", () => {
  pm.expect(pm.response.code).to.be.oneOf([${statuses.join(", ")}]);
});`;
}

/** The folders in their order, but each after the folders that create what its bodies refer to. */
function sortByDependencies(folders: readonly Folder[], kinds: Kinds, document: Document): Folder[] {
	const visited = new Set<Folder>();
	const withDependencies = (folder: Folder): Folder[] => {
		if (visited.has(folder)) return [];
		visited.add(folder);
		const ids = folder.entries.flatMap((entry) => [...bodySchemas(entry, document).matchAll(ID_PATTERN)]);
		const dependencies = new Set(ids.map(([, prefix = ""]) => kinds.get(prefix)?.tag));
		return [...folders.filter(({ name }) => dependencies.has(name)).flatMap(withDependencies), folder];
	};
	return folders.flatMap(withDependencies);
}

/** The schema of a body and all schemas that it refers to, as one text. */
function bodySchemas({ operation: { requestBody } }: Entry, { components = {} }: Document): string {
	const parts = new Map<string, unknown>([["", requestBody]]);
	for (const part of parts.values())
		for (const name of namesIn(part)) if (!parts.has(name)) parts.set(name, components.schemas?.[name]);
	return JSON.stringify([...parts.values()]);
}

/**
 * Operations come by the number of ids in their path. Delete and restore come late, then convert and invoice, because what a deal or
 * an invoice refers to can't be deleted.
 */
function byUse(a: Entry, b: Entry): number {
	const rank = ({ method, path }: Entry) => {
		const late = ["delete", "restore", "convert", "invoice"].findIndex(
			(verb) => method === verb || path.endsWith(`/${verb}`),
		);
		const ids = path.split("{").length - 1;
		return late >= 0 ? late + 3 : ids;
	};
	return rank(a) - rank(b);
}

/** The variables for ids. `GET /leads/{id}` is `getLead` and has ids like `ld_…`, so these are stored in `leadId`. */
function kindsOf(operations: readonly Entry[], document: Document): Kinds {
	return new Map(
		operations.flatMap(({ method, path, operation }) => {
			if (method !== "get" || !path.endsWith("}")) return [];
			const own = parametersOf(operation, document).findLast((one) => one.in === "path");
			const noun = operation.operationId?.replace(/^get/, "") ?? "";
			const variable = `${noun.charAt(0).toLowerCase()}${noun.slice(1)}Id`;
			return own ? [[prefixOf(own), { variable, tag: operation.tags?.[0] ?? "" }] as const] : [];
		}),
	);
}

function prefixOf({ example }: Parameter): string {
	return String(example).split("_")[0] ?? "";
}

/** Runs in Postman after each answer. A list only sets variables that are still empty. */
function keepIds(kinds: Kinds): string {
	const variables = [...kinds].map(([prefix, { variable }]) => [prefix, variable]);
	return `const variables = ${JSON.stringify(Object.fromEntries(variables))};
const text = pm.response.text();
const answer = text.startsWith("{") ? JSON.parse(text) : {};
const body = answer.data ?? answer;
const variableOf = (one) => variables[String(one?.id).split("_")[0]];
const [listed] = Array.isArray(body) ? body : (body.items ?? []);
if (variableOf(body)) pm.collectionVariables.set(variableOf(body), body.id);
else if (variableOf(listed) && !pm.collectionVariables.get(variableOf(listed)))
  pm.collectionVariables.set(variableOf(listed), listed.id);`;
}

function item(entry: Entry, kinds: Kinds, document: Document): object {
	const { method, path, operation } = entry;
	const parameters = parametersOf(operation, document);
	const parametersIn = (place: string) => parameters.filter((parameter) => parameter.in === place);
	const segments = path
		.slice(1)
		.replaceAll(/\{(\w+)\}/g, ":$1")
		.split("/");
	const example = jsonOf(operation.requestBody)?.example;
	return {
		name: operation.summary,
		event: [event("test", testStatus(entry))],
		request: {
			method: method.toUpperCase(),
			description: operation.description,
			header: [
				...(example === undefined ? [] : [{ key: "Content-Type", value: "application/json" }]),
				...parametersIn("header").map(({ name, description }) => ({
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
				query: parametersIn("query").map(({ name, description, schema }) => ({
					key: name,
					value: suggestion(schema),
					description,
					disabled: true,
				})),
				variable: parametersIn("path").map((parameter) => ({
					key: parameter.name,
					value: `{{${kinds.get(prefixOf(parameter))?.variable ?? parameter.name}}}`,
					description: parameter.description,
				})),
			},
			...(example === undefined ? {} : { body: raw(withVariables(example, kinds)) }),
		},
		response: [],
	};
}

function raw(text: string): object {
	return { mode: "raw", raw: text, options: { raw: { language: "json" } } };
}

function suggestion(schema: Parameter["schema"]): string {
	if (!schema || "$ref" in schema) return "";
	const single: Schema = schema.items ?? schema;
	return "$ref" in single ? "" : String(schema.default ?? single.enum?.[0] ?? single.example ?? "");
}

/** A body with variables in place of the ids of examples. Ids without a variable are left out. */
function withVariables(example: unknown, kinds: Kinds): string {
	const kept = (_: string, value: unknown) => {
		const prefix = typeof value === "string" ? value.match(WHOLE_ID)?.[1] : undefined;
		return prefix === undefined || kinds.has(prefix) ? value : undefined;
	};
	return JSON.stringify(example, kept, 2).replaceAll(
		ID,
		(_, prefix: string) => `"{{${kinds.get(prefix)?.variable}}}"`,
	);
}
