// What a form has changed of what was read.
import { useState } from "preact/hooks";
import { isEqual, merge } from "./merging.ts";

interface State<T> {
	/** What was read before the first change: the version that is saved is this one's, so what others change meanwhile isn't replaced. */
	readonly base: T;
	readonly changed: Partial<T>;
	/** The names of what somebody else has changed, too, and that can't be put together. */
	readonly clashes: readonly string[];
}

/**
 * The changes of a form.
 * @param read what was read last; the form shows it until something is changed
 */
export function useChanges<T extends object>(read: T) {
	const none: State<T> = { base: read, changed: {}, clashes: [] };
	const [state, setState] = useState(none);
	const isChanged = Object.keys(state.changed).length > 0;
	const { base, changed, clashes } = isChanged ? state : none;
	return {
		base,
		changed,
		clashes,
		isChanged,
		values: { ...base, ...changed } as T,
		set: (change: (values: T) => Partial<T>) =>
			setState((before) => {
				const from = Object.keys(before.changed).length > 0 ? before : none;
				const values = { ...from.base, ...from.changed };
				return { ...from, changed: different({ ...from.changed, ...change(values) }, from.base) };
			}),
		/** After `sent` was saved: what was changed since then stays. `stored` has what was saved. */
		saved: (sent: Partial<T>, stored: T) =>
			setState(({ changed }) => ({
				base: stored,
				changed: different(different(changed, { ...stored, ...sent }), stored),
				clashes: [],
			})),
		/** Puts the changes together with what somebody else has saved meanwhile. */
		load: (latest: T) => setState((before) => loaded(before, latest)),
	};
}

function loaded<T extends object>({ base, changed }: State<T>, latest: T): State<T> {
	const clashes = new Set<string>();
	const merged = (Object.keys(changed) as (keyof T & string)[]).map(
		(name) => [name, merge(base[name], changed[name], latest[name], () => clashes.add(name))] as const,
	);
	return {
		base: latest,
		changed: different(Object.fromEntries(merged) as Partial<T>, latest),
		clashes: [...clashes],
	};
}

/** What differs from what was read; what was changed back doesn't. */
function different<T extends object>(changed: Partial<T>, base: T): Partial<T> {
	const left = Object.entries(changed).filter(([name, value]) => !isEqual(value, base[name as keyof T]));
	return Object.fromEntries(left) as Partial<T>;
}
