// Schemas that are made once. Thousands of fields have a dozen kinds of values, and to make a schema for each was most of what
// an isolate did before its first request. A schema never changes: what is said of one field makes a copy.
import type { z } from "@hono/zod-openapi";

/** A function that makes a value on its first call, and then returns it again. */
export function once<T>(make: () => T): () => T {
	let made: T | undefined;
	return () => {
		made ??= make();
		return made;
	};
}

/** The same for each text. */
export const onceFor = <T>(make: (text: string) => T) => remembering(make, new Map<string, T>());

/** The same for each schema. */
export const onceForSchema = <T>(make: (schema: z.ZodType) => T) =>
	remembering(make, new WeakMap<z.ZodType, T>());

interface Cache<K, T> {
	get(key: K): T | undefined;
	set(key: K, value: T): unknown;
}

function remembering<K, T>(make: (key: K) => T, cache: Cache<K, T>): (key: K) => T {
	return (key) => {
		const known = cache.get(key);
		if (known !== undefined) return known;
		const made = make(key);
		cache.set(key, made);
		return made;
	};
}
