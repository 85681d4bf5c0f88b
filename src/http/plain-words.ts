// What a schema finds wrong, said in plain words wherever it has none of its own: zod's own speak of its insides.
import type { z } from "@hono/zod-openapi";

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

/** Characters of the values that a message lists; an organization's own options can be thousands. */
const MOST_LISTED = 200;

/** Values by name, the first of them where they are many. */
function listed(values: readonly unknown[]): string {
	const text = values.map(String).join(", ");
	if (text.length <= MOST_LISTED) return text;
	return `${text.slice(0, MOST_LISTED).toWellFormed()} … (${values.length} in all)`;
}

const counted = (count: number | bigint, one: string) => `${count} ${one}${Number(count) === 1 ? "" : "s"}`;

/** A bound in words: of a text its characters, of a list its items, of a number the number itself. */
function bound(origin: string, limit: number | bigint, most: boolean, inclusive: boolean): string {
	const which = most ? "at most" : "at least";
	if (origin === "string") return `Expected ${which} ${counted(limit, "character")}.`;
	if (origin === "array" || origin === "set") return `Expected ${which} ${counted(limit, "item")}.`;
	if (inclusive) return `Must be ${which} ${limit}.`;
	return `Must be ${most ? "less" : "more"} than ${limit}.`;
}

/** The words of an issue whose schema brings none. */
export const plainWords: z.core.$ZodErrorMap = (issue) => {
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
