// Validation: turns zod's issues into a 400 that names every invalid field.
import { z } from "@hono/zod-openapi";
import { badRequestOf, type FieldError } from "../errors.ts";
import { gatherCustomFields } from "./gather.ts";
import { plainErrorMap } from "./plain-words.ts";
import { schemaOfPresent } from "./present-fields.ts";
import { partAt } from "./schema-parts.ts";
import { serverSetMessage } from "./server-set-fields.ts";

/**
 * Parses a value.
 * @throws AppError 400 that names every invalid field
 */
export function parse<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
	const result = check(schema, value);
	if (result.success) return result.data;
	throw badRequestOf(fieldErrorsOf(result, schema));
}

/** Parses a value without throwing. Issues have their input, which distinguishes a missing value from a wrong one. */
export function check<T extends z.ZodType>(schema: T, value: unknown): z.ZodSafeParseResult<z.output<T>> {
	const attempt = (part: unknown) => {
		const gathered = gatherCustomFields(schema, part);
		const accepted = schemaOfPresent(schema, gathered)?.safeParse(gathered);
		return accepted?.success
			? accepted
			: schema.safeParse(gathered, { reportInput: true, error: plainErrorMap });
	};
	try {
		return attempt(value);
	} catch {
		const error = unreadable((part) => attempt(part).error, value);
		return { success: false, error: error as z.ZodError<z.output<T>> };
	}
}

/**
 * The error for a value for which zod throws. zod compares the `length` of values of the wrong type too, and an object's own
 * `length` may not be comparable. Without such properties the schema reports what it expected.
 */
function unreadable(errorOf: (value: unknown) => z.ZodError | undefined, value: unknown): z.ZodError {
	const unknownError = () =>
		new z.ZodError([{ code: "custom", path: [], message: "This can't be read.", input: value }]);
	const measurable = JSON.parse(JSON.stringify(value), (key, part) =>
		key === "length" && typeof part === "object" && part !== null ? undefined : part,
	);
	try {
		return errorOf(measurable) ?? unknownError();
	} catch {
		return unknownError();
	}
}

/** Every invalid field of a value that was checked with this schema. */
export function fieldErrorsOf({ error }: z.ZodSafeParseResult<unknown>, schema: z.ZodType): FieldError[] {
	if (!error) return [];
	const wrongTypes = new Set(
		error.issues.filter(({ code }) => code === "invalid_type").map(({ path }) => path.join(".")),
	);
	return (
		error.issues
			// zod also reports sizes of values of the wrong type.
			.filter(({ code, path }) => code === "invalid_type" || !wrongTypes.has(path.join(".")))
			.flatMap((issue) => describe(issue, schema))
	);
}

function describe(issue: z.core.$ZodIssue, schema: z.ZodType): FieldError[] {
	const at = (...more: PropertyKey[]) => [...issue.path, ...more].map(String).join(".");
	if (issue.input === undefined && (issue.code === "invalid_type" || issue.code === "invalid_value"))
		return [{ path: at(), message: "Required." }];
	if (issue.code === "unrecognized_keys") {
		const part = partAt(schema, issue.path);
		return issue.keys.map((key) => ({
			path: at(key),
			message: (part && serverSetMessage(part, key)) ?? "Unknown field.",
		}));
	}
	return [{ path: at(), message: issue.message }];
}
