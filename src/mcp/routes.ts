// /mcp: the API for agents, over MCP's Streamable HTTP. It is stateless: each request carries its key and is answered by a
// server of its own, in JSON, whether its client speaks the revision of 2026-07-28 or those of 2025.
import {
	createMcpHandler,
	isLegacyRequest,
	WebStandardStreamableHTTPServerTransport,
} from "@modelcontextprotocol/server";
import type { MiddlewareHandler } from "hono";
import { AppError, badRequest } from "../errors.ts";
import { gate } from "../gate/gate.ts";
import { LOCAL } from "../gate/request.ts";
import { respondError } from "../http/answer.ts";
import { BODY_LIMIT, readJson } from "../http/body.ts";
import type { App, AppEnv } from "../http/endpoint.ts";
import { settingsOf } from "../settings.ts";
import { type Api, serverFor } from "./server.ts";

/** Mounts the endpoint; one request to it costs a key one of its 60, like any other. */
export function mountMcp(app: App, api: Api): void {
	app.post("/register", noOAuth);
	app.post("/mcp", sameOrigin, keyWanted, gate, async (c) => {
		const ctx = c.get("ctx");
		const request = c.req.raw;
		const { value } = await readJson(request, BODY_LIMIT);
		// Revisions before June 2025 had batches; a batch of calls would be more than the one that is counted.
		if (Array.isArray(value))
			throw badRequest({ path: "", message: "Send one JSON-RPC message per request." });
		const server = serverFor(ctx, api);
		if (await isLegacyRequest(request, value)) {
			const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
			await server.connect(transport);
			return transport.handleRequest(request, { parsedBody: value });
		}
		// Nothing here changes by itself, so there is nothing to subscribe to.
		return createMcpHandler(() => server, { legacy: "reject", maxSubscriptions: 0 }).fetch(request, {
			parsedBody: value,
		});
	});
}

const howToGetIn = (url: string) =>
	`Send an API key as x-api-key. Keys are made at ${new URL("/dashboard", url)} by who has one already, else by who runs this server; there is no OAuth.`;

/**
 * Agents' clients take any 401 for the beginning of an OAuth dialogue, unless its words tell their user better. Nothing
 * leads them on: the challenge names no metadata, and there is none at any of the paths where RFC 9728 and 8414 look.
 */
const keyWanted: MiddlewareHandler<AppEnv> = async (c, next) => {
	await next();
	if (!(c.error instanceof AppError) || c.error.status !== 401) return;
	const { code, message, headers } = c.error;
	const told = new AppError(code, `${message} ${howToGetIn(c.req.url)}`, undefined, headers);
	c.res = respondError(told, c.get("requestId"));
};

/** Where clients that look no further register themselves (RFC 7591): the refusal is the last thing that they show. */
const noOAuth: MiddlewareHandler<AppEnv> = async (c) =>
	c.json({ error: "access_denied", error_description: howToGetIn(c.req.url) }, 403);

/**
 * MCP asks servers to refuse pages of other sites, because DNS rebinding makes them look like a local server's own. Over
 * plain HTTP no name but a local one gets this far, so a page that is on the host it calls is ours.
 */
const sameOrigin: MiddlewareHandler<AppEnv> = async (c, next) => {
	const origin = c.req.header("origin");
	const ownHosts = [...settingsOf(c.env).PUBLIC_HOSTS, new URL(c.req.url).host];
	if (origin !== undefined && !isOurs(origin, ownHosts))
		throw new AppError("FORBIDDEN", "Pages of this origin may not call /mcp.");
	await next();
};

function isOurs(origin: string, ownHosts: readonly string[]): boolean {
	if (!URL.canParse(origin)) return false;
	const { host, hostname } = new URL(origin);
	return LOCAL.has(hostname) || ownHosts.includes(host) || ownHosts.includes(hostname);
}
