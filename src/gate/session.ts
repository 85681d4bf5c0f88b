// Sessions of the dashboard: an API key exchanged for a cookie that says which key it was, sealed, and never the key
// itself. Whether the key may still be used is read from D1 on every request, so a revoked one ends its sessions at once.
import { parse, serialize } from "hono/utils/cookie";
import { apiKeys } from "../db/schema/api-keys.ts";
import { isRow } from "../db/tenant.ts";
import type { Bindings } from "../env.ts";
import { AppError, unauthorized } from "../errors.ts";
import { newId } from "../ids.ts";
import { sessionsOf } from "../limiter/window.ts";
import { open, seal } from "../sealed.ts";
import { settingsOf } from "../settings.ts";
import { FIRST_SHARD } from "../shards.ts";
import { isRefused, type KnownKey, MEMORY_MS, readKey, rememberRefused } from "./known-key.ts";

/** Requests in any 60 seconds of all sessions of a key: an open page takes at most 120, and there may be two. */
const SESSION_LIMIT = 300;
const SESSION_SECONDS = 8 * 3_600;

/** What the cookie is sealed for: no organization's id, and no other place of ours, opens the same. */
const OWNER = "dashboard";
const SCOPE = "key-session";

const COOKIE = "leadwire-session";
const GUARD = "X-Requested-With";

interface Session {
	readonly id: string;
	readonly organizationId: string;
	readonly keyId: string;
	/** Where the organization was when it began; left out in sessions from before there were shards. */
	readonly shard?: number;
	/** Milliseconds since 1970. */
	readonly expiresAt: number;
}

/** Whether a request brings a session, a valid one or not. */
export function hasSession(request: Request): boolean {
	return cookieOf(request) !== undefined;
}

/**
 * Only a page of our own can send our header: any other origin would need a preflight that allows credentials, and
 * CORS here never does. The origin is asked for besides, for what browsers send it with.
 * @throws AppError 403
 */
export function requireOwnPage(request: Request): void {
	const origin = request.headers.get("origin");
	if (
		request.headers.get(GUARD) !== "dashboard" ||
		(origin !== null && origin !== new URL(request.url).origin)
	)
		throw new AppError(
			"FORBIDDEN",
			`A session takes requests of its own page only, with ${GUARD}: dashboard.`,
		);
}

/**
 * Who a request's session belongs to: the key it was made with, with the allowance that all its sessions share and no envelope.
 * @throws AppError 401 for a forged, foreign or expired cookie, or a key that can't be used any more; 403 for a request
 *   that is not the dashboard's own
 */
export async function authenticateSession(
	bindings: Bindings,
	request: Request,
	now: number,
): Promise<{ known: KnownKey; fresh: boolean }> {
	requireOwnPage(request);
	const session = await openSession(bindings, request);
	const asked = JSON.stringify(session);
	if (!session || session.expiresAt <= now || isRefused(asked, now)) throw unauthorized("session");
	const key = await readKey(
		bindings,
		session.shard ?? FIRST_SHARD,
		isRow(apiKeys, session.organizationId, session.keyId),
	);
	if (!key || (key.expiresAt !== null && key.expiresAt <= now)) {
		rememberRefused(asked, now);
		throw unauthorized("session");
	}
	const allowance = { holder: "session", limiter: sessionsOf(session.keyId), limit: SESSION_LIMIT } as const;
	return {
		known: { ...key, sessionId: session.id, envelope: false, allowance },
		fresh: key.lastUsedAt === null || key.lastUsedAt <= now - MEMORY_MS,
	};
}

/** The session that a request's cookie holds, expired or not; null when it can't be opened. */
export async function openSession(bindings: Bindings, request: Request): Promise<Session | null> {
	try {
		return JSON.parse(await open(settingsOf(bindings).ENCRYPTION_KEY, OWNER, SCOPE, cookieOf(request) ?? ""));
	} catch {
		return null;
	}
}

/** The `Set-Cookie` of a new session for a key. */
export async function beginSession(
	bindings: Bindings,
	request: Request,
	key: KnownKey,
	now: number,
): Promise<string> {
	const session: Session = {
		id: newId("ses", now),
		organizationId: key.organizationId,
		keyId: key.keyId,
		shard: key.shard,
		expiresAt: now + SESSION_SECONDS * 1_000,
	};
	const sealed = await seal(settingsOf(bindings).ENCRYPTION_KEY, OWNER, SCOPE, JSON.stringify(session));
	return cookie(request, sealed, SESSION_SECONDS);
}

/** The `Set-Cookie` that makes a browser forget its session. */
export function forgetSession(request: Request): string {
	return cookie(request, "", 0);
}

function cookie(request: Request, value: string, maxAge: number): string {
	const secure = new URL(request.url).protocol === "https:";
	return serialize(nameFor(request), value, {
		path: "/",
		httpOnly: true,
		sameSite: "Strict",
		secure,
		maxAge,
	});
}

function cookieOf(request: Request): string | undefined {
	const name = nameFor(request);
	return parse(request.headers.get("cookie") ?? "", name)[name];
}

/** With this prefix a browser takes the cookie from this very host alone, over HTTPS; localhost has to do without. */
function nameFor(request: Request): string {
	return new URL(request.url).protocol === "https:" ? `__Host-${COOKIE}` : COOKIE;
}
