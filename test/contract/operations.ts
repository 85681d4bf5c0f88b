// All operations of the API, as they are mounted.
import { endpoints } from "../../src/app.ts";
import { exampleId } from "../../src/http/fields.ts";
import type { Resource } from "./resource.ts";

export interface Operation {
	readonly operationId: string;
	readonly method: string;
	/** The mounted path, with parameters in braces. */
	readonly path: string;
	readonly scope: string;
	/** Further scopes that every request needs. */
	readonly extraScopes: readonly string[];
	/** The path of its resource. */
	readonly resource: string;
	/** A valid id of no row for each parameter. */
	readonly examples: Readonly<Record<string, string>>;
	/** Whether it has a request body, and whether it must be sent. */
	readonly takesBody: boolean;
	readonly requiresBody: boolean;
}

/** The resources whose scopes don't begin with their path. */
const SCOPE_NOUNS: Readonly<Record<string, string>> = { "notification-targets": "notifications" };

/** What the scopes of the resource at a path begin with. */
export const scopeNounOf = (path: string) => SCOPE_NOUNS[path] ?? path;

function resourceOf(scope: string): string {
	const noun = scope.slice(0, scope.indexOf(":"));
	return Object.keys(SCOPE_NOUNS).find((path) => SCOPE_NOUNS[path] === noun) ?? noun;
}

/** All operations of the API, as mounted and documented. */
export const operations: readonly Operation[] = endpoints.map(
	({ scope, extraScopes, operationId, method, path, ids, definition }) => ({
		operationId,
		scope,
		extraScopes,
		path,
		method: method.toUpperCase(),
		resource: resourceOf(scope),
		examples: Object.fromEntries(Object.entries(ids).map(([name, { prefix }]) => [name, exampleId(prefix)])),
		takesBody: definition.body !== undefined,
		requiresBody: definition.body !== undefined && !definition.bodyOptional,
	}),
);

/** Ids by the parameters of a path. */
export type Ids = Readonly<Record<string, string>>;

/** An operation's path with `ids` as parameters, or else ids of no row. */
export function pathOf({ path, examples }: Operation, ids: Ids = {}): string {
	return path.replaceAll(/\{(\w+)\}/g, (_, parameter) => ids[parameter] ?? examples[parameter] ?? "");
}

const VERBS = {
	list: ["GET", ""],
	create: ["POST", ""],
	get: ["GET", "/{id}"],
	update: ["PATCH", "/{id}"],
	remove: ["DELETE", "/{id}"],
	restore: ["POST", "/{id}/restore"],
	history: ["GET", "/{id}/events"],
} as const;
type Verb = keyof typeof VERBS;

/** Whether a resource has all of these operations. */
export function hasOperations(...verbs: readonly Verb[]) {
	return ({ path, single = false }: Resource) =>
		verbs.every((verb) => {
			const [method, below] = VERBS[verb];
			const mounted = `/${path}${single ? "" : below}`;
			if (single && verb !== "get" && verb !== "update") return false;
			return operations.some((operation) => operation.method === method && operation.path === mounted);
		});
}
