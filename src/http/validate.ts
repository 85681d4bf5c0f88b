// From zod's findings to ours: every field at fault, in plain words.
import { z } from "@hono/zod-openapi";
import { AppError, badRequest, type FieldError, MOST_PATH } from "../errors.ts";
import { gathered } from "./gather.ts";
import { ownedWords } from "./owned.ts";
import { plainWords } from "./plain-words.ts";

/**
 * Parses a value.
 * @throws AppError 400 that names every field at fault
 */
export function parse<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
	const result = check(schema, value);
	if (result.success) return result.data;
	throw invalid(result.error, schema);
}

/** Parses a value without throwing. Issues carry their input, which tells a missing value from a wrong one. */
export function check<T extends z.ZodType>(schema: T, value: unknown): z.ZodSafeParseResult<z.output<T>> {
	const attempt = (part: unknown) =>
		schema.safeParse(gathered(schema, part), { reportInput: true, error: plainWords });
	try {
		return attempt(value);
	} catch {
		const error = unreadable((part) => attempt(part).error, value);
		return { success: false, error: error as z.ZodError<z.output<T>> };
	}
}

/**
 * What is wrong with a value that a schema throws at. zod asks even what it has found to be no text for its `length`,
 * and an object can have one that can't be compared with anything: without that, the schema says what it expected there.
 */
function unreadable(faultsOf: (value: unknown) => z.ZodError | undefined, value: unknown): z.ZodError {
	const whole = () =>
		new z.ZodError([{ code: "custom", path: [], message: "This can't be read.", input: value }]);
	const measurable = JSON.parse(JSON.stringify(value), (key, part) =>
		key === "length" && typeof part === "object" && part !== null ? undefined : part,
	);
	try {
		return faultsOf(measurable) ?? whole();
	} catch {
		return whole();
	}
}

/** The 400 of a failed parse by this schema. */
export function invalid(error: z.ZodError, schema: z.ZodType): AppError {
	const wrongTypes = new Set(
		error.issues.filter(({ code }) => code === "invalid_type").map(({ path }) => path.join(".")),
	);
	const [first, ...rest] = error.issues
		// zod measures what is of the wrong type all the same.
		.filter(({ code, path }) => code === "invalid_type" || !wrongTypes.has(path.join(".")))
		.flatMap((issue) => describe(issue, schema));
	return first ? badRequest(first, ...rest) : new AppError("BAD_REQUEST", "The request is not valid.");
}

function describe(issue: z.core.$ZodIssue, schema: z.ZodType): FieldError[] {
	const at = (...more: PropertyKey[]) => [...issue.path, ...more].map(String).join(".").slice(0, MOST_PATH);
	if (issue.input === undefined && (issue.code === "invalid_type" || issue.code === "invalid_value"))
		return [{ path: at(), message: "Required." }];
	if (issue.code === "unrecognized_keys")
		return issue.keys.map((key) => ({
			path: at(key),
			message: ownedWords(schema, at(key)) ?? "Unknown field.",
		}));
	return [{ path: at(), message: issue.message }];
}
