// Sessions of the dashboard. An API key is exchanged for a sealed cookie that contains the key's id, never the key itself. The
// key is read from D1 on every request, so revoking it ends its sessions at once.
import { parse, serialize } from "hono/utils/cookie";
import { apiKeys } from "../db/schema/api-keys.ts";
import { isRow } from "../db/tenant.ts";
import type { Bindings } from "../env.ts";
import { AppError, unauthorized } from "../errors.ts";
import { newId } from "../ids.ts";
import { sessionLimiterOf } from "../limiter/window.ts";
import { seal, unseal } from "../sealed.ts";
import { settingsOf } from "../settings.ts";
import { FIRST_SHARD } from "../shards.ts";
import { isRefused, type KnownKey, MEMORY_MS, readKey, rememberRefused } from "./known-key.ts";

/** Requests of all sessions of a key in any 60 seconds: an open page sends at most 120, and there may be two. */
const SESSION_LIMIT = 300;
const SESSION_SECONDS = 8 * 3_600;

/** The owner and scope that the cookie is sealed with; no organization's id and no other use of `seal` has the same. */
const OWNER = "dashboard";
const SCOPE = "key-session";

const COOKIE = "leadwire-session";
const GUARD_HEADER = "X-Requested-With";
/** The id of the key that a page was signed in with, as far as it knows. */
const KEY_HEADER = "X-Leadwire-Session-Key";

interface Session {
	readonly id: string;
	readonly organizationId: string;
	readonly keyId: string;
	/** The organization's shard when the session began; missing in sessions from before shards existed. */
	readonly shard?: number;
	/** Milliseconds since 1970. */
	readonly expiresAt: number;
}

/** Whether a request has a session cookie, valid or not. */
export function hasSession(request: Request): boolean {
	return cookieOf(request) !== undefined;
}

/**
 * Protects against cross-site requests. Only our own pages can send this header: for any other origin the browser would need a
 * CORS preflight that allows credentials, and none does. The Origin header is checked too, if there is one.
 * @throws AppError 403
 */
export function requireDashboardRequest(request: Request): void {
	const origin = request.headers.get("origin");
	if (
		request.headers.get(GUARD_HEADER) !== "dashboard" ||
		(origin !== null && origin !== new URL(request.url).origin)
	)
		throw new AppError(
			"FORBIDDEN",
			`A session only accepts requests of the dashboard's page, with ${GUARD_HEADER}: dashboard.`,
		);
}

/**
 * Finds the caller by the request's session: the session's key, with the rate limit that all its sessions share and without the
 * envelope. All tabs of a browser have one cookie: a page that was signed in with another key, perhaps of another organization, must
 * neither read nor write with this one.
 * @throws AppError 401 for a forged, foreign or expired cookie, a key that is no longer valid, or one that the page doesn't expect;
 *   403 for a request that is not sent by the dashboard
 */
export async function authenticateSession(bindings: Bindings, request: Request, now: number) {
	requireDashboardRequest(request);
	const session = await openSession(bindings, request);
	if (!session || session.expiresAt <= now || isRefused(session.id, now)) throw unauthorized("session");
	if ((request.headers.get(KEY_HEADER) ?? session.keyId) !== session.keyId) throw unauthorized("session");
	const key = await readKey(
		bindings,
		session.shard ?? FIRST_SHARD,
		isRow(apiKeys, session.organizationId, session.keyId),
	);
	if (!key || (key.expiresAt !== null && key.expiresAt <= now)) {
		rememberRefused(session.id, now);
		throw unauthorized("session");
	}
	const allowance = {
		holder: "session",
		limiter: sessionLimiterOf(session.keyId),
		limit: SESSION_LIMIT,
	} as const;
	return {
		known: { ...key, sessionId: session.id, envelope: false, allowance },
		fresh: key.lastUsedAt === null || key.lastUsedAt <= now - MEMORY_MS,
	};
}

/** The session in a request's cookie, expired or not; null when it can't be opened. */
export async function openSession(bindings: Bindings, request: Request): Promise<Session | null> {
	try {
		return JSON.parse(
			await unseal(settingsOf(bindings).ENCRYPTION_KEY, OWNER, SCOPE, cookieOf(request) ?? ""),
		);
	} catch {
		return null;
	}
}

/** The `Set-Cookie` of a new session for a key. */
export async function beginSession(bindings: Bindings, request: Request, key: KnownKey, now: number) {
	const session: Session = {
		id: newId("ses", now),
		organizationId: key.organizationId,
		keyId: key.keyId,
		shard: key.shard,
		expiresAt: now + SESSION_SECONDS * 1_000,
	};
	const sealed = await seal(settingsOf(bindings).ENCRYPTION_KEY, OWNER, SCOPE, JSON.stringify(session));
	return setCookieHeader(request, sealed, SESSION_SECONDS);
}

/** The `Set-Cookie` that makes a browser forget its session. */
export function forgetSession(request: Request): string {
	return setCookieHeader(request, "", 0);
}

function setCookieHeader(request: Request, value: string, maxAge: number): string {
	const secure = new URL(request.url).protocol === "https:";
	return serialize(cookieNameFor(request), value, {
		path: "/",
		httpOnly: true,
		sameSite: "Strict",
		secure,
		maxAge,
	});
}

function cookieOf(request: Request): string | undefined {
	const name = cookieNameFor(request);
	return parse(request.headers.get("cookie") ?? "", name)[name];
}

/** With this prefix a browser accepts the cookie only from this host and over HTTPS; on localhost it can't be used. */
function cookieNameFor(request: Request): string {
	return new URL(request.url).protocol === "https:" ? `__Host-${COOKIE}` : COOKIE;
}
