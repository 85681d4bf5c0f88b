// The gate: authentication and rate limit. A request that passes gets its Ctx, and every answer the gate's headers.
import type { MiddlewareHandler } from "hono";
import type { Ctx } from "../context.ts";
import { unavailable } from "../errors.ts";
import { PRIVATE, setHeaders } from "../http/answer.ts";
import type { AppEnv } from "../http/endpoint.ts";
import { answerError } from "../http/on-error.ts";
import { admit, rateLimitHeaders, refusal } from "../limiter/rate-limit.ts";
import { sendWakeUps } from "../outbox/wake.ts";
import { settingsOf } from "../settings.ts";
import { envOf } from "../shards.ts";
import { authenticate, forgetKey, keyFromHeaders } from "./authenticate.ts";
import { actorOf, recordUse } from "./known-key.ts";
import { followDatabase } from "./nearest.ts";
import { keepAlive } from "./request.ts";
import { authenticateSession, hasSession } from "./session.ts";

/** Requests whose organization was no longer where it was remembered: they changed nothing, and may be handled again. */
const misdirected = new WeakSet<Request>();

/**
 * Whether a request is a read that was answered 503 because its organization has moved, so that it is to be handled again. Only the
 * first call for a request returns true: it removes the mark.
 */
export const takeMisdirected = (request: Request): boolean =>
	(request.method === "GET" || request.method === "HEAD") && misdirected.delete(request);

/**
 * Admits a request by its API key or, without one, by its session. The limiter is asked at once but awaited late: a read runs
 * meanwhile and its answer is dropped when the limiter refuses; a write awaits it in `commit`.
 */
export const gate: MiddlewareHandler<AppEnv> = async (c, next) => {
	const requestId = c.get("requestId");
	const now = c.get("now");
	const waitUntil = keepAlive(c);
	// With an invalid setting every request fails here, rather than some of them later.
	settingsOf(c.env);
	const key = keyFromHeaders(c.req.raw.headers);
	const { known, fresh } =
		key === null && hasSession(c.req.raw)
			? await authenticateSession(c.env, c.req.raw, now)
			: await authenticate(c.env, c.req.raw.headers, key ?? "", now);
	const env = envOf(c.env, known.shard);
	const admission = admit(env, known, requestId, fresh);
	// It may fail before it is awaited; without this that would be an unhandled rejection. Whoever awaits it still gets the error.
	admission.catch(() => {});
	const followed = followDatabase(env, known, c.req.raw, admission);
	const ctx: Ctx = {
		env: followed ? { ...env, DB: followed.db } : env,
		caller: known,
		actor: actorOf(known),
		now,
		requestId,
		host: c.get("url").host,
		claim: null,
		async requireAdmission() {
			const verdict = await admission;
			if (verdict.outcome === "moving") throw ctx.movedError();
			const refused = refusal(verdict, known.allowance);
			if (refused) throw refused;
		},
		movedError() {
			forgetKey(key);
			return unavailable();
		},
		wake: (wakeUps) => waitUntil(sendWakeUps(env, wakeUps)),
		waitUntil,
	};
	c.set("ctx", ctx);
	await next();
	// What is done after the answer may write, such as the log of requests, also when the limiter fails below; a copy's read that is
	// made again would write twice.
	if (followed) c.set("ctx", { ...ctx, env });
	/** Without this Hono copies headers from one answer to the next; a cursor or version that was read must not be sent. */
	const drop = () => {
		c.res = undefined;
	};
	const dropAndThrow = (error: unknown) => {
		drop();
		throw error;
	};
	const verdict = await admission.catch(dropAndThrow);
	const refused = refusal(verdict, known.allowance);
	if (followed && !refused) await followed.tell(verdict, waitUntil).catch(dropAndThrow);
	if (refused) {
		drop();
		c.res = answerError(c, refused);
	} else if (fresh) waitUntil(recordUse(env, known, now));
	if (verdict.outcome === "moving") {
		ctx.movedError();
		misdirected.add(c.req.raw);
	}
	const { headers } = c.res;
	if (!headers.has("Cache-Control")) headers.set("Cache-Control", PRIVATE);
	if (verdict.outcome !== "ended" && verdict.outcome !== "moving")
		setHeaders(headers, rateLimitHeaders(verdict, known.allowance));
};
