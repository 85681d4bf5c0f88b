// The published document, as a test reads it.
import { exports } from "cloudflare:workers";
import { type Json, ORIGIN, type Reply } from "./api.ts";
import { problemsOf, resolve } from "./json-schema.ts";

export interface Described {
	readonly method: string;
	readonly path: string;
	readonly operation: Json;
}

/** The document as the Worker serves it. */
export async function readDocument(): Promise<Json> {
	const response = await exports.default.fetch(`${ORIGIN}/openapi.json`);
	return response.json();
}

/** Every operation among the paths. */
export function operationsIn(document: Json): Described[] {
	return Object.entries<Json>(document.paths).flatMap(([path, item]) =>
		Object.entries<Json>(item).map(([method, operation]) => ({ method, path, operation })),
	);
}

/** Follows a reference, if it is one. */
export function deref(document: Json, node: Json): Json {
	return typeof node?.$ref === "string" ? resolve(document, node.$ref) : node;
}

/** What the document finds wrong with a reply to an operation: an undeclared status or a body of another shape. */
export function mismatches(document: Json, operationId: string, reply: Reply): string[] {
	const found = operationsIn(document).find(({ operation }) => operation.operationId === operationId);
	if (!found) return [`${operationId} is not described`];
	const response = deref(document, found.operation.responses[reply.status]);
	if (!response) return [`${operationId} may not answer ${reply.status}`];
	const schema = response.content?.["application/json"]?.schema;
	if (!schema) return reply.text === "" ? [] : [`${operationId} ${reply.status} should have no body`];
	return problemsOf(document, schema, reply.body, `${operationId} ${reply.status}`);
}
