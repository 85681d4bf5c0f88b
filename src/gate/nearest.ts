// Reads of keys that chose the nearest copy of the database. What such a key has seen is known to its limiter, which is asked
// about every request anyway: the copy answers meanwhile, and is asked in vain only if it is behind. Whatever the answer shows
// is told to the limiter before the answer leaves. So no answer is older than what the key has written or read, or than the
// delivery whose bookmark the request has.
import { nearestDatabase, OLDEST, primaryDatabase } from "../db/seen.ts";
import { BOOKMARK_HEADER, openSeen } from "../db/seen-header.ts";
import type { Env } from "../env.ts";
import { tellSeen } from "../limiter/rate-limit.ts";
import type { Verdict } from "../verdict.ts";
import type { KnownKey } from "./known-key.ts";

/** The database of one request, and what is to be done before its answer leaves. */
export interface FollowedDatabase {
	readonly db: D1Database;
	/**
	 * Tells the limiter what the request has seen, if that is news.
	 * @throws AppError 503 when the limiter can't be reached any more
	 */
	tell(verdict: Verdict, waitUntil: (work: Promise<unknown>) => void): Promise<void>;
}

/**
 * The database as a request of a key sees it; null for requests that nobody needs to follow. The key's sessions read from the
 * primary, and what they have written or read counts for the key.
 */
export function followDatabase(
	env: Env,
	{ reads, sessionId, keyId, organizationId, allowance }: KnownKey,
	request: Request,
	admission: Promise<Verdict>,
): FollowedDatabase | null {
	if (reads === "primary") return null;
	const shard = env.SHARD;
	const sent = request.headers.get(BOOKMARK_HEADER);
	const least = async () => {
		const { outcome, seen } = await admission;
		// Nothing of the answer will be sent.
		if (outcome !== "admitted") return OLDEST;
		const needed = sent === null ? [seen] : [seen, await openSeen(env, organizationId, sent)];
		const bookmarks = needed.flatMap((one) => (one?.shard === shard ? [one.bookmark] : []));
		// What is unknown, or of another database, may be newer than any copy.
		return bookmarks.length < needed.length ? null : (bookmarks.toSorted().at(-1) ?? null);
	};
	const isNearby = request.method === "GET" && sessionId === null;
	const { db, latest } = isNearby ? nearestDatabase(env.DB, least) : primaryDatabase(env.DB);
	return {
		db,
		async tell({ seen }, waitUntil) {
			const bookmark = latest();
			if (!bookmark || (seen?.shard === shard && seen.bookmark === bookmark)) return;
			const limiters = new Set([keyId, allowance.limiter]);
			// Only what was read after the limiter was asked shows that the database is older than it was: others may have read before.
			const told = tellSeen(env, limiters, { shard, bookmark }, isNearby ? (seen ?? null) : null);
			// Without its limiter the request was admitted all the same, and then its answer does not wait for it either.
			if (seen === undefined) waitUntil(told);
			else await told;
		},
	};
}
