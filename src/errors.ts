// Every error a caller can get: one catalogue from code to status, one class, and the errors that several places share.
// The OpenAPI document, responses and tests all use this list, so they agree.

import { firstCharacters } from "./characters.ts";
import { keysOf } from "./keys.ts";

export const errorCatalogue = {
	BAD_REQUEST: { status: 400, title: "The request is not valid; `errors` names each field at fault." },
	UNAUTHORIZED: { status: 401, title: "The API key is missing, malformed, unknown, expired or revoked." },
	FORBIDDEN: { status: 403, title: "The API key lacks the scope, or the request came over plain HTTP." },
	NOT_FOUND: { status: 404, title: "There is no such resource in this organization." },
	METHOD_NOT_ALLOWED: { status: 405, title: "The path exists, but not with this method; see `Allow`." },
	CONFLICT: { status: 409, title: "The request conflicts with what is stored." },
	PRECONDITION_FAILED: { status: 412, title: "`If-Match` names a version that is no longer current." },
	PAYLOAD_TOO_LARGE: {
		status: 413,
		title:
			"The body is larger than this endpoint takes, or a record would be larger than the quota `recordBytes`.",
	},
	UNSUPPORTED_MEDIA_TYPE: { status: 415, title: "The body is not plain `application/json`." },
	UNPROCESSABLE: { status: 422, title: "The Idempotency-Key was used before with another request." },
	TOO_MANY_REQUESTS: {
		status: 429,
		title:
			"The key's 60 requests in 60 seconds are used up, or too many invalid keys were sent from your address; see `Retry-After`.",
	},
	INTERNAL_ERROR: { status: 500, title: "Something failed on our side; `requestId` finds it in our logs." },
	SERVICE_UNAVAILABLE: { status: 503, title: "A part we depend on is overloaded; see `Retry-After`." },
} as const;

export type ErrorCode = keyof typeof errorCatalogue;

export const errorCodes = keysOf(errorCatalogue);

export type ErrorStatus = (typeof errorCatalogue)[ErrorCode]["status"];

/** The maximum length of a path in an error; longer ones, whose names the caller chose, are cut. */
export const MAX_PATH_CHARACTERS = 1_000;

/** The maximum number of fields that one error names. */
export const MAX_ERRORS = 50;

/** The same for an item of a batch, whose answer must be small enough to be stored for an Idempotency-Key. */
export const MAX_ITEM_ERRORS = 10;

/** One invalid field: where it is in the request (`lineItems.0.price`, empty for the whole body) and what is wrong. */
export interface FieldError {
	readonly path: string;
	readonly message: string;
}

/** The only error shown to callers; anything else that is thrown becomes a 500 without details. */
export class AppError extends Error {
	override readonly name = "AppError";
	readonly code: ErrorCode;
	readonly status: ErrorStatus;
	readonly errors: readonly FieldError[] | undefined;
	readonly headers: Readonly<Record<string, string>>;

	constructor(
		code: ErrorCode,
		message: string,
		errors?: readonly FieldError[],
		headers: Readonly<Record<string, string>> = {},
	) {
		super(message);
		this.code = code;
		this.status = errorCatalogue[code].status;
		this.errors = errors?.slice(0, MAX_ERRORS).map((error) => ({ ...error, path: shownPath(error.path) }));
		this.headers = headers;
	}
}

const shownPath = (path: string) => firstCharacters(MAX_PATH_CHARACTERS, path).toWellFormed();

const atPath = (path: string, message: string) => (path ? `${path}: ${message}` : message);

/** A 400 that names the first invalid fields. Its message is that of the first one; if they are many, it also says how many. */
export function badRequestOf(errors: readonly FieldError[]): AppError {
	const [{ path, message } = { path: "", message: "The request is not valid." }] = errors;
	const count = errors.length > MAX_ITEM_ERRORS ? ` In all ${errors.length} fields are not valid.` : "";
	return new AppError("BAD_REQUEST", atPath(shownPath(path), message) + count, errors);
}

/** A 400 that names one field. */
export const badRequest = (path: string, message: string): AppError => badRequestOf([{ path, message }]);

/** The 400 for a cursor that was not made for this list. */
export const foreignCursor = (): AppError =>
	badRequest("cursor", "This cursor belongs to another list, sort or filter.");

/** Throws a 400 that names these fields, if there are any. */
export function throwFieldErrors(errors: readonly FieldError[]): void {
	if (errors.length > 0) throw badRequestOf(errors);
}

/** An error in other words: `pathOf` changes its paths, also that in its message, and `translate` all of its texts. */
export function reworded(
	{ code, message, errors, headers, cause }: AppError,
	pathOf: (path: string) => string,
	translate = (words: string) => words,
): AppError {
	const path = errors?.[0]?.path ?? "";
	const prefix = atPath(path, "");
	const words =
		path && message.startsWith(prefix) ? atPath(pathOf(path), message.slice(prefix.length)) : message;
	const changed = errors?.map((error) => ({
		path: pathOf(error.path),
		message: translate(error.message),
	}));
	const error = new AppError(code, translate(words), changed, headers);
	error.cause = cause;
	return error;
}

/** The result of a function, or the AppError that it throws. */
export function catchAppError<T>(make: () => T): T | AppError {
	try {
		return make();
	} catch (error) {
		if (error instanceof AppError) return error;
		throw error;
	}
}

/** 404, with the same message whether it never existed, is deleted, or belongs to another organization. */
export function notFound(noun: string): AppError {
	return new AppError("NOT_FOUND", `There is no such ${noun}.`);
}

/** 405, with the methods that the path takes. */
export function wrongMethod(methods: readonly string[]): AppError {
	const allowed = methods.join(", ");
	return new AppError("METHOD_NOT_ALLOWED", `This path takes ${allowed}.`, undefined, { Allow: allowed });
}

/** 500, without details. */
export function internalError(): AppError {
	return new AppError("INTERNAL_ERROR", "Something failed on our side.");
}

/** 409 with a sentence about what is stored; `errors` name the fields that conflict with it. */
export function conflict(message: string, ...errors: FieldError[]): AppError {
	return new AppError("CONFLICT", message, errors.length > 0 ? errors : undefined);
}

/** 401, with the same message for every reason. */
export function unauthorized(holder: "key" | "session" = "key"): AppError {
	if (holder === "session") return new AppError("UNAUTHORIZED", "This session has ended; sign in again.");
	// RFC 9110 §15.5.2 requires the challenge; clients choose the kind of credentials by it.
	return new AppError("UNAUTHORIZED", "This API key is missing or not valid.", undefined, {
		"WWW-Authenticate": 'Bearer realm="Leadwire"',
	});
}

/**
 * 503 for a transient fault of a service we depend on.
 * @param cause what failed, for our logs
 */
export function unavailable(cause?: unknown): AppError {
	const words = "We can't answer this right now; please try again.";
	const error = new AppError("SERVICE_UNAVAILABLE", words, undefined, { "Retry-After": "2" });
	error.cause = cause;
	return error;
}
