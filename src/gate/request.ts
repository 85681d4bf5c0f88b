// The first middleware of every request, also of those that need no key.
import type { MiddlewareHandler } from "hono";
import { AppError } from "../errors.ts";
import { respondError } from "../http/answer.ts";
import type { AppEnv } from "../http/endpoint.ts";
import { newId } from "../ids.ts";
import { log } from "../log.ts";

const REQUEST_ID = /^[\w.:-]{1,128}$/;
/** Host names of the local machine. */
export const LOCAL_HOSTS: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Gives the request its id, refuses plain HTTP, and logs the result. */
export const identifyRequest: MiddlewareHandler<AppEnv> = async (c, next) => {
	const now = Date.now();
	const suppliedId = c.req.header("x-request-id") ?? "";
	const requestId = REQUEST_ID.test(suppliedId) ? suppliedId : newId("req", now);
	c.set("requestId", requestId);
	c.set("now", now);
	const { protocol, hostname, pathname } = new URL(c.req.url);
	if (protocol === "http:" && !LOCAL_HOSTS.has(hostname)) {
		c.res = respondError(new AppError("FORBIDDEN", "This API is served over HTTPS only."), requestId);
	} else await next();
	c.header("X-Request-Id", requestId);
	log("request", {
		requestId,
		keyId: c.get("ctx")?.caller.keyId,
		method: c.req.method,
		path: pathname,
		status: c.res.status,
		ms: Date.now() - now,
	});
};
