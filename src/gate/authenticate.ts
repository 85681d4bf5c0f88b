// Finds the caller of a request by its key. An isolate remembers the caller for up to a minute; the limiter decides on every
// request whether the key may still be used.
import { sql } from "../db/sql.ts";
import type { Bindings } from "../env.ts";
import { unauthorized } from "../errors.ts";
import { Memory } from "../memory.ts";
import { settingsOf } from "../settings.ts";
import { FIRST_SHARD } from "../shards.ts";
import { admitAddress } from "./address.ts";
import { hashesOf, isWellFormedKey, shardOfKey } from "./api-key.ts";
import { isRefused, type KnownKey, MEMORY_MS, readKey, rememberRefused } from "./known-key.ts";

const knownKeys = new Memory<KnownKey>();

/**
 * Finds the caller by the request's key. A text with the wrong form or checksum is refused without any I/O; a key without our
 * mark is counted against its address before it is looked up.
 * @returns the caller, and whether it was looked up just now (at most once a minute per isolate)
 * @throws AppError 401, the same for a missing, malformed, unknown, expired or revoked key; 429 after too many from this
 *   address
 */
export async function authenticate(bindings: Bindings, headers: Headers, key: string, now: number) {
	const remembered = knownKeys.get(key, now);
	if (!remembered && !isWellFormedKey(key)) throw unauthorized();
	const known = remembered ?? (await lookUpKey(bindings, headers, key, now));
	if (!known || (known.expiresAt !== null && known.expiresAt <= now)) {
		knownKeys.delete(key);
		rememberRefused(key, now);
		throw unauthorized();
	}
	if (!remembered) knownKeys.set(key, known, now, MEMORY_MS);
	return { known, fresh: !remembered };
}

async function lookUpKey(bindings: Bindings, headers: Headers, key: string, now: number) {
	const peppers = settingsOf(bindings).KEY_PEPPER;
	const shard = await shardOfKey(peppers, key);
	if (shard === null) await admitAddress(bindings, headers, "key");
	if (isRefused(key, now)) return null;
	const hashes = await hashesOf(peppers, key);
	return readKey(bindings, shard ?? FIRST_SHARD, sql`"hash" IN (SELECT value FROM ${sql.each(hashes)})`);
}

/** Makes the next request with a key look up its organization's shard again; requests of sessions always do. */
export function forgetKey(key: string | null): void {
	if (key !== null) knownKeys.delete(key);
}

/** The key in a request's headers, in any form; null without one. */
export function keyFromHeaders(headers: Headers): string | null {
	return headers.get("x-api-key") ?? headers.get("authorization")?.match(/^Bearer +(\S+) *$/i)?.[1] ?? null;
}
