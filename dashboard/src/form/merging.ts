// Puts together what was changed here and what somebody else has changed meanwhile.

type Group = Readonly<Record<string, unknown>>;

const isGroup = (value: unknown): value is Group =>
	typeof value === "object" && value !== null && !Array.isArray(value);

/** Nothing is the same as null; a number that can't be read is not. */
const written = (value: unknown) =>
	JSON.stringify(value ?? null, (_, part) => (Number.isNaN(part) ? "?" : part));

export const isEqual = (one: unknown, other: unknown) => written(one) === written(other);

/** What an entry of a list is known by: its id or, of a text, itself. A new one has no id yet. */
const keyOf = (item: unknown) => (isGroup(item) && typeof item.id === "string" ? item.id : item);

const isKeyed = (list: unknown): list is readonly unknown[] =>
	Array.isArray(list) && list.every((item) => typeof keyOf(item) === "string");

/**
 * Puts two changes of a value together: groups member by member, lists of texts or of entries with ids entry by entry.
 * @param clash called when both have changed what can't be put together; the result has mine
 */
export function merge(before: unknown, mine: unknown, latest: unknown, clash: () => void): unknown {
	if (isEqual(mine, before)) return latest;
	if (isEqual(latest, before) || isEqual(latest, mine)) return mine;
	if (isGroup(mine) && isGroup(latest)) {
		const was = isGroup(before) ? before : {};
		const names = Object.keys({ ...latest, ...mine });
		return Object.fromEntries(names.map((name) => [name, merge(was[name], mine[name], latest[name], clash)]));
	}
	const list = before ?? [];
	if (isKeyed(list) && isKeyed(latest) && Array.isArray(mine)) return mergeLists(list, mine, latest, clash);
	clash();
	return mine;
}

const byKey = (list: readonly unknown[]) => new Map(list.map((item) => [keyOf(item), item]));

function mergeLists(
	before: readonly unknown[],
	mine: readonly unknown[],
	latest: readonly unknown[],
	clash: () => void,
): unknown[] {
	const [was, own, now] = [byKey(before), byKey(mine), byKey(latest)];
	/** Added by one of us, or removed by none. */
	const isKept = (key: unknown) => !was.has(key) || (own.has(key) && now.has(key));
	for (const [key, item] of was)
		if (own.has(key) !== now.has(key) && !isEqual(item, own.get(key) ?? now.get(key))) clash();
	const order = (list: ReadonlyMap<unknown, unknown>) =>
		[...list.keys()].filter((key) => was.has(key) && isKept(key));
	// Whoever has moved entries says in which order they are; the other's new ones follow those that they were put after.
	const [first, second] = isEqual(order(own), order(was)) ? [now, own] : [own, now];
	const keys = [...first.keys()].filter(isKept);
	let place = 0;
	for (const key of second.keys()) {
		if (!isKept(key)) continue;
		if (!first.has(key)) keys.splice(place, 0, key);
		place = keys.indexOf(key) + 1;
	}
	return keys.map((key) =>
		own.has(key) && now.has(key)
			? merge(was.get(key), own.get(key), now.get(key), clash)
			: (own.get(key) ?? now.get(key)),
	);
}
