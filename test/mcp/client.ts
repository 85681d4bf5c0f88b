// An agent: the official MCP client over HTTP, with a key.
import {
	Client,
	type OAuthClientProvider,
	StreamableHTTPClientTransport,
} from "@modelcontextprotocol/client";
import { expect } from "vitest";
import { type Api, type Json, ORIGIN, type Target } from "../support/api.ts";

export type Era = "2025" | "2026";

export interface Agent {
	readonly client: Client;
	/** All HTTP responses, in order. */
	readonly responses: Response[];
	/** Calls a tool that must succeed; returns its result. */
	call(name: string, input?: object): Promise<Json>;
	/** Calls a tool that must fail; returns the error. */
	fail(name: string, input?: object): Promise<Json>;
}

/** Connects a client to /mcp. */
export async function agentOf(
	{ key, target }: Pick<Api, "key" | "target">,
	{
		era = "2026",
		headers,
		authProvider,
	}: { era?: Era; headers?: Record<string, string>; authProvider?: OAuthClientProvider } = {},
): Promise<Agent> {
	const answers: Response[] = [];
	const send: Target = async (request) => {
		const response = await target(request);
		answers.push(response.clone());
		return response;
	};
	const client = new Client(
		{ name: "test", version: "1.0.0" },
		{ versionNegotiation: { mode: era === "2026" ? { pin: "2026-07-28" } : "legacy" } },
	);
	const transport = new StreamableHTTPClientTransport(new URL(`${ORIGIN}/mcp`), {
		fetch: (url, init) => send(new Request(url, init)),
		requestInit: { headers: headers ?? { "x-api-key": key } },
		...(authProvider ? { authProvider } : {}),
	});
	await client.connect(transport);

	const run = async (name: string, input: object = {}) => client.callTool({ name, arguments: { ...input } });
	return {
		client,
		responses: answers,
		async call(name, input) {
			const { content, structuredContent, isError } = await run(name, input);
			expect(isError, JSON.stringify(content)).not.toBe(true);
			expect(content).toHaveLength(2);
			const [words, json] = content as Json;
			expect(words.text).not.toBe("");
			expect(JSON.parse(json.text)).toEqual(structuredContent);
			said.set(structuredContent as Json, words.text);
			return structuredContent;
		},
		async fail(name, input) {
			const { content, isError } = await run(name, input);
			expect(isError, JSON.stringify(content)).toBe(true);
			return JSON.parse((content as Json)[0].text);
		},
	};
}

const said = new WeakMap<object, string>();

/** The text of a tool's result. */
export const messageOf = (shown: Json): string => said.get(shown) ?? "";

/** The input of a tool that writes a lead. */
export const leadInput = (fields: object, more: object = {}) => ({ resource: "leads", fields, ...more });
