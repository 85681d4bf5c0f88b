// How values that deleted rows store are compared with those that a list is filtered by.
import type { StoredComparison } from "../db/list-query.ts";
import { sql } from "../db/sql.ts";
import { fieldType } from "./types.ts";
import { linkValue } from "./values.ts";

/** How many of the last digits of an international number are looked for. */
const COMPARED_DIGITS = 6;

/**
 * The comparison of stored values of a type with those of a filter. SQL can't fold text: it only leaves out what is certainly
 * another value, which is another ASCII text, unless it has the digits of an international number.
 */
export function storedComparison(type: string, values: readonly unknown[]): StoredComparison {
	if (!fieldType(type).key)
		return { mayBeAsked: (stored) => sql`${stored} IN (SELECT value FROM ${sql.each(values)})` };
	const keys = new Set(values.map((value) => linkValue(type, value)));
	const asked = sql.each([...keys].map((key) => [key, digitsPattern(key)]));
	return {
		mayBeAsked: (stored) => sql`(${stored} GLOB '*[^ -~]*'
			OR EXISTS (SELECT 1 FROM ${asked} AS asked WHERE lower(${stored}) = asked.value->>0 OR ${stored} LIKE asked.value->>1))`,
		isAsked: (stored) => keys.has(linkValue(type, stored)),
	};
}

/** What the spellings of an international number are like, from its key; null for other keys. */
function digitsPattern(key: string): string | null {
	const [number] = key.match(/^\+\d+/) ?? [];
	return number ? `%${[...number.slice(1)].slice(-COMPARED_DIGITS).join("%")}%` : null;
}
