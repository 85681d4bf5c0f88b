// Reads query strings. Callers repeat a few of them, so what was made of each is remembered, up to a bound.
import type { z } from "@hono/zod-openapi";
import { type Deferred, schemaOf } from "./definition.ts";
import { valuesByName } from "./named-values.ts";
import { parse } from "./validate.ts";

const MAX_REMEMBERED = 50;
/** Longer ones have a cursor or many values, and are seldom sent again. */
const MAX_REMEMBERED_CHARACTERS = 100;

/**
 * A function that parses the query string of a URL, into values that nobody may change.
 * @throws AppError 400 that names every invalid parameter
 */
export function queryReader(schema: Deferred<z.ZodType>): (url: string) => unknown {
	const remembered = new Map<string, unknown>();
	return (url) => {
		const start = url.indexOf("?");
		const search = start < 0 ? "" : url.slice(start);
		const known = remembered.get(search);
		if (known !== undefined) return known;
		const parsed = frozen(parse(schemaOf(schema), parametersOf(search)));
		if (search.length > MAX_REMEMBERED_CHARACTERS) return parsed;
		if (remembered.size >= MAX_REMEMBERED) remembered.clear();
		remembered.set(search, parsed);
		return parsed;
	};
}

/** Query parameters by name: a text, or a list if the parameter is repeated. */
const parametersOf = (search: string): object =>
	Object.fromEntries(valuesByName(new URLSearchParams(search)));

/** The same value, which nothing can be changed of any more. */
function frozen<T>(value: T): T {
	if (typeof value === "object" && value !== null) for (const part of Object.values(value)) frozen(part);
	return Object.freeze(value);
}
