// JSON-RPC 2.0 as MCP uses it over HTTP: one message in, at most one message out.
import { z } from "@hono/zod-openapi";
import type { JsonObject } from "../json.ts";

/** What a client asks for; without an id it is a notification, which gets no answer. */
export type Message = z.output<typeof Message>;

const Message = z.strictObject({
	jsonrpc: z.literal("2.0"),
	id: z.union([z.string(), z.int()]).optional(),
	method: z.string(),
	params: z.looseObject({ _meta: z.looseObject({}).default({}) }).default({ _meta: {} }),
});

/** An answer to a request of ours. We send none, so it is ignored. */
const Reply = z.union([
	z.looseObject({ jsonrpc: z.literal("2.0"), result: z.looseObject({}) }),
	z.looseObject({ jsonrpc: z.literal("2.0"), error: z.looseObject({}) }),
]);

/** Codes of JSON-RPC and of MCP. */
export const CODE = {
	invalidRequest: -32_600,
	unknownMethod: -32_601,
	invalidParams: -32_602,
	internal: -32_603,
	unacceptable: -32_000,
	headerMismatch: -32_020,
	unsupportedRevision: -32_022,
} as const;

/** An error in JSON-RPC's form. Most are sent with HTTP status 200. */
export class RpcError extends Error {
	readonly code: number;
	/** Of HTTP. */
	readonly status: number;
	readonly data: JsonObject | undefined;

	constructor(code: number, message: string, status = 200, data?: JsonObject) {
		super(message);
		this.code = code;
		this.status = status;
		this.data = data;
	}
}

/**
 * Reads a message; null for an answer to us.
 * @throws RpcError if it is none
 */
export function readMessage(sent: unknown): Message | null {
	const { success, data } = Message.safeParse(sent);
	if (success) return data;
	if (Reply.safeParse(sent).success) return null;
	throw new RpcError(CODE.invalidRequest, "The body is not a JSON-RPC message.", 400);
}

/** The response to a request that succeeded. */
export const resultResponse = (id: Message["id"], result: JsonObject): Response =>
	Response.json({ jsonrpc: "2.0", id, result });

/** The response to a request that failed; its id is null if it can't be known. */
export function errorResponse({ code, message, status, data }: RpcError, id: Message["id"] | null): Response {
	const error = { code, message, ...(data ? { data } : {}) };
	return Response.json({ jsonrpc: "2.0", id: id ?? null, error }, { status });
}
