// The limiter's answer for one request, with the values of the RateLimit headers.

/** How new the newest state of a database is that a key has seen: D1's bookmark, which sorts as text. */
export interface Seen {
	/** The shard that it was seen in; bookmarks of different databases can't be compared. */
	readonly shard: number;
	readonly bookmark: string;
}

export interface Verdict {
	/**
	 * `ended`: the key was revoked or has expired. `moving`: nothing is decided or counted, because the organization may have
	 * moved to another database.
	 */
	readonly outcome: "admitted" | "limited" | "ended" | "moving";
	readonly remaining: number;
	/** Milliseconds until the oldest admitted request leaves the window and one more is allowed. */
	readonly resetMs: number;
	/** What the limiter knows that the key has seen; null when it knows nothing, missing when it could not be asked. */
	readonly seen?: Seen | null;
}
