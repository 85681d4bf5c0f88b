// What a limiter knows in memory, and what of it is stored. Storing each admitted request would cost a row for each; in a
// burst, requests to come are stored in advance, so that most of them are admitted from memory.

import type { Verdict } from "../verdict.ts";
import { decide } from "./window.ts";

/** A pause that ends a burst (ms). Until it is over the object stays in memory and is billed for it: 0.5 s as 0.8 rows. */
export const PAUSE_MS = 500;

/** Requests that are stored at once. When an object crashes in a burst, up to one less are lost, until they leave the window. */
export const MAX_RESERVED = 8;

/**
 * The requests to reserve besides one that is admitted now: with it as many as the burst has had, so 1, 2, 4, 8, 8 …
 * @param log instants of admitted requests, oldest first; the last is now
 * @param limit requests per window
 * @returns the latest instant at which each can be admitted: without a pause each is within `PAUSE_MS` of the one before
 */
function reservation(log: readonly number[], limit: number): number[] {
	const now = log.at(-1) ?? 0;
	let burst = 1;
	while (burst < MAX_RESERVED && (log.at(-burst) ?? now) - (log.at(-burst - 1) ?? -Infinity) <= PAUSE_MS)
		burst += 1;
	const length = Math.min(burst - 1, limit - log.length);
	return Array.from({ length }, (_, index) => now + (index + 1) * PAUSE_MS);
}

/**
 * The log of a limiter. What is stored has, for each admitted request, an instant of its own that is not earlier: so after a
 * crash the reserved requests count as admitted, and as late as they could have been. No request was admitted later than the
 * crash, so instants later than the clock then count as now, as after the clock was set back (`decide`).
 */
export class AdmissionLog {
	#log: readonly number[];
	/** What is stored beyond the log. Each admits one request until then without another write. */
	#reserved: number[] = [];
	#settled = true;
	readonly #store: (instants: readonly number[]) => void;

	/**
	 * @param stored what `store` was last called with
	 * @param store keeps instants, synchronously; no answer may leave before they are durable
	 */
	constructor(stored: readonly number[], store: (instants: readonly number[]) => void) {
		this.#log = stored;
		this.#store = store;
	}

	/** Whether what is stored is exactly the log. */
	get settled(): boolean {
		return this.#settled;
	}

	/** Decides on one request, and stores what must be known of it later. */
	admit(now: number, limit: number): Verdict {
		const { verdict, log } = decide(this.#log, now, limit);
		const wasSetBack = (this.#log.at(-1) ?? now) > now;
		if (verdict.outcome === "limited") {
			// Otherwise the key would be locked until the clock catches up.
			if (wasSetBack) this.#write(log, []);
		} else if (wasSetBack || now > (this.#reserved[0] ?? -Infinity)) {
			this.#write(log, reservation(log, limit));
		} else {
			this.#reserved.shift();
		}
		this.#log = log;
		return verdict;
	}

	/** Stores the log as it is, without reserved requests: what remains of a burst that has paused. */
	settle(): void {
		if (!this.#settled) this.#write(this.#log, []);
	}

	#write(log: readonly number[], reserved: number[]): void {
		this.#store([...log, ...reserved]);
		this.#reserved = reserved;
		this.#settled = reserved.length === 0;
	}
}
