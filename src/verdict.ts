// The limiter's answer for one request, with the values of the RateLimit headers.

export interface Verdict {
	/** `ended`: the key was revoked or has expired. */
	readonly outcome: "admitted" | "limited" | "ended";
	readonly remaining: number;
	/** Milliseconds until the oldest admitted request leaves the window and one more is allowed. */
	readonly resetMs: number;
}
