// The first middleware of every request, also of those that need no key.
import type { Context, MiddlewareHandler } from "hono";
import { AppError } from "../errors.ts";
import { respondError } from "../http/answer.ts";
import type { AppEnv, UrlParts } from "../http/endpoint.ts";
import { newId } from "../ids.ts";
import { log } from "../log.ts";
import { noteRequest } from "../request-log/note.ts";
import { shownPath } from "../request-log/shown.ts";

/** An id that a caller may give a request: it is logged, so it has no API key and no webhook's secret in it. */
const REQUEST_ID = /^(?!.*(?:lw_(?:live|test)|whsec)_)[\w.:-]{1,128}$/;
/** Host names of the local machine. */
export const LOCAL_HOSTS: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

const URL_FORM = /^([a-z]+:)\/\/(\[[^\]]*\]|[^/:]*)(:\d+)?([^?#]*)/;

/** The parts of a request's URL, which the runtime has made regular. `URL` takes twenty times as long to find them. */
export function urlParts(url: string): UrlParts {
	const [, protocol = "", hostname = "", port = "", pathname = ""] = URL_FORM.exec(url) ?? [];
	const host = hostname + port;
	return { protocol, hostname, host, origin: `${protocol}//${host}`, pathname };
}

/** Keeps the invocation alive until work is done, also after the answer; it doesn't matter if the work fails. */
export const keepAlive =
	(c: Context<AppEnv>) =>
	(work: Promise<unknown>): void =>
		c.executionCtx.waitUntil(work.catch(() => undefined));

/** Gives the request its id, refuses plain HTTP, and logs the result. */
export const identifyRequest: MiddlewareHandler<AppEnv> = async (c, next) => {
	const now = Date.now();
	const suppliedId = c.req.header("x-request-id") ?? "";
	const requestId = REQUEST_ID.test(suppliedId) ? suppliedId : newId("req", now);
	c.set("requestId", requestId);
	c.set("now", now);
	const url = urlParts(c.req.url);
	c.set("url", url);
	if (url.protocol === "http:" && !LOCAL_HOSTS.has(url.hostname)) {
		c.res = respondError(new AppError("FORBIDDEN", "This API is served over HTTPS only."), requestId);
	} else await next();
	c.res.headers.set("X-Request-Id", requestId);
	const ctx = c.get("ctx");
	const { method } = c.req;
	const { status } = c.res;
	const ms = Date.now() - now;
	const path = shownPath(url.pathname);
	log("request", { requestId, keyId: ctx?.caller.keyId, method, path, status, ms });
	const error = c.error instanceof AppError ? c.error : null;
	if (ctx) noteRequest(ctx, { method, path, status, error, durationMs: ms });
};
