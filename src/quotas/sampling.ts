// Counting bytes without a write for each row: small amounts are counted now and then, for those that were not.

/**
 * What an amount of bytes is counted with: itself where it is at least `unit`, else `unit` with the probability that makes the
 * sum right, or 0. So a counter is written at most once per `unit` bytes, on average.
 */
export function sampled(bytes: number, unit: number): number {
	if (bytes >= unit) return bytes;
	return Math.random() * unit < bytes ? unit : 0;
}
