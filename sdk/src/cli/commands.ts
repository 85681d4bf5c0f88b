// The commands, derived from the OpenAPI document: one per operation, its words from the path, its flags from the parameters
// and the fields of the body. No resource is named here.
import {
	type ApiDocument,
	bodyOf,
	type Operation,
	pageOf,
	type Resolve,
	resolver,
	type Schema,
} from "./document.ts";

export interface Flag {
	readonly name: string;
	readonly kind: "text" | "number" | "boolean" | "list" | "json";
	/** What it becomes a part of; `command` is for the command itself. */
	readonly in: "query" | "header" | "body" | "command";
	readonly required: boolean;
	readonly description: string;
	readonly values?: readonly string[];
}

export interface Command {
	/** E.g. `leads list`. */
	readonly words: string;
	readonly method: string;
	/** With ids in braces. */
	readonly path: string;
	/** The names of the ids in the path. */
	readonly ids: readonly string[];
	readonly summary: string;
	readonly description: string;
	readonly flags: readonly Flag[];
	/** Whether it answers with a page of a list. */
	readonly paged: boolean;
	/** Whether it takes a body. */
	readonly body: boolean;
	/** Whether it must have one, be it empty. */
	readonly needsBody: boolean;
}

/** Every operation of a document as a command, in the order of the document's tags. */
export function commandsOf(document: ApiDocument): Command[] {
	const resolve = resolver(document);
	const order = document.tags.map(({ name }) => name);
	const commands = Object.entries(document.paths)
		.flatMap(([path, item]) =>
			Object.entries(item).map(([method, operation]) => ({ path, item, method, operation })),
		)
		.sort((a, b) => order.indexOf(a.operation.tags[0] ?? "") - order.indexOf(b.operation.tags[0] ?? ""))
		.map(({ path, item, method, operation }): Command => {
			const listed = pageOf(item.get, resolve) !== undefined;
			const body = bodyOf(operation, resolve);
			return {
				words: wordsOf(path, method, listed).join(" "),
				method: method.toUpperCase(),
				path,
				ids: [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name),
				summary: operation.summary,
				description: operation.description,
				flags: [...bodyFlags(body, resolve), ...parameterFlags(operation, resolve)],
				paged: listed && method === "get",
				body: body !== undefined,
				needsBody: operation.requestBody?.required ?? false,
			};
		});
	return commands.map((command) => ({ ...command, words: wordsAmong(commands, command) }));
}

/** Gives each command a unique name: `GET /webhooks/stats`, beside `GET /webhooks/{id}/stats`, is "webhooks stats all". */
function wordsAmong(commands: readonly Command[], { words, ids }: Command): string {
	const named = commands.filter((other) => other.words === words);
	return named.length > 1 && ids.length === 0 ? `${words} all` : words;
}

const VERBS: Readonly<Record<string, string>> = {
	get: "get",
	patch: "update",
	delete: "delete",
	post: "create",
};

/** `GET /leads` is "leads list", `PATCH /leads/{id}` "leads update", `POST /leads/{id}/restore` "leads restore". */
function wordsOf(path: string, method: string, listed: boolean): string[] {
	const words = path.split("/").filter((part) => part && !part.startsWith("{"));
	if (listed && method === "get") return [...words, "list"];
	return listed || path.endsWith("}") || words.length === 1 ? [...words, VERBS[method] ?? method] : words;
}

function bodyFlags(body: Schema | undefined, resolve: Resolve): Flag[] {
	return Object.entries(body?.properties ?? {}).map(([name, field]) => ({
		...flagOf(name, resolve(field)),
		in: "body",
		required: body?.required?.includes(name) ?? false,
	}));
}

function parameterFlags({ parameters = [] }: Operation, resolve: Resolve): Flag[] {
	return parameters
		.map((parameter) => resolve(parameter))
		.filter((parameter) => parameter.in !== "path")
		.map(({ name, in: place, required = false, description, schema }) => ({
			...flagOf(place === "header" ? name.toLowerCase() : name, schema, description),
			in: place === "header" ? "header" : "query",
			required,
		}));
}

function flagOf(name: string, schema: Schema, description = schema.description ?? "") {
	const item = schema.type === "array" && schema.items?.type === "boolean" ? schema.items : schema;
	const values = (item.enum ?? item.items?.enum)?.filter((value) => typeof value === "string");
	return { name, kind: kindOf(item), description, ...(values ? { values } : {}) };
}

function kindOf({ type, items }: Schema): Flag["kind"] {
	const types = [type].flat();
	if (types.includes("number") || types.includes("integer")) return "number";
	if (types.includes("boolean")) return "boolean";
	if (types.includes("array"))
		return typeof items?.type === "string" && items.type !== "object" ? "list" : "json";
	return types.includes("string") ? "text" : "json";
}
