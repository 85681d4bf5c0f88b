// What an isolate remembers for a time, so that it need not be asked for again. When there is too much, all of it is forgotten.

const MAX_ENTRIES = 10_000;

/** Values by key, each from an instant until another (ms). An instant before it was stored means that the clock was set back. */
export class Memory<T> {
	readonly #entries = new Map<string, { readonly value: T; readonly from: number; readonly until: number }>();

	/** The value of a key; undefined if there is none, or not at this instant. */
	get(key: string, now: number): T | undefined {
		const entry = this.#entries.get(key);
		return entry && entry.from <= now && now < entry.until ? entry.value : undefined;
	}

	/** Remembers a value for so many milliseconds. */
	set(key: string, value: T, now: number, ms: number): void {
		if (this.#entries.size >= MAX_ENTRIES) this.#entries.clear();
		this.#entries.set(key, { value, from: now, until: now + ms });
	}

	delete(key: string): void {
		this.#entries.delete(key);
	}
}
