// What is made of what comes repeatedly. Making it takes longer than it saves once, so the first time nothing is made.

/** How many keys are remembered; callers send the same few. When there are more, all are forgotten. */
const MAX_REMEMBERED = 50;

/** What is made of each key. */
export class Repeated<T extends object> {
	readonly #made = new Map<string, T | null>();

	/** What is made of a key; null the first time that it is asked for. */
	get(key: string, make: () => T): T | null {
		const known = this.#made.get(key);
		if (known) return known;
		if (this.#made.size >= MAX_REMEMBERED) this.#made.clear();
		const made = known === undefined ? null : make();
		this.#made.set(key, made);
		return made;
	}
}
