// Values of JSON.

/** The members of an object, by name. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a value is an object of JSON, and no list. */
export const isJsonObject = (value: unknown): value is JsonObject =>
	typeof value === "object" && value !== null && !Array.isArray(value);

/** Whether two values are the same in JSON: the order of an object's members means nothing, and unset ones are none. */
export function isSameJson(one: unknown, other: unknown): boolean {
	if (one === other) return true;
	if (Array.isArray(one) && Array.isArray(other))
		return one.length === other.length && one.every((item, index) => isSameJson(item, other[index]));
	if (!isJsonObject(one) || !isJsonObject(other)) return false;
	const names = new Set([...Object.keys(one), ...Object.keys(other)]);
	return [...names].every((name) => isSameJson(one[name], other[name]));
}

/** Some members of an object. */
export function pick(object: object, names: readonly string[]): JsonObject {
	return Object.fromEntries(Object.entries(object).filter(([name]) => names.includes(name)));
}
