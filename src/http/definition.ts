// The definition of an endpoint: used both to handle its requests and to describe it in the OpenAPI document.
import type { z } from "@hono/zod-openapi";

/** An id in a path: its prefix, and the noun for the 404. */
export interface PathId {
	readonly prefix: string;
	readonly noun: string;
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
	readonly query?: Q;
	readonly body?: B;
	/** The maximum of bytes in the body; default is 256 KB. */
	readonly bodyLimit?: number;
	/** Whether the body may be left out. */
	readonly bodyOptional?: boolean;
	/** Whether it supports If-Match. */
	readonly conditional?: boolean;
	readonly answers: Readonly<
		Record<
			number,
			{ readonly description: string; readonly schema?: z.ZodType; readonly headers?: readonly string[] }
		>
	>;
	/** An example of its 409 message, if it differs from the common one. */
	readonly conflict?: string;
}
