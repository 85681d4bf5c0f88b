// Runs work in parallel, up to a maximum.

/**
 * Runs work for each item, up to `most` at a time; returns the results in the order of the items. After an error no further
 * item is begun, and the error is thrown when the running ones have ended.
 */
export async function atOnce<T, R>(
	most: number,
	items: readonly T[],
	work: (item: T) => Promise<R>,
): Promise<R[]> {
	const results: R[] = [];
	const left = [...items.entries()];
	const faults: unknown[] = [];
	const takeTurns = async () => {
		for (let next = left.shift(); next && faults.length === 0; next = left.shift()) {
			const [index, item] = next;
			try {
				results[index] = await work(item);
			} catch (error) {
				faults.push(error);
			}
		}
	};
	await Promise.all(Array.from({ length: most }, takeTurns));
	if (faults.length > 0) throw faults[0];
	return results;
}
