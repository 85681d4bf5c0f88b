// What operations use of the platform. Rows, messages and calls are counted by test/contract/costs.test.ts, which fails when they
// change; processor times and bytes are measured by other commands, which depend on the machine.

/** Rows that D1 says an operation reads and writes, and messages that it sends to the queues. */
export interface Counts {
	readonly read: number;
	readonly written: number;
	readonly messages: number;
}

/**
 * Of leads with a name, an e-mail address and a company, by a key that the isolate remembers. A batch has a hundred; an attempt is
 * one of ten in a batch of the queue, unless it is alone. Removing is what a purge writes when their time is over.
 */
export const COUNTS = {
	get: { read: 1, written: 0, messages: 0 },
	list: { read: 129, written: 0, messages: 0 },
	/** The counter of leads is written by one create of 21. */
	create: { read: 1_290 / 21, written: 211 / 21, messages: 0 },
	update: { read: 34, written: 5, messages: 0 },
	delete: { read: 22, written: 7, messages: 0 },
	batchItem: { read: 16.6, written: 10.01, messages: 0 },
	/** A create's deliveries of its event to one webhook, as far as they are not sent. */
	fanOut: { read: 12.6, written: 2, messages: 1 },
	attempt: { read: 23.8, written: 3.2, messages: 0 },
	/** One more row in each minute, of its webhook. */
	attemptAlone: { read: 33, written: 4, messages: 0 },
	/** One that fails, of five in a batch (the tenth failure would open the breaker), and its delayed wake-up. */
	failedAttempt: { read: 33.6, written: 4.4, messages: 1 },
	/** What a request takes besides when its key was not used for a minute. */
	forgottenKey: { read: 6, written: 1, messages: 0 },
	/** One sweep of a database in which nothing is due. */
	sweep: { read: 417, written: 0, messages: 0 },
	/** What each organization adds to it, if nothing of it is due. */
	idleOrganization: { read: 5, written: 0, messages: 0 },
} as const satisfies Record<string, Counts>;

/** Rows that are written to remove what an operation has left, when the time that it is kept is over. */
export const REMOVED = { create: 2, update: 2, delete: 3.1, delivery: 2.1 } as const;
/** The same for each attempt of a delivery besides its first. */
export const REMOVED_ATTEMPT = 1;

/** Rows of a limiter's object, for one request, if the object was idle before: what it knew in memory is then read again. */
export const LIMITER_COUNTS = {
	alone: { read: 4, written: 1 },
	burst: { read: 0.2, written: 0.3 },
} as const;

/** The requests of a burst, and how long it lasts until its pause is noticed (ms): ten a second, and `PAUSE_MS`. */
export const BURST = { requests: 20, ms: 2_500 } as const;
/** How long a call of a limiter takes (ms). */
export const LIMITER_CALL_MS = 5;

/**
 * Milliseconds of processor time of our isolate: upper bounds of what `npm run bench:profile` has shown on two busy virtual cores
 * (2026-11-28); of a sweep an estimate.
 */
export const CPU_MS = { read: 0.5, write: 1.5, batchItem: 0.2, delivery: 2, sweep: 20 } as const;

/** Bytes of the database, by `npm run bench:space`. */
export const BYTES = { lead: 3_540, change: 2_200, delivery: 910 } as const;

/** Rows of the request log for each request: one in fifty of those that succeed is logged, and removed later. */
export const LOGGED_ROWS = 2 / 50;
