// CORS: scripts of any site may call the API and read its answers, but never with cookies.
import type { MiddlewareHandler } from "hono";
import { cors } from "hono/cors";
import { setHeaders } from "../http/answer.ts";
import type { AppEnv } from "../http/endpoint.ts";
import { exposedHeaders } from "../http/header-names.ts";

const preflight = cors({
	origin: "*",
	maxAge: 86_400,
	allowMethods: ["GET", "HEAD", "POST", "PATCH", "DELETE"],
});

const HEADERS = {
	"Access-Control-Allow-Origin": "*",
	"Access-Control-Expose-Headers": exposedHeaders.join(","),
};

/** Answers preflight requests, and sets the headers of CORS on all other answers, in place: Hono's middleware makes a copy. */
export const allowOrigins: MiddlewareHandler<AppEnv> = async (c, next) => {
	if (c.req.method === "OPTIONS") return preflight(c, next);
	await next();
	setHeaders(c.res.headers, HEADERS);
};
