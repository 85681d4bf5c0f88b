// Random numbers from a seed, so that every demo organization is the same.

export interface RandomSource {
	/** A random whole number, both ends included. */
	integer(least: number, most: number): number;
	pick<T>(list: readonly T[]): T;
	/** `count` different items, in the list's order. */
	pickSome<T>(list: readonly T[], count: number): T[];
	/** True with the given probability (percent). */
	isTrue(percent: number): boolean;
}

/** A random sequence for each seed (mulberry32). */
export function randomSource(seed: number): RandomSource {
	// Otherwise consecutive seeds would begin with similar numbers.
	let state = Math.imul(seed, 0x9e3779b1);
	const next = (): number => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
	const between = (least: number, most: number) => least + Math.floor(next() * (most - least + 1));
	return {
		integer: between,
		pick: (list) => itemAt(list, between(0, list.length - 1)),
		pickSome(list, count) {
			const left = list.map((item, index) => ({ item, index, order: next() }));
			const taken = left.toSorted((one, other) => one.order - other.order).slice(0, count);
			return taken.toSorted((one, other) => one.index - other.index).map(({ item }) => item);
		},
		isTrue: (percent) => next() * 100 < percent,
	};
}

/** The item at an index, counted on from the list's beginning after its end. */
export function itemAt<T>(list: readonly T[], index: number): T {
	const item = list[index % list.length];
	if (item === undefined) throw new Error("There is nothing to choose from.");
	return item;
}
