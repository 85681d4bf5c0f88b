// Error messages for schemas that have none of their own: those of zod mention its internals.
import type { z } from "@hono/zod-openapi";
import { firstCharacters } from "../characters.ts";

const TYPES: Readonly<Record<string, string>> = {
	string: "a string",
	number: "a number",
	int: "a whole number",
	boolean: "true or false",
	array: "a list",
	object: "an object",
	record: "an object",
	null: "null",
};

/** Bounds the list of allowed values in a message; an organization's options can be thousands. */
const MAX_LISTED_CHARACTERS = 200;

/** A list of values, cut if it is long. */
function listed(values: readonly unknown[]): string {
	const text = values.map(String).join(", ");
	if (text.length <= MAX_LISTED_CHARACTERS) return text;
	return `${firstCharacters(MAX_LISTED_CHARACTERS, text)} … (${values.length} in all)`;
}

const counted = (count: number | bigint, one: string) => `${count} ${one}${Number(count) === 1 ? "" : "s"}`;

/** The message for a bound: of a text's characters, a list's items or a number. */
function bound(origin: string, limit: number | bigint, isMax: boolean, inclusive: boolean): string {
	const which = isMax ? "at most" : "at least";
	if (origin === "string") return `Expected ${which} ${counted(limit, "character")}.`;
	if (origin === "array" || origin === "set") return `Expected ${which} ${counted(limit, "item")}.`;
	if (inclusive) return `Must be ${which} ${limit}.`;
	return `Must be ${isMax ? "less" : "more"} than ${limit}.`;
}

/** The message of an issue whose schema has none. */
export const plainErrorMap: z.core.$ZodErrorMap = (issue) => {
	switch (issue.code) {
		case "invalid_type":
			return `Expected ${TYPES[issue.expected] ?? issue.expected}.`;
		case "invalid_value":
			return `Expected one of ${listed(issue.values)}.`;
		case "too_small":
			return bound(issue.origin, issue.minimum, false, issue.inclusive ?? true);
		case "too_big":
			return bound(issue.origin, issue.maximum, true, issue.inclusive ?? true);
		case "not_multiple_of":
			return `Must be a multiple of ${issue.divisor}.`;
		case "invalid_key":
			return "This name can't be used.";
		default:
			return "This value can't be used here.";
	}
};
