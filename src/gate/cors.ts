// CORS: scripts of any site may call the API and read its answers, but never with cookies.
import type { MiddlewareHandler } from "hono";
import { cors } from "hono/cors";
import { setHeaders } from "../http/answer.ts";
import type { AppEnv } from "../http/endpoint.ts";
import { CORS_HEADERS } from "../http/header-names.ts";

const preflight = cors({
	origin: "*",
	maxAge: 86_400,
	allowMethods: ["GET", "HEAD", "POST", "PATCH", "DELETE"],
});

/**
 * Answers preflight requests, and sets the headers of CORS on the answers that were not made with them, in place: Hono's
 * middleware makes a copy.
 */
export const allowOrigins: MiddlewareHandler<AppEnv> = async (c, next) => {
	if (c.req.method === "OPTIONS") return preflight(c, next);
	await next();
	const { headers } = c.res;
	if (!headers.has("Access-Control-Allow-Origin")) setHeaders(headers, CORS_HEADERS);
};
