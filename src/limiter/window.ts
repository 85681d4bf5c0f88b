// The arithmetic of "60 in any 60 seconds", exactly: a log of the admitted instants. Counters per window and token
// buckets let up to 120 through around an edge; sixty numbers are cheap enough to be exact.

import type { Verdict } from "../verdict.ts";

/** What a key may ask in any window; its sessions of the dashboard together have more (session.ts). */
export const LIMIT = 60;

/** The name of the limiter that all sessions of a key share; that of the key itself is its id. */
export const sessionsOf = (keyId: string) => `${keyId}/sessions`;

export const WINDOW_MS = 60_000;

/**
 * Decides on one request.
 * @param log instants of admitted requests, oldest first, in milliseconds
 * @param now the limiter's clock; where it was set back, instants ahead of it count as now, so that a jump neither
 *   lets more through nor locks a key out for longer than one window
 * @param limit how many requests a window admits
 * @returns the verdict, and the log to keep
 */
export function decide(
	log: readonly number[],
	now: number,
	limit = LIMIT,
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
