// The places of databases, set by the operator: regions or jurisdictions, each with its own queues.

const ENTRY = /^([1-9]\d{0,3})=([a-z]+(?:-[a-z]+)*)$/;

/** The place of each shard that has one. */
export type Places = ReadonlyMap<number, string>;

/** The binding names of a place's queues. */
export const queueBindingsOf = (place: string) => {
	const suffix = place.toUpperCase().replaceAll("-", "_");
	return { first: `DELIVERIES_${suffix}`, slow: `SLOW_DELIVERIES_${suffix}` } as const;
};

/** The binding name of a shard's database. */
export const databaseBindingOf = (shard: number) => (shard === 0 ? "DB" : `DB_${shard}`);

const DATABASE = /^DB(?:_([1-9]\d{0,3}))?$/;

/** The shards whose databases are among bindings of these names. */
export const shardsAmong = (bindings: Iterable<string>): number[] =>
	[...bindings].flatMap((name) => {
		const found = DATABASE.exec(name);
		return found ? [Number(found[1] ?? 0)] : [];
	});

/**
 * Reads entries such as `1=apac, 2=eu`.
 * @param bindings the names of the Worker's bindings; the database of each shard and the queues of each place must be among them
 * @throws Error that names the setting when an entry is malformed, a shard occurs twice or a binding is missing
 */
export function parsePlaces(text: string, name: string, bindings: ReadonlySet<string>): Places {
	const entries = text.split(",").filter((entry) => entry.trim() !== "");
	const places = new Map(
		entries.map((entry) => {
			const [, shard, place] = ENTRY.exec(entry.trim()) ?? [];
			return [Number(shard), place ?? ""] as const;
		}),
	);
	if (places.size < entries.length || places.has(Number.NaN))
		throw new Error(`${name} must list places of shards such as 1=apac, 2=eu, each shard once.`);
	const needed = [...places].flatMap(([shard, place]) => [
		databaseBindingOf(shard),
		...Object.values(queueBindingsOf(place)),
	]);
	const missing = needed.filter((binding) => !bindings.has(binding));
	if (missing.length > 0) throw new Error(`${name} needs bindings that do not exist: ${missing.join(", ")}.`);
	return places;
}
