// Query strings and browsers' forms: pairs of which several may have the same name.

/** The values by name, in the order of the pairs: a text, or a list if there are several of a name. */
export const valuesByName = (
	pairs: Iterable<readonly [name: string, value: string]>,
): Map<string, string | string[]> =>
	new Map(
		[...Map.groupBy(pairs, ([name]) => name)].map(([name, all]) => {
			const values = all.map(([, value]) => value);
			const [only = ""] = values;
			return [name, values.length === 1 ? only : values];
		}),
	);
