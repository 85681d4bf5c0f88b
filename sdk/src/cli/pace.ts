// How often a following command may send requests. It shares its key's limit with other callers and leaves most of it to them.

/** Size of a burst. With one more request each `REFILL_MS`, no minute has more than 20: a third of a key's 60. */
const BURST = 5;
const REFILL_MS = 4_000;

/** A token bucket of requests, refilled over time. All times are in ms of the clock that is passed in. */
export class RequestPace {
	#available = BURST;
	#since: number;
	readonly #now: () => number;

	constructor(now: () => number = () => performance.now()) {
		this.#now = now;
		this.#since = now();
	}

	/** Takes one request; returns how long to wait before sending it (ms). */
	take(): number {
		const now = this.#now();
		this.#available = Math.min(BURST, this.#available + (now - this.#since) / REFILL_MS) - 1;
		this.#since = now;
		return this.#available >= 0 ? 0 : -this.#available * REFILL_MS;
	}
}
