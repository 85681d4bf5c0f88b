// The limiter's answer for one request, with the values of the RateLimit headers.

export interface Verdict {
	/**
	 * `ended`: the key was revoked or has expired. `moving`: nothing is decided or counted, because the organization may have
	 * moved to another database.
	 */
	readonly outcome: "admitted" | "limited" | "ended" | "moving";
	readonly remaining: number;
	/** Milliseconds until the oldest admitted request leaves the window and one more is allowed. */
	readonly resetMs: number;
}
