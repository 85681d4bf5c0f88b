// Asks the key's limiter, and turns its verdict into headers and errors.
import type { Caller } from "../context.ts";
import { batch } from "../db/client.ts";
import { isReadable } from "../db/moves.ts";
import { apiKeys } from "../db/schema/api-keys.ts";
import { sql } from "../db/sql.ts";
import { liveRowOf, organizationRow } from "../db/tenant.ts";
import type { Env } from "../env.ts";
import { AppError, unauthorized, unavailable } from "../errors.ts";
import { logFault } from "../log.ts";
import { Memory } from "../memory.ts";
import { sleep } from "../time.ts";
import type { Seen, Verdict } from "../verdict.ts";
import { sessionLimiterOf, WINDOW_MS } from "./window.ts";

/** Limiters that are told of a move at the same time. */
const MAX_TOLD_AT_ONCE = 5;

/** How often a caller may call, and which object counts. */
export interface Allowance {
	/** A key by itself, or all its sessions together. */
	readonly holder: "key" | "session";
	/** Name of the Durable Object. */
	readonly limiter: string;
	/** Requests in any 60 seconds. */
	readonly limit: number;
}

/** The caller of a request. */
type LimitedCaller = Pick<Caller, "organizationId" | "keyId" | "sessionId"> & {
	readonly allowance: Allowance;
};

const WINDOW_SECONDS = WINDOW_MS / 1_000;
const MAX_END_TRIES = 5;
const END_RETRY_PAUSE_MS = 100;

/**
 * Limiters that have reached their limit, and until when (ms). Further requests are refused here, without a call of the object or of
 * D1. The object is asked again after a second, because a key that was revoked meanwhile must get a 401 and not a 429.
 */
const exhaustedLimiters = new Memory<{ readonly until: number; readonly verdict: Verdict }>();
const MEMORY_MS = 1_000;

/**
 * Asks the caller's Durable Object whether this request is admitted. When the call fails, it is repeated once on a new stub.
 * After a second failure D1 decides whether the key is still valid (fails closed) and the rate is not limited (fails open),
 * with a fault in the logs. An overloaded object counts as a reached limit. The outcome is `moving` if the organization is no
 * longer in this database.
 * @param isLocated whether this request has looked where the organization is, and does not only remember it
 */
export async function admit(
	env: Env,
	known: LimitedCaller,
	requestId: string,
	isLocated: boolean,
): Promise<Verdict> {
	const now = Date.now();
	const { limiter } = known.allowance;
	const remembered = exhaustedLimiters.get(limiter, now);
	if (remembered) return { ...remembered.verdict, resetMs: remembered.until - now };
	const verdict = await askLimiter(env, known, requestId, isLocated);
	if (verdict.outcome === "limited") {
		const { resetMs } = verdict;
		exhaustedLimiters.set(limiter, { until: now + resetMs, verdict }, now, Math.min(MEMORY_MS, resetMs));
	}
	return verdict;
}

async function askLimiter(
	env: Env,
	known: LimitedCaller,
	requestId: string,
	isLocated: boolean,
): Promise<Verdict> {
	const { limiter, limit } = known.allowance;
	const { sessionId } = known;
	for (let tries = 1; ; tries += 1) {
		try {
			const stub = env.KEY_LIMITER.getByName(limiter);
			const verdict = await stub.check(limit, sessionId ?? undefined, isLocated);
			if (verdict.outcome !== "moving" || !(await canBeReadHere(env, known.organizationId))) return verdict;
			return await stub.check(limit, sessionId ?? undefined, true);
		} catch (error) {
			if (isOverloaded(error)) return { outcome: "limited", remaining: 0, resetMs: 1_000 };
			if (tries < 2) continue;
			logFault("limiter_failed", { requestId, keyId: known.keyId }, error);
			return {
				outcome: await outcomeWithoutLimiter(env, known),
				remaining: 0,
				resetMs: WINDOW_MS,
			};
		}
	}
}

function isOverloaded(error: unknown): boolean {
	return error instanceof Error && "overloaded" in error && error.overloaded === true;
}

/** Whether an organization can be read in this database. */
async function canBeReadHere(env: Env, organizationId: string): Promise<boolean> {
	const [rows] = await batch(env.DB, [
		sql`SELECT 1 FROM ${organizationRow(organizationId)} AND ${isReadable}`,
	]);
	return (rows ?? []).length > 0;
}

async function outcomeWithoutLimiter(env: Env, known: LimitedCaller): Promise<Verdict["outcome"]> {
	const { organizationId, keyId } = known;
	const [rows] = await batch(env.DB, [
		sql`SELECT EXISTS (SELECT 1 FROM ${organizationRow(organizationId)} AND ${isReadable}) AS "canBeReadHere" FROM ${liveRowOf(apiKeys, organizationId, keyId)}
			AND ("expiresAt" IS NULL OR "expiresAt" > ${Date.now()})`,
	]);
	const row = rows?.[0];
	if (!row) return "ended";
	return row.canBeReadHere === 1 ? "admitted" : "moving";
}

