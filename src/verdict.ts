// What the limiter says of one request, with what the RateLimit headers need.

export interface Verdict {
	/** `ended`: the key was revoked or has run out. */
	readonly outcome: "admitted" | "limited" | "ended";
	readonly remaining: number;
	/** Milliseconds until the oldest admitted request leaves the window and its slot comes back. */
	readonly resetMs: number;
}
