// From zod's findings to ours: every field at fault, in plain words.
import type { z } from "@hono/zod-openapi";
import { AppError, badRequest, type FieldError, MOST_ERRORS, MOST_PATH } from "../errors.ts";
import { gathered } from "./customizable.ts";

/** Characters of the values that a message lists; an organization's own options can be thousands. */
const MOST_LISTED = 200;

/**
 * Parses a value.
 * @throws AppError 400 that names every field at fault
 */
export function parse<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
	const result = check(schema, value);
	if (result.success) return result.data;
	throw invalid(result.error);
}

/** Parses a value without throwing. Issues carry their input, which tells a missing value from a wrong one. */
export function check<T extends z.ZodType>(schema: T, value: unknown): z.ZodSafeParseResult<z.output<T>> {
	return schema.safeParse(gathered(schema, value), { reportInput: true });
}

/** The 400 of a failed parse. */
export function invalid(error: z.ZodError): AppError {
	const [first, ...rest] = error.issues.flatMap(describe).slice(0, MOST_ERRORS);
	return first ? badRequest(first, ...rest) : new AppError("BAD_REQUEST", "The request is not valid.");
}

function describe(issue: z.core.$ZodIssue): FieldError[] {
	const at = (...more: PropertyKey[]) => [...issue.path, ...more].map(String).join(".").slice(0, MOST_PATH);
	if (issue.input === undefined && (issue.code === "invalid_type" || issue.code === "invalid_value"))
		return [{ path: at(), message: "Required." }];
	switch (issue.code) {
		case "unrecognized_keys":
			return issue.keys.map((key) => ({ path: at(key), message: "Unknown field." }));
		case "invalid_type":
			return [{ path: at(), message: `Expected ${issue.expected}.` }];
		case "invalid_value":
			return [{ path: at(), message: `Expected one of ${listed(issue.values)}.` }];
		default:
			return [{ path: at(), message: issue.message.endsWith(".") ? issue.message : `${issue.message}.` }];
	}
}

/** Values by name, the first of them where they are many. */
export function listed(values: readonly unknown[]): string {
	const text = values.map(String).join(", ");
	if (text.length <= MOST_LISTED) return text;
	return `${text.slice(0, MOST_LISTED).toWellFormed()} … (${values.length} in all)`;
}
