// The definition of an endpoint: used both to handle its requests and to describe it in the OpenAPI document.
import type { z } from "@hono/zod-openapi";
import { type Identity, scopeOf } from "../identities.ts";
import { capitalize, withArticle } from "../words.ts";

/** An id in a path: its prefix, and the noun for the 404. */
export interface PathId {
	readonly prefix: string;
	readonly noun: string;
}

/**
 * A schema, or a function that makes it (with `once`) when a request or the document first needs it: an isolate starts for one
 * request, and to make all schemas takes most of its start.
 */
export type Deferred<S extends z.ZodType> = S | (() => S);

/** The schema; a deferred one is made when it is first needed. */
export const schemaOf = <S extends z.ZodType>(deferred: Deferred<S>): S =>
	typeof deferred === "function" ? deferred() : deferred;

/** The definition of an endpoint of a resource, which has its tag, its read or write scope and the id in its path from there. */
export interface ResourceEndpoint<Q extends z.ZodType, B extends z.ZodType>
	extends Omit<EndpointDefinition<Q, B>, "tag" | "scope"> {
	readonly of: Identity;
	/** The scope, if it is another. */
	readonly scope?: string;
}

export interface EndpointDefinition<Q extends z.ZodType, B extends z.ZodType> {
	readonly method: "get" | "post" | "patch" | "delete";
	/** Below `/api/v1`, with parameters in braces. */
	readonly path: string;
	/** The scope a key needs. */
	readonly scope: string;
	/** Further scopes that every request needs. */
	readonly extraScopes?: readonly string[];
	/** A description of further scopes that some requests need; the handler checks them. */
	readonly conditionalScopes?: string;
	readonly tag: string;
	readonly operationId: string;
	readonly summary: string;
	readonly description: string;
	/** The envelope's message, e.g. "Lead created successfully". */
	readonly message: string;
	readonly ids?: Readonly<Record<string, PathId>>;
	readonly query?: Deferred<Q>;
	readonly body?: Deferred<B>;
	/** Further schemas for the document, by name, that `body` refers to. */
	readonly schemas?: Readonly<Record<string, Deferred<z.ZodType>>>;
	/** The maximum of bytes in the body; default is 256 KB. */
	readonly bodyLimit?: number;
	/** Whether the body may be left out. */
	readonly bodyOptional?: boolean;
	/** Whether it supports If-Match. */
	readonly conditional?: boolean;
	readonly answers: Readonly<
		Record<
			number,
			{
				readonly description: string;
				readonly schema?: Deferred<z.ZodType>;
				readonly headers?: readonly string[];
			}
		>
	>;
	/** An example of its 409 message, if it differs from the common one. */
	readonly conflict?: string;
}

/** The definition with what it has from its resource. */
export function complete<Q extends z.ZodType, B extends z.ZodType>(
	definition: ResourceEndpoint<Q, B> | EndpointDefinition<Q, B>,
): EndpointDefinition<Q, B> {
	if (!("of" in definition)) return definition;
	const { of, ...own } = definition;
	const scope = scopeOf(of, own.method === "get" ? "read" : "write");
	const ids = own.path.includes("{id}") ? { ids: { id: of, ...own.ids } } : {};
	return { tag: of.tag, scope, ...own, ...ids };
}

/** The operations of one record that most resources have: the method, what follows the path, and what was done. */
const RECORD_OPERATIONS = {
	create: { method: "post", suffix: "", done: "created" },
	get: { method: "get", suffix: "/{id}", done: "retrieved" },
	update: { method: "patch", suffix: "/{id}", done: "updated" },
	delete: { method: "delete", suffix: "/{id}", done: "deleted" },
	restore: { method: "post", suffix: "/{id}/restore", done: "restored" },
} as const;

/** The part of such an operation's definition that follows from its resource. */
export function recordOperation(of: Identity, verb: keyof typeof RECORD_OPERATIONS) {
	const { method, suffix, done } = RECORD_OPERATIONS[verb];
	return {
		method,
		path: `/${of.path}${suffix}`,
		of,
		operationId: `${verb}${of.one}`,
		summary: `${capitalize(verb)} ${withArticle(of.noun)}`,
		message: `${capitalize(of.noun)} ${done} successfully`,
		conditional: verb !== "create" && verb !== "get",
	};
}

/** The same of a list of records. */
export function listOperation(of: Identity) {
	const records = of.tag.toLowerCase();
	return {
		method: "get" as const,
		path: `/${of.path}`,
		of,
		operationId: `list${of.many}`,
		summary: `List ${records}`,
		description: `A page of the organization's ${records}, newest first unless sorted otherwise.`,
		message: `${of.tag} listed successfully`,
	};
}
