// Counts bytes without a write for each row: of small amounts only a sample is counted.

/**
 * The bytes that an amount is counted with: itself if it is at least `unit`; else `unit`, with a probability that makes the
 * expected sum right, or 0. So on average a counter is written at most once per `unit` bytes.
 */
export function sampleBytes(bytes: number, unit: number): number {
	if (bytes >= unit) return bytes;
	return Math.random() * unit < bytes ? unit : 0;
}
