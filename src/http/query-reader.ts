// Reads query strings. Callers repeat a few of them, so what was made of each is remembered, up to a bound.
import { z } from "@hono/zod-openapi";
import { badRequestOf, type FieldError } from "../errors.ts";
import { type Deferred, schemaOf } from "./definition.ts";
import { valuesByName } from "./named-values.ts";
import { check, fieldErrorsOf } from "./validate.ts";

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
		const parsed = frozen(read(schemaOf(schema), valuesByName(new URLSearchParams(search))));
		if (search.length > MAX_REMEMBERED_CHARACTERS) return parsed;
		if (remembered.size >= MAX_REMEMBERED) remembered.clear();
		remembered.set(search, parsed);
		return parsed;
	};
}

/** A text, or a list if the parameter is repeated. */
type Sent = ReadonlyMap<string, string | readonly string[]>;

function read(schema: z.ZodType, sent: Sent): unknown {
	const result = check(schema, Object.fromEntries(sent));
	if (result.success) return result.data;
	throw badRequestOf(errorsOf(fieldErrorsOf(result, schema), schema, sent));
}

/** The errors as the caller wrote the parameters: a value has an index only if its parameter is repeated. */
function errorsOf(errors: readonly FieldError[], schema: z.ZodType, sent: Sent): FieldError[] {
	const schemas = new Map<string, z.ZodType>(
		Object.entries(schema instanceof z.ZodObject ? schema.shape : {}),
	);
	const onlyOnce = [...sent].flatMap(([name, value]) =>
		Array.isArray(value) && schemas.get(name)?.safeParse([]).success === false ? [name] : [],
	);
	return [
		...onlyOnce.map((path) => ({ path, message: "Send it only once." })),
		...errors
			.filter(({ path }) => !onlyOnce.includes(path))
			.map(({ path, message }) => {
				const name = path.replace(/\.0$/, "");
				return { path: typeof sent.get(name) === "string" ? name : path, message };
			}),
	];
}

/** The same value, which nothing can be changed of any more. */
function frozen<T>(value: T): T {
	if (typeof value === "object" && value !== null) for (const part of Object.values(value)) frozen(part);
	return Object.freeze(value);
}
