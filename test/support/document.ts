// Reads the published OpenAPI document.
import { exports } from "cloudflare:workers";
import { type Json, ORIGIN } from "./api.ts";
import { resolve } from "./json-schema.ts";

export interface DocumentedOperation {
	readonly method: string;
	readonly path: string;
	readonly operation: Json;
}

/** The document as the Worker serves it. */
export async function readDocument(): Promise<Json> {
	const response = await exports.default.fetch(`${ORIGIN}/openapi.json`);
	return response.json();
}

/** All operations of a document. */
export function operationsIn(document: Json): DocumentedOperation[] {
	return Object.entries<Json>(document.paths).flatMap(([path, item]) =>
		Object.entries<Json>(item).map(([method, operation]) => ({ method, path, operation })),
	);
}

/** Resolves a `$ref`; returns any other part unchanged. */
export function resolveReference(document: Json, node: Json): Json {
	return typeof node?.$ref === "string" ? resolve(document, node.$ref) : node;
}
