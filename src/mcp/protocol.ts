// MCP's methods for a server that only has tools, stateless, and in JSON: each request carries all that its answer needs.
// The tests compare it, message by message, with the server of MCP's own library, which is a seventh of a Worker.
import { z } from "@hono/zod-openapi";
import { isJsonObject, type JsonObject } from "../json.ts";
import { CODE, errorResponse, type Message, RpcError, readMessage, resultResponse } from "./messages.ts";
import { isStateless, SERVER_INFO, SESSION_REVISIONS, STATELESS_REVISION } from "./revisions.ts";

/** What the methods answer from. */
export interface ToolServer {
	readonly info: { readonly name: string; readonly title: string; readonly version: string };
	/** What a model is told about the server. */
	readonly instructions: string;
	readonly listTools: () => readonly JsonObject[];
	/** Calls a tool, whose errors are results, too; null if there is none of this name. */
	readonly callTool: (name: string, input: JsonObject) => Promise<JsonObject> | null;
}

type Method = (server: ToolServer, params: Message["params"]) => JsonObject | Promise<JsonObject>;

/** The tools never change on their own, so there is nothing to subscribe to. */
const capabilities = { tools: {} };

/** How long a client may keep the list of tools, which depends on its key. */
const CACHE = { ttlMs: 60_000, cacheScope: "private" };

const Initialize = z.looseObject({
	protocolVersion: z.string(),
	capabilities: z.looseObject({}),
	clientInfo: z.looseObject({ name: z.string(), version: z.string() }),
});
const CallTool = z.looseObject({
	name: z.string(),
	arguments: z.custom<JsonObject>(isJsonObject).default({}),
});

const listTools: Method = (server) => ({ tools: server.listTools() });

const callTool: Method = async (server, params) => {
	const { name, arguments: input } = read(CallTool, params);
	const result = await server.callTool(name, input);
	if (!result) throw new RpcError(CODE.invalidParams, `There is no tool ${name}.`);
	return result;
};

const SESSION_METHODS: ReadonlyMap<string, Method> = new Map<string, Method>([
	[
		"initialize",
		({ info: serverInfo, instructions }, params) => {
			const { protocolVersion: wanted } = read(Initialize, params);
			const protocolVersion = SESSION_REVISIONS.find((one) => one === wanted) ?? SESSION_REVISIONS[0];
			return { protocolVersion, capabilities, serverInfo, instructions };
		},
	],
	["ping", () => ({})],
	["tools/list", listTools],
	["tools/call", callTool],
]);

const STATELESS_METHODS: ReadonlyMap<string, Method> = new Map<string, Method>([
	[
		"server/discover",
		({ instructions }) => ({ supportedVersions: [STATELESS_REVISION], capabilities, instructions, ...CACHE }),
	],
	["tools/list", async (server, params) => ({ ...(await listTools(server, params)), ...CACHE })],
	["tools/call", callTool],
	[
		"subscriptions/listen",
		() => {
			throw new RpcError(CODE.internal, "The limit of subscriptions is 0.");
		},
	],
]);

/** Answers a message that was read from a request with these headers. */
export async function answerMessage(headers: Headers, sent: unknown, server: ToolServer): Promise<Response> {
	let id: Message["id"];
	try {
		const message = readMessage(sent);
		if (!message) return new Response(null, { status: 202 });
		id = message.id;
		const stateless = isStateless(headers, message);
		if (id === undefined) return new Response(null, { status: 202 });
		const method = (stateless ? STATELESS_METHODS : SESSION_METHODS).get(message.method);
		if (!method)
			throw new RpcError(CODE.unknownMethod, `There is no method ${message.method}.`, stateless ? 404 : 200);
		const result = await method(server, message.params);
		return resultResponse(id, stateless ? complete(result, server) : result);
	} catch (error) {
		if (error instanceof RpcError) return errorResponse(error, id);
		throw error;
	}
}

/** What a result of the stateless revision says besides. */
const complete = (result: JsonObject, { info }: ToolServer): JsonObject => ({
	...result,
	resultType: "complete",
	_meta: { [SERVER_INFO]: info },
});

/** Parameters of a method. */
function read<Schema extends z.ZodType>(schema: Schema, params: unknown): z.output<Schema> {
	const { success, data, error } = schema.safeParse(params);
	if (success) return data;
	const [{ path, message } = { path: [], message: "" }] = error.issues;
	throw new RpcError(CODE.invalidParams, `params.${path.join(".")}: ${message}`);
}
