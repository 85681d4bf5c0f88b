// An API key as its row says it, whether it was sent itself or a session stands for it.

import type { Actor, Caller } from "../context.ts";
import { batch } from "../db/client.ts";
import { write } from "../db/commit.ts";
import { apiKeys } from "../db/schema/api-keys.ts";
import { IMPORTING, REMOVING } from "../db/schema/organizations.ts";
import { type SQL, sql } from "../db/sql.ts";
import { isRow, notDeleted, organizationRow } from "../db/tenant.ts";
import type { Bindings, Env } from "../env.ts";
import { unavailable } from "../errors.ts";
import type { Allowance } from "../limiter/rate-limit.ts";
import { KEY_LIMIT } from "../limiter/window.ts";
import { Memory } from "../memory.ts";
import { limitOf } from "../quotas/quotas.ts";
import { envOf, FIRST_SHARD, hasShard } from "../shards.ts";

/** How long an isolate remembers the caller of a key, or that a key is refused. */
export const MEMORY_MS = 60_000;

export interface KnownKey extends Caller {
	/** The shard of its organization. */
	readonly shard: number;
	/** Milliseconds since 1970; null when it was never used. */
	readonly lastUsedAt: number | null;
	readonly allowance: Allowance;
	/** Where its reads go. */
	readonly reads: "primary" | "nearest";
}

/** Keys and sessions that are unknown or have ended. None becomes valid again. */
const refusedHolders = new Memory<true>();

/** Remembers for a minute that a key is invalid, or that a session is; `holder` is the key itself, or the session's id. */
export const rememberRefused = (holder: string, now: number): void =>
	refusedHolders.set(holder, true, now, MEMORY_MS);

/** Whether a key or session was found to be invalid less than a minute ago. */
export const isRefused = (holder: string, now: number): boolean => refusedHolders.get(holder, now) ?? false;

/**
 * Reads the key that meets the condition, in this shard or in the one that its organization has moved to. Null when there is no
 * such key or shard, when the key is revoked, and when the organization is being removed.
 * @param left the shards that the organization has left, on the way here
 * @throws AppError 503 while it is being imported
 * @throws Error when the shard that it has moved to does not exist
 */
export async function readKey(
	bindings: Bindings,
	shard: number,
	condition: SQL,
	left: readonly number[] = [],
): Promise<KnownKey | null> {
	if (left.length === 0 && !hasShard(bindings, shard)) return null;
	const [rows] = await batch(envOf(bindings, shard).DB, [
		sql`SELECT "id", "name", "organizationId", "scopes", "envelope", "reads", "expiresAt", "lastUsedAt",
				${limitOf(apiKeys.organizationId, "recordBytes")} AS "recordBytes",
				(SELECT "home" FROM ${organizationRow(apiKeys.organizationId)}) AS "home" FROM ${apiKeys}
			WHERE ${condition} AND ${notDeleted(apiKeys)}`,
	]);
	const row = rows?.[0];
	if (!row) return null;
	const home = Number(row.home ?? shard);
	if (home === IMPORTING) throw unavailable();
	if (home === REMOVING) return null;
	// While the organization switches, for a moment, both shards have it and name each other: it can be read in either.
	if (home >= FIRST_SHARD && home !== shard && !left.includes(home))
		return readKey(bindings, home, condition, [...left, shard]);
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
		allowance: { holder: "key", limiter: keyId, limit: KEY_LIMIT },
		reads: row.reads === "nearest" ? "nearest" : "primary",
	};
}

/** The actor of the events that a caller's writes cause. */
export const actorOf = ({ sessionId, keyId, keyName }: Caller): Actor =>
	sessionId === null
		? { type: "key", id: keyId, name: keyName }
		: { type: "session", id: sessionId, name: keyName };

/** Stores when a key was last used, to the minute. */
export function recordUse(env: Env, known: KnownKey, now: number): Promise<unknown> {
	return write(env.DB, [
		sql`UPDATE ${apiKeys} SET "lastUsedAt" = ${now} WHERE ${isRow(apiKeys, known.organizationId, known.keyId)}
			AND ("lastUsedAt" IS NULL OR "lastUsedAt" <= ${now - MEMORY_MS})`,
	]);
}
