import type { components } from "./generated/schema.ts";

/** The error codes of the API. */
export type ErrorCode = components["schemas"]["Error"]["code"];

/** A wrong field: its path in the request, and what is wrong with it. */
export interface FieldError {
	readonly path: string;
	readonly message: string;
}

/**
 * Besides the API's own codes: `NOT_MODIFIED` is the answer 304 to an `If-None-Match`, `UNEXPECTED` an answer that does not
 * come from the API (from a proxy, for example). Without any answer it is `NO_ANSWER`, or `TIMEOUT` when the time was up.
 */
export type LeadwireErrorCode = ErrorCode | "NOT_MODIFIED" | "UNEXPECTED" | "NO_ANSWER" | "TIMEOUT";

/** The details of a failure. */
export interface FailureDetails {
	readonly status: number;
	readonly code: LeadwireErrorCode;
	readonly message: string;
	readonly errors?: readonly FieldError[];
	readonly requestId?: string | null;
	readonly retryAfter?: number | null;
}

/** Thrown by every call that fails. */
export class LeadwireError extends Error {
	override readonly name = "LeadwireError";
	/** The answer's status; 0 when there was no answer. */
	readonly status: number;
	readonly code: LeadwireErrorCode;
	/** Every wrong field; empty when the error is not about fields. */
	readonly errors: readonly FieldError[];
	/** Identifies the request in the server's logs. */
	readonly requestId: string | null;
	/** Seconds that the server asked to wait. */
	readonly retryAfter: number | null;

	constructor(failure: FailureDetails, options?: ErrorOptions) {
		super(failure.message, options);
		this.status = failure.status;
		this.code = failure.code;
		this.errors = failure.errors ?? [];
		this.requestId = failure.requestId ?? null;
		this.retryAfter = failure.retryAfter ?? null;
	}
}

/** Makes the error of an unsuccessful answer. */
export function errorFromResponse(response: Response, text: string): LeadwireError {
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

/** `Retry-After` in seconds, from either of its forms: seconds or a date. */
function secondsOf(value: string | null): number | null {
	if (value === null) return null;
	const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1_000;
	return Number.isFinite(seconds) ? Math.max(0, seconds) : null;
}
