import type { components } from "./generated/schema.ts";

/** What kind of error the API answered with. */
export type ErrorCode = components["schemas"]["Error"]["code"];

/** A field at fault: where in the request, and what is wrong there. */
export interface FieldError {
	readonly path: string;
	readonly message: string;
}

/**
 * Besides the API's own codes: `NOT_MODIFIED` is the answer 304 to an `If-None-Match`, `UNEXPECTED` one that isn't the
 * API's (a proxy's, say), and without any answer it is `NO_ANSWER` or, when the time was up, `TIMEOUT`.
 */
export type LeadwireErrorCode = ErrorCode | "NOT_MODIFIED" | "UNEXPECTED" | "NO_ANSWER" | "TIMEOUT";

/** What is known of a failure. */
export interface Failure {
	readonly status: number;
	readonly code: LeadwireErrorCode;
	readonly message: string;
	readonly errors?: readonly FieldError[];
	readonly requestId?: string | null;
	readonly retryAfter?: number | null;
}

/** Thrown by every call that doesn't succeed. */
export class LeadwireError extends Error {
	override readonly name = "LeadwireError";
	/** The answer's status; 0 when there was no answer. */
	readonly status: number;
	readonly code: LeadwireErrorCode;
	/** Every field at fault; empty where it is about something else. */
	readonly errors: readonly FieldError[];
	/** Finds the request in the server's logs. */
	readonly requestId: string | null;
	/** Seconds that the server asked to wait. */
	readonly retryAfter: number | null;

	constructor(failure: Failure, options?: ErrorOptions) {
		super(failure.message, options);
		this.status = failure.status;
		this.code = failure.code;
		this.errors = failure.errors ?? [];
		this.requestId = failure.requestId ?? null;
		this.retryAfter = failure.retryAfter ?? null;
	}
}

/** The error that an answer without success stands for. */
export function errorOf(response: Response, text: string): LeadwireError {
	const { status, headers } = response;
	const requestId = headers.get("x-request-id");
	const retryAfter = secondsOf(headers.get("retry-after"));
	const body = bodyOf(text);
	if (body) return new LeadwireError({ ...body, status, requestId: requestId ?? body.requestId, retryAfter });
	if (status === 304)
		return new LeadwireError({ status, code: "NOT_MODIFIED", message: "It has not changed.", requestId });
	const message = `The answer was ${status}, and not of this API: ${text.slice(0, 200) || "it was empty"}`;
	return new LeadwireError({ status, code: "UNEXPECTED", message, requestId, retryAfter });
}

function bodyOf(text: string): components["schemas"]["Error"] | null {
	try {
		const body = JSON.parse(text);
		return typeof body?.code === "string" && typeof body.message === "string" ? body : null;
	} catch {
		return null;
	}
}

/** `Retry-After` in seconds, from either of its two forms. */
function secondsOf(value: string | null): number | null {
	if (value === null) return null;
	const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1_000;
	return Number.isFinite(seconds) ? Math.max(0, seconds) : null;
}
