// /mcp: the API for agents, over MCP's Streamable HTTP: who may use it, and how to get there.
import type { MiddlewareHandler } from "hono";
import { AppError, badRequest } from "../errors.ts";
import { gate } from "../gate/gate.ts";
import { LOCAL_HOSTS } from "../gate/request.ts";
import { respondError } from "../http/answer.ts";
import { MAX_BODY_BYTES, readJson } from "../http/body.ts";
import type { App, AppEnv, Endpoint } from "../http/endpoint.ts";
import { settingsOf } from "../settings.ts";
import type { Api } from "./server.ts";

/**
 * Mounts the endpoint. Each request counts as one of the key's 60. Most isolates answer no agent, so the tools are
 * only made for the first request.
 * @param document the OpenAPI document as the caller's organization sees it
 */
export function mountMcp(app: App, endpoints: readonly Endpoint[], document: Api["document"]): void {
	let api: Api | undefined;
	app.post("/register", noOAuth);
	app.post("/mcp", sameOrigin, explainUnauthorized, gate, async (c) => {
		const request = c.req.raw;
		const { value } = await readJson(request, MAX_BODY_BYTES);
		// Revisions before June 2025 had batches, which would make several calls but count as one request.
		if (Array.isArray(value)) throw badRequest("", "Send one JSON-RPC message per request.");
		const { answer, apiOf } = await import("./server.ts");
		api ??= apiOf(endpoints, document);
		return answer(request.headers, value, c.get("ctx"), api);
	});
}

const howToGetKey = (url: string) =>
	`Send an API key as x-api-key. Whoever has a key can create more at ${new URL("/dashboard", url)}; the operator of this server makes the first one. There is no OAuth.`;

/**
 * Many MCP clients start an OAuth dialogue after any 401. So the message says how to get a key, the challenge names no
 * metadata, and there is none at the paths of RFC 9728 and RFC 8414.
 */
const explainUnauthorized: MiddlewareHandler<AppEnv> = async (c, next) => {
	await next();
	if (!(c.error instanceof AppError) || c.error.status !== 401) return;
	const { code, message, headers } = c.error;
	const explained = new AppError(code, `${message} ${howToGetKey(c.req.url)}`, undefined, headers);
	c.res = respondError(explained, c.get("requestId"));
};

/** Refuses the registration of OAuth clients (RFC 7591) with a message that they show to their user. */
const noOAuth: MiddlewareHandler<AppEnv> = async (c) =>
	c.json({ error: "access_denied", error_description: howToGetKey(c.req.url) }, 403);

/**
 * MCP requires servers to refuse pages of other sites, because DNS rebinding can make a page look like one of a local
 * server. Over plain HTTP only local names get this far, so a page on the host that it calls is our own.
 */
const sameOrigin: MiddlewareHandler<AppEnv> = async (c, next) => {
	const origin = c.req.header("origin");
	const ownHosts = [...settingsOf(c.env).PUBLIC_HOSTS, c.get("url").host];
	if (origin !== undefined && !isOurs(origin, ownHosts))
		throw new AppError("FORBIDDEN", "Pages of this origin may not call /mcp.");
	await next();
};

function isOurs(origin: string, ownHosts: readonly string[]): boolean {
	if (!URL.canParse(origin)) return false;
	const { host, hostname } = new URL(origin);
	return LOCAL_HOSTS.has(hostname) || ownHosts.includes(host) || ownHosts.includes(hostname);
}