/**
 * Tells the limiters of a key and of its sessions when the key ends (ms). Call it after D1 has stored the end and before the
 * request is answered.
 * @throws AppError 503 when an object can't be reached; D1 has the end stored, and when a limiter fails D1 is asked
 */
export async function endKey(env: Env, keyId: string, instant: number): Promise<void> {
	const limiters = [keyId, sessionLimiterOf(keyId)];
	// Both are waited for, so that the one is told also when the other can't be.
	const told = await Promise.allSettled(
		limiters.map((name) => callLimiter(name, async () => env.KEY_LIMITER.getByName(name).endAt(instant))),
	);
	for (const one of told) if (one.status === "rejected") throw one.reason;
	for (const name of limiters) exhaustedLimiters.delete(name);
}

/**
 * Tells the limiter of a key's sessions that one of them has ended, whose cookie would expire at `runsOutAt` (ms).
 * @throws AppError 503 when the object can't be reached
 */
export async function endSession(env: Env, keyId: string, session: string, runsOutAt: number): Promise<void> {
	const limiter = sessionLimiterOf(keyId);
	await callLimiter(limiter, () => env.KEY_LIMITER.getByName(limiter).endSession(session, runsOutAt));
	exhaustedLimiters.delete(limiter);
}

/**
 * Tells limiters, one after the other, how new the state is that a key has now seen. Call it before the answer leaves that shows it.
 * @param limiters the key's own first: what the others know, they need not be told again
 * @param before what the limiter knew when it admitted the request; null if it can't have been newer
 * @throws AppError 503 when the object can't be reached
 */
export async function tellSeen(
	{ KEY_LIMITER }: Pick<Env, "KEY_LIMITER">,
	limiters: Iterable<string>,
	seen: Seen,
	before: Seen | null,
): Promise<void> {
	for (const name of limiters)
		await callLimiter(name, async () => KEY_LIMITER.getByName(name).saw(seen, before));
}

/**
 * Tells the limiters of keys that until an instant (ms) their organization may move, so that callers look where it is.
 * @throws AppError 503 when an object can't be reached
 */
export async function announceMove(
	{ KEY_LIMITER }: Pick<Env, "KEY_LIMITER">,
	keyIds: readonly string[],
	until: number,
): Promise<void> {
	const waiting = [...keyIds];
	const tellWaiting = async () => {
		for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
			const stub = KEY_LIMITER.getByName(id);
			await callLimiter(id, async () => stub.announceMove(until));
		}
	};
	await Promise.all(Array.from({ length: MAX_TOLD_AT_ONCE }, tellWaiting));
}

/** Calls a limiter, several times if it fails. */
async function callLimiter(limiter: string, call: () => Promise<unknown>): Promise<void> {
	for (let tries = 1; ; tries += 1) {
		try {
			await call();
			return;
		} catch (error) {
			logFault("limiter_failed", { limiter }, error);
			if (tries === MAX_END_TRIES) throw unavailable();
			await sleep(tries * END_RETRY_PAUSE_MS);
		}
	}
}

/** The rate-limit headers of both draft families: draft-ietf-httpapi-ratelimit-headers 03 to 06, and 10. */
export function rateLimitHeaders(verdict: Verdict, { limit }: Allowance): Record<string, string> {
	const reset = Math.max(1, Math.ceil(verdict.resetMs / 1_000));
	return {
		"RateLimit-Limit": String(limit),
		"RateLimit-Remaining": String(verdict.remaining),
		"RateLimit-Reset": String(reset),
		"RateLimit-Policy": `"default";q=${limit};w=${WINDOW_SECONDS}`,
		RateLimit: `"default";r=${verdict.remaining};t=${reset}`,
		...(verdict.outcome === "limited" ? { "Retry-After": String(reset) } : {}),
	};
}

/** The error of a refused request, or null for an admitted one. */
export function refusal(verdict: Verdict, { holder, limit }: Allowance): AppError | null {
	if (verdict.outcome === "admitted") return null;
	if (verdict.outcome === "ended") return unauthorized(holder);
	if (verdict.outcome === "moving") return unavailable();
	const whose = holder === "key" ? "This key's" : "This key's sessions'";
	return new AppError(
		"TOO_MANY_REQUESTS",
		`${whose} ${limit} requests in ${WINDOW_SECONDS} seconds are used up; retry in ${Math.max(1, Math.ceil(verdict.resetMs / 1_000))} s.`,
	);
}
