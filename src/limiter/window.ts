// The computation of "60 in any 60 seconds", exact by a log of the admitted instants. Counters per window and token buckets
// admit up to 120 around the edge of a window; sixty numbers are little enough to be exact.

import type { Verdict } from "../verdict.ts";

/** Requests of a key in any 60 seconds; its dashboard sessions together have a higher limit (gate/session.ts). */
export const KEY_LIMIT = 60;

/** The name of the limiter that all sessions of a key share; the name of the key's own limiter is its id. */
export const sessionLimiterOf = (keyId: string) => `${keyId}/sessions`;

export const WINDOW_MS = 60_000;

/**
 * Decides on one request.
 * @param log instants of admitted requests, oldest first, in milliseconds
 * @param now the limiter's clock; if it was set back, later instants in the log count as now, so that a jump neither admits
 *   more nor locks a key for longer than one window
 * @param limit requests per window
 * @returns the verdict, and the log to store
 */
export function decide(
	log: readonly number[],
	now: number,
	limit = KEY_LIMIT,
): { verdict: Verdict; log: number[] } {
	const recent = log.map((instant) => Math.min(instant, now)).filter((instant) => instant > now - WINDOW_MS);
	const admitted = recent.length < limit;
	if (admitted) recent.push(now);
	const [oldest = now] = recent;
	return {
		verdict: {
			outcome: admitted ? "admitted" : "limited",
			remaining: limit - recent.length,
			resetMs: oldest + WINDOW_MS - now,
		},
		log: recent,
	};
}
