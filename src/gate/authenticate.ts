// From the key in a request to who is calling. An isolate remembers that for up to a minute; whether the key may still
// be used is the limiter's to say, on every request.
import { type SQL, sql } from "drizzle-orm";
import type { Actor, Caller } from "../context.ts";
import { batch } from "../db/client.ts";
import { apiKeys, organizations } from "../db/schema/organizations.ts";
import { isRow } from "../db/tenant.ts";
import type { Bindings, Env } from "../env.ts";
import { unauthorized } from "../errors.ts";
import type { Allowance } from "../limiter/rate-limit.ts";
import { LIMIT } from "../limiter/window.ts";
import { limitOf } from "../quotas/quotas.ts";
import { settingsOf } from "../settings.ts";
import { envOf, FIRST_SHARD, hasShard } from "../shards.ts";
import { admitAddress } from "./address.ts";
import { hashesOf, isWellFormedKey, shardIn } from "./api-key.ts";

export const MEMORY_MS = 60_000;
const MEMORY_SIZE = 10_000;

export interface KnownKey extends Caller {
	/** Where its organization is. */
	readonly shard: number;
	/** Milliseconds since 1970. */
	readonly expiresAt: number | null;
	readonly lastUsedAt: number | null;
	readonly allowance: Allowance;
}

const memory = new Map<string, { readonly known: KnownKey; readonly until: number }>();

/** Keys and sessions that were found to be unknown or to have ended, and until when that is remembered: none comes back. */
const refused = new Map<string, number>();

/** Remembers for a minute that a key, or a session by its id, is good for nothing. */
export function rememberRefused(holder: string, now: number): void {
	if (refused.size >= MEMORY_SIZE) refused.clear();
	refused.set(holder, now + MEMORY_MS);
}

/** Whether a key or session was found to be good for nothing, less than a minute ago. */
export function isRefused(holder: string, now: number): boolean {
	const until = refused.get(holder);
	return until !== undefined && now < until && until <= now + MEMORY_MS;
}

/**
 * Who the key in a request belongs to. A text that is no key by form or checksum is refused without any I/O; one that we
 * may not have issued is counted against its address before it is looked up.
 * @returns the caller, and whether it was looked up just now (at most once a minute per isolate)
 * @throws AppError 401, the same for a missing, malformed, unknown, expired or revoked key; 429 when too many came from
 *   this address
 */
export async function authenticate(
	bindings: Bindings,
	headers: Headers,
	key: string,
	now: number,
): Promise<{ known: KnownKey; fresh: boolean }> {
	if (!isWellFormedKey(key)) throw unauthorized();
	const remembered = memory.get(key);
	const fresh = !remembered || remembered.until <= now || remembered.until > now + MEMORY_MS;
	const known = fresh ? await recognize(bindings, headers, key, now) : remembered.known;
	if (!known || (known.expiresAt !== null && known.expiresAt <= now)) {
		memory.delete(key);
		rememberRefused(key, now);
		throw unauthorized();
	}
	if (fresh) {
		if (memory.size >= MEMORY_SIZE) memory.clear();
		memory.set(key, { known, until: now + MEMORY_MS });
	}
	return { known, fresh };
}

async function recognize(
	bindings: Bindings,
	headers: Headers,
	key: string,
	now: number,
): Promise<KnownKey | null> {
	const peppers = settingsOf(bindings).KEY_PEPPER;
	const shard = await shardIn(peppers, key);
	if (shard === null) await admitAddress(bindings, headers, "key");
	if (isRefused(key, now)) return null;
	const hashes = JSON.stringify(await hashesOf(peppers, key));
	return readKey(bindings, shard ?? FIRST_SHARD, sql`"hash" IN (SELECT value FROM json_each(${hashes}))`);
}

/** Makes the next request with a key find out anew where its organization is; those of sessions do so each time. */
export function forget(key: string | null): void {
	if (key !== null) memory.delete(key);
}

/** The key that a request presents, of whatever form; null when it presents none. */
export function keyIn(headers: Headers): string | null {
	return headers.get("x-api-key") ?? headers.get("authorization")?.match(/^Bearer +(\S+) *$/i)?.[1] ?? null;
}

/**
 * Reads the row of the key that meets the condition, in a shard or where its organization has moved to from there; null when
 * there is none, or it is revoked, or there is no such shard.
 */
export async function readKey(bindings: Bindings, shard: number, condition: SQL): Promise<KnownKey | null> {
	if (!hasShard(bindings, shard)) return null;
	const [rows] = await batch(envOf(bindings, shard).DB, [
		sql`SELECT "id", "name", "organizationId", "scopes", "envelope", "expiresAt", "lastUsedAt",
				${limitOf(apiKeys.organizationId, "recordBytes")} AS "recordBytes",
				(SELECT "home" FROM ${organizations} WHERE "id" = ${apiKeys.organizationId}) AS "home" FROM ${apiKeys}
			WHERE ${condition} AND "deletedAt" IS NULL`,
	]);
	const row = rows?.[0];
	if (!row) return null;
	const home = Number(row.home ?? shard);
	if (home >= FIRST_SHARD && home !== shard) return readKey(bindings, home, condition);
	const keyId = String(row.id);
	return {
		shard,
		keyId,
		keyName: String(row.name),
		sessionId: null,
		organizationId: String(row.organizationId),
		scopes: apiKeys.scopes.mapFromDriverValue(String(row.scopes)) as string[],
		envelope: row.envelope === 1,
		recordBytes: Number(row.recordBytes),
		expiresAt: row.expiresAt === null ? null : Number(row.expiresAt),
		lastUsedAt: row.lastUsedAt === null ? null : Number(row.lastUsedAt),
		allowance: { holder: "key", limiter: keyId, limit: LIMIT },
	};
}

/** A caller as the events of its writes name it. */
export const actorOf = ({ sessionId, keyId, keyName }: Caller): Actor =>
	sessionId === null
		? { type: "key", id: keyId, name: keyName }
		: { type: "session", id: sessionId, name: keyName };

/** Notes that a key was used, to the minute. */
export function noteUse(env: Env, known: KnownKey, now: number): Promise<unknown> {
	return batch(env.DB, [
		sql`UPDATE ${apiKeys} SET "lastUsedAt" = ${now} WHERE ${isRow(apiKeys, known.organizationId, known.keyId)}
			AND ("lastUsedAt" IS NULL OR "lastUsedAt" <= ${now - MEMORY_MS})`,
	]);
}
