// Chance that always falls the same way, so that every demo organization holds the same.

export interface Chance {
	/** A whole number, both ends included. */
	between(least: number, most: number): number;
	pick<T>(list: readonly T[]): T;
	/** So many different ones, in the list's order. */
	some<T>(list: readonly T[], count: number): T[];
	/** Whether something happens that happens in so many of a hundred cases. */
	happens(percent: number): boolean;
}

/** A sequence of its own for each seed (mulberry32). */
export function chance(seed: number): Chance {
	// Seeds that follow one another would begin alike.
	let state = Math.imul(seed, 0x9e3779b1);
	const next = (): number => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
	const between = (least: number, most: number) => least + Math.floor(next() * (most - least + 1));
	return {
		between,
		pick: (list) => at(list, between(0, list.length - 1)),
		some(list, count) {
			const left = list.map((item, index) => ({ item, index, order: next() }));
			const taken = left.toSorted((one, other) => one.order - other.order).slice(0, count);
			return taken.toSorted((one, other) => one.index - other.index).map(({ item }) => item);
		},
		happens: (percent) => next() * 100 < percent,
	};
}

/** An item of a list, which is gone through again where it ends. */
export function at<T>(list: readonly T[], index: number): T {
	const item = list[index % list.length];
	if (item === undefined) throw new Error("There is nothing to choose from.");
	return item;
}
