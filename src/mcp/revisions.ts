// The revisions of MCP. In those of 2025 a client begins with `initialize`, which we don't remember: what it says later is
// the same for all of them. Since 2026-07-28 each request names its revision in `_meta`, and headers repeat what it asks
// for, so that proxies need not read the body.
import { z } from "@hono/zod-openapi";
import { fromBase64 } from "../base64.ts";
import { CODE, type Message, RpcError } from "./messages.ts";

/** Those that begin with `initialize`, newest first. */
export const SESSION_REVISIONS: readonly string[] = [
	"2025-11-25",
	"2025-06-18",
	"2025-03-26",
	"2024-11-05",
	"2024-10-07",
];
export const STATELESS_REVISION = "2026-07-28";

const VERSION = "io.modelcontextprotocol/protocolVersion";
export const SERVER_INFO = "io.modelcontextprotocol/serverInfo";

/** What a request of the stateless revision says of its client. */
const RequestMeta = z.looseObject({
	[VERSION]: z.string(),
	"io.modelcontextprotocol/clientCapabilities": z.looseObject({}),
	"io.modelcontextprotocol/clientInfo": z.looseObject({ name: z.string(), version: z.string() }).optional(),
});
const NotificationMeta = z.looseObject({ [VERSION]: z.string().optional() });

/**
 * Whether a message is of the stateless revision. Otherwise it is of one that begins with `initialize`.
 * @throws RpcError if it contradicts its headers, or is of a revision that we don't know
 */
export function isStateless(headers: Headers, message: Message): boolean {
	const named = headers.get("mcp-protocol-version");
	const stateless = VERSION in message.params._meta || (named !== null && named >= STATELESS_REVISION);
	if (stateless) checkStatelessHeaders(headers, message, readRevision(message) ?? named);
	else checkSessionHeaders(headers, message);
	return stateless;
}

function checkSessionHeaders(headers: Headers, { method }: Message): void {
	const accepted = headers.get("accept") ?? "";
	if (!["application/json", "text/event-stream"].every((type) => accepted.includes(type)))
		throw new RpcError(CODE.unacceptable, "Accept both application/json and text/event-stream.", 406);
	const named = headers.get("mcp-protocol-version");
	if (named !== null && method !== "initialize" && !SESSION_REVISIONS.includes(named))
		throw new RpcError(CODE.unacceptable, `Unsupported protocol version: ${named}.`, 400);
}

/** The revision in `_meta`, which only notifications may leave out. */
function readRevision({ id, params }: Message): string | undefined {
	const { success, data, error } = (id === undefined ? NotificationMeta : RequestMeta).safeParse(
		params._meta,
	);
	if (success) return data[VERSION];
	const [{ path, message } = { path: [], message: "" }] = error.issues;
	const key = path.join(".");
	throw new RpcError(CODE.invalidParams, `params._meta.${key}: ${message}`, 400, {
		envelope: { key, problem: message },
	});
}

function checkStatelessHeaders(
	headers: Headers,
	{ id, method, params }: Message,
	revision: string | null,
): void {
	const expected = [
		["mcp-protocol-version", revision],
		["mcp-method", method],
	] as const;
	for (const [header, value] of expected) {
		const sent = headers.get(header);
		if (sent !== null && sent !== value) throw mismatch(`${header} is ${sent}, and the body says ${value}`);
	}
	if (revision !== STATELESS_REVISION)
		throw new RpcError(CODE.unsupportedRevision, `Unsupported protocol version: ${revision}.`, 400, {
			supported: [STATELESS_REVISION],
			requested: revision,
		});
	if (id === undefined) return;
	for (const [header] of expected) if (!headers.has(header)) throw mismatch(`${header} is missing`);
	if (method !== "tools/call" || typeof params.name !== "string") return;
	const name = headers.get("mcp-name");
	if (name === null || decoded(name) !== params.name)
		throw mismatch(`mcp-name is ${name === null ? "missing" : name}, and the body names ${params.name}`);
}

/** A header's text. What a header can't carry is sent as base64 of UTF-8, between `=?base64?` and `?=`. */
function decoded(header: string): string {
	const [, base64] = /^=\?base64\?(.*)\?=$/.exec(header) ?? [];
	const bytes = base64 === undefined ? null : fromBase64(base64);
	return bytes ? new TextDecoder().decode(bytes) : header;
}

const mismatch = (what: string) =>
	new RpcError(CODE.headerMismatch, `The headers and the body disagree: ${what}.`, 400);
