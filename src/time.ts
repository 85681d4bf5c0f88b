// Time in milliseconds, the unit of all instants and durations without another one in their names.

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** Resolves after so many milliseconds. */
export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Waits for work that can't be ended from outside, but no longer than `ms`; it goes on.
 * @throws Error with `message` when the time is over, and what the work throws before
 */
export async function inTime<T>(ms: number, work: Promise<T>, message: string): Promise<T> {
	const end = Promise.withResolvers<never>();
	const timer = setTimeout(() => end.reject(new Error(message)), ms);
	try {
		return await Promise.race([work, end.promise]);
	} finally {
		clearTimeout(timer);
	}
}
