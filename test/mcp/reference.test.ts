// Our methods of MCP beside the server of MCP's own library: the same answer to each combination of message and headers.
import {
	createMcpHandler,
	isLegacyRequest,
	ProtocolError,
	Server,
	WebStandardStreamableHTTPServerTransport,
} from "@modelcontextprotocol/server";
import { describe, expect, it } from "vitest";
import { answerMessage, type ToolServer } from "../../src/mcp/protocol.ts";
import type { Json } from "../support/api.ts";

const TOOL = { name: "grüße", inputSchema: { type: "object" as const } };
const CACHE = { ttlMs: 60_000, cacheScope: "private" as const };
const said = (input: object) => ({ content: [{ type: "text" as const, text: JSON.stringify(input) }] });

const ours: ToolServer = {
	info: { name: "test", title: "Test", version: "1.0.0" },
	instructions: "Be kind.",
	listTools: () => [TOOL],
	callTool: (name, input) => (name === TOOL.name ? Promise.resolve(said(input)) : null),
};

/** The answer of the library's server that has the same tools. */
async function theirs(headers: Headers, message: unknown): Promise<Response> {
	const server = new Server(ours.info, {
		capabilities: { tools: {} },
		instructions: ours.instructions,
		cacheHints: { "tools/list": CACHE, "server/discover": CACHE },
	});
	server.setRequestHandler("tools/list", () => ({ tools: [TOOL] }));
	server.setRequestHandler("tools/call", ({ params }) => {
		if (params.name !== TOOL.name) throw new ProtocolError(-32_602, "unknown");
		return said(params.arguments ?? {});
	});
	const request = new Request("https://api.leadwire.test/mcp", { method: "POST", headers, body: "{}" });
	if (await isLegacyRequest(request, message)) {
		const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
		await server.connect(transport);
		return transport.handleRequest(request, { parsedBody: message });
	}
	const handler = createMcpHandler(() => server, { legacy: "reject", maxSubscriptions: 0 });
	return handler.fetch(request, { parsedBody: message });
}

/** What clients go by. The words of an error are ours, and so is whether a message that was refused unread has its id. */
async function essence(response: Response): Promise<object> {
	const text = await response.text();
	const { error, ...rest }: Json = text === "" ? {} : JSON.parse(text);
	if (!error) return { status: response.status, ...rest };
	return { status: response.status, code: error.code, supported: error.data?.supported };
}

const clientInfo = { name: "client", version: "1" };
const MESSAGES: readonly (readonly [method: string, params?: object])[] = [
	["initialize", { protocolVersion: "2025-06-18", capabilities: {}, clientInfo }],
	["initialize", { protocolVersion: "2024-01-01", capabilities: {}, clientInfo }],
	["ping"],
	["server/discover"],
	["tools/list", { cursor: "x" }],
	["tools/call", { name: TOOL.name, arguments: { a: 1 } }],
	["tools/call", { name: TOOL.name }],
	["tools/call", { name: "drop_table", arguments: {} }],
	["tools/call", { arguments: {} }],
	["tools/call", { name: TOOL.name, arguments: [] }],
	["resources/list"],
	["leads/list"],
	["subscriptions/listen", { notifications: { toolsListChanged: true } }],
	["notifications/initialized"],
	["notifications/cancelled", { requestId: 7 }],
];
const VERSIONS = [null, "2025-06-18", "2024-01-01", "2026-07-28", "2030-01-01"];
const KEY = "io.modelcontextprotocol/";
const META_VERSION = `${KEY}protocolVersion`;
const META = { [META_VERSION]: "2026-07-28", [`${KEY}clientCapabilities`]: {} };
const METAS = [
	undefined,
	{},
	META,
	{ ...META, [`${KEY}clientInfo`]: clientInfo, progressToken: 1 },
	{ ...META, [`${KEY}clientInfo`]: { name: 1 } },
	{ ...META, [META_VERSION]: "2030-01-01" },
	{ ...META, [META_VERSION]: 2026 },
	{ [META_VERSION]: "2026-07-28" },
];
const BOTH = "application/json, text/event-stream";
/** The header `mcp-method`, where `true` is that of the message, and `accept`. */
const METHODS_AND_TYPES = [
	[true, BOTH],
	[true, "application/json"],
	[null, BOTH],
	["tools/list", BOTH],
] as const;
const NAMES = [`=?base64?${btoa("gr\u00c3\u00bc\u00c3\u009fe")}?=`, null, "other", "drop_table"];

function* requests() {
	for (const [method, params] of MESSAGES)
		for (const version of VERSIONS)
			for (const meta of METAS)
				for (const [named, accept] of METHODS_AND_TYPES)
					for (const name of method === "tools/call" ? NAMES : [null]) {
						const headers = new Headers({ accept, "content-type": "application/json" });
						if (version) headers.set("mcp-protocol-version", version);
						if (named) headers.set("mcp-method", named === true ? method : String(named));
						if (name) headers.set("mcp-name", name);
						const all = { ...params, ...(meta ? { _meta: meta } : {}) };
						const id = method.startsWith("notifications/") ? {} : { id: "one" };
						const message = { jsonrpc: "2.0", ...id, method, ...(params || meta ? { params: all } : {}) };
						yield { headers, message };
					}
}

/** A client that says `initialize` in the revision that has none contradicts itself: each server may say how. */
const isContradictory = (headers: Headers, { method, params }: Json) =>
	method === "initialize" &&
	((headers.get("mcp-protocol-version") ?? "") >= "2026" || META_VERSION in (params._meta ?? {}));

describe("each message, with each set of headers", () => {
	it("is answered as MCP's own library answers it", async () => {
		let compared = 0;
		for (const { headers, message } of requests()) {
			if (isContradictory(headers, message)) continue;
			const [own, other] = await Promise.all([
				answerMessage(headers, message, ours).then(essence),
				theirs(headers, message).then(essence),
			]);
			expect(own, JSON.stringify([[...headers], message])).toEqual(other);
			compared += 1;
		}
		expect(compared).toBeGreaterThan(3_000);
	});

	it.each([
		[null],
		["text"],
		[{}],
		[{ jsonrpc: "1.0", id: 1, method: "ping" }],
		[{ jsonrpc: "2.0", id: null, method: "ping" }],
		[{ jsonrpc: "2.0", id: 1.5, method: "ping" }],
		[{ jsonrpc: "2.0", id: 1, method: 7 }],
		[{ jsonrpc: "2.0", id: 1, method: "ping", params: [] }],
		[{ jsonrpc: "2.0", id: 1, method: "ping", more: 1 }],
		[{ jsonrpc: "2.0", id: 1, result: {} }],
		[{ jsonrpc: "2.0", id: 1, error: { code: 1, message: "x" } }],
	])("also %j", async (message) => {
		const headers = new Headers({ accept: BOTH, "content-type": "application/json" });
		const own = await essence(await answerMessage(headers, message, ours));
		expect(own).toEqual(await essence(await theirs(headers, message)));
	});
});
