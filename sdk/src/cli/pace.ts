// How often a command that follows something may ask: it shares its key with others, and leaves most of it to them.

/** At most kept for a burst. With one more each `EVERY_MS`, no minute has more than 20: a third of a key's 60. */
const SAVED = 5;
const EVERY_MS = 4_000;

/** Requests that may be made now, refilled by time. All times are of the clock that is given, in milliseconds. */
export class Pace {
	#saved = SAVED;
	#since: number;
	readonly #now: () => number;

	constructor(now: () => number = () => performance.now()) {
		this.#now = now;
		this.#since = now();
	}

	/** Takes one request, and tells how long to wait before it is made. */
	take(): number {
		const now = this.#now();
		this.#saved = Math.min(SAVED, this.#saved + (now - this.#since) / EVERY_MS) - 1;
		this.#since = now;
		return this.#saved >= 0 ? 0 : -this.#saved * EVERY_MS;
	}
}
