// What is said of an endpoint: by it runs what the endpoint does, and by it is made what the document says.
import type { z } from "@hono/zod-openapi";

/** The id in a path: its prefix, and what it names when there is no such thing. */
export interface PathId {
	readonly prefix: string;
	readonly noun: string;
}

export interface Definition<Q extends z.ZodType, B extends z.ZodType> {
	readonly method: "get" | "post" | "patch" | "delete";
	/** Below `/api/v1`, with parameters in braces. */
	readonly path: string;
	/** The scope a key needs. */
	readonly scope: string;
	/** Scopes it needs besides, whatever it is asked. */
	readonly besides?: readonly string[];
	/** The scopes it may need besides, and what for, in words; the handler sees to them. */
	readonly alsoNeeds?: string;
	readonly tag: string;
	readonly operationId: string;
	readonly summary: string;
	readonly description: string;
	/** What an envelope says of a success, e.g. "Lead created successfully". */
	readonly message: string;
	readonly ids?: Readonly<Record<string, PathId>>;
	readonly query?: Q;
	readonly body?: B;
	/** The most bytes a body may have, when it isn't the usual 256 KB. */
	readonly bodyLimit?: number;
	/** The body may be left out entirely. */
	readonly bodyOptional?: boolean;
	/** Whether If-Match makes it conditional. */
	readonly conditional?: boolean;
	readonly answers: Readonly<
		Record<
			number,
			{ readonly description: string; readonly schema?: z.ZodType; readonly headers?: readonly string[] }
		>
	>;
	/** What its 409 says, as an example, where that follows from nothing else. */
	readonly conflict?: string;
}
