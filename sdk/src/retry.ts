// Retries a call. A retry is always safe: GET and DELETE are idempotent, and POST and PATCH send an Idempotency-Key, the
// same on all attempts of a call.
import { errorFromResponse, LeadwireError } from "./errors.ts";

export type Fetch = (request: Request) => Promise<Response>;

export interface RetryOptions {
	/** How often a call is retried. */
	readonly retries: number;
	/** How long a call may take, waiting included (ms). */
	readonly timeoutMs: number;
}

const FIRST_WAIT_MS = 500;
const MAX_WAIT_MS = 8_000;
/** A timer for longer rings at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Makes a fetch that retries what may still succeed, and throws a `LeadwireError` when a call fails. */
export function retryingFetch(send: Fetch, { retries, timeoutMs }: RetryOptions): Fetch {
	return async (original) => {
		const request = withIdempotencyKey(original);
		const end = Date.now() + timeoutMs;
		const clock = new AbortController();
		const alarm = setTimeout(() => clock.abort(), Math.min(timeoutMs, MAX_TIMER_MS));
		const signal = AbortSignal.any([original.signal, clock.signal]);
		const throwIfStopped = (cause: LeadwireError) => {
			original.signal.throwIfAborted();
			if (clock.signal.aborted) throw timeout(timeoutMs, cause);
		};
		// Whether an earlier attempt may have been executed although its answer was lost.
		let mayBeDone = false;
		try {
			original.signal.throwIfAborted();
			for (let attempt = 0; ; attempt += 1) {
				const { response, error } = await attemptOnce(send, new Request(request.clone(), { signal }));
				if (response) return response;
				throwIfStopped(error);
				if (mayBeDone && request.method === "DELETE" && error.status === 404) {
					return new Response(null, { status: 204 });
				}
				const wait = waitMs(attempt, error);
				if (attempt >= retries || !isRetryable(error, mayBeDone) || Date.now() + wait >= end) throw error;
				mayBeDone ||= error.status === 0 || error.status >= 500;
				await sleep(wait, signal);
				throwIfStopped(error);
			}
		} finally {
			clearTimeout(alarm);
		}
	};
}

function withIdempotencyKey(request: Request): Request {
	if (!["POST", "PATCH"].includes(request.method) || request.headers.has("idempotency-key")) return request;
	const headers = new Headers(request.headers);
	headers.set("idempotency-key", crypto.randomUUID());
	return new Request(request, { headers });
}

type Outcome =
	| { readonly response: Response; readonly error?: never }
	| { readonly response?: never; readonly error: LeadwireError & { replayed?: boolean } };

/** Sends a request and reads the whole answer, because the connection can break until its end. */
async function attemptOnce(send: Fetch, request: Request): Promise<Outcome> {
	try {
		const response = await send(request);
		const text = await response.text();
		if (response.ok) return { response: whole(response, text) };
		const replayed = response.headers.get("idempotency-replayed") === "true";
		return { error: Object.assign(errorFromResponse(response, text), { replayed }) };
	} catch (cause) {
		const message = `No answer from ${new URL(request.url).origin}: ${reasonOf(cause)}`;
		return { error: new LeadwireError({ status: 0, code: "NO_ANSWER", message }, { cause }) };
	}
}

/** The answer with the body that was read, without the envelope that some keys add. */
function whole({ status, statusText, headers: sent }: Response, text: string): Response {
	const headers = new Headers(sent);
	for (const name of ["content-encoding", "content-length"]) headers.delete(name);
	return new Response(status === 204 ? null : bare(text), { status, statusText, headers });
}

function bare(text: string): string {
	if (!text.startsWith('{"data":')) return text;
	const { data, meta } = JSON.parse(text);
	if (meta?.requestId === undefined) return text;
	const { nextCursor, hasMore } = meta;
	return JSON.stringify(hasMore === undefined ? data : { items: data, nextCursor, hasMore });
}

/** Whether a retry may get another answer. */
function isRetryable(
	{ status, replayed }: LeadwireError & { replayed?: boolean },
	mayBeDone: boolean,
): boolean {
	if (status === 0 || status === 429 || status >= 500) return true;
	// An attempt whose answer was lost may still run with our Idempotency-Key. A conflict of our own would have been replayed.
	return mayBeDone && status === 409 && !replayed;
}

/** The wait before a retry (ms): doubled each time, up to half of it random, never less than `Retry-After`. */
function waitMs(attempt: number, { retryAfter }: LeadwireError): number {
	const wait = Math.min(FIRST_WAIT_MS * 2 ** attempt, MAX_WAIT_MS) * (0.5 + Math.random() / 2);
	return retryAfter === null ? wait : retryAfter * 1_000 + Math.random() * FIRST_WAIT_MS;
}

function timeout(ms: number, cause: LeadwireError): LeadwireError {
	const message = `The call took longer than ${ms / 1_000} seconds. ${cause.message}`;
	return new LeadwireError({ status: 0, code: "TIMEOUT", message }, { cause });
}

function reasonOf(error: unknown): string {
	if (!(error instanceof Error)) return String(error);
	// Node's fetch only says "fetch failed"; the reason is in its cause, which may hold several errors and no message.
	const { cause } = error;
	if (!(cause instanceof Error)) return error.message;
	return cause.message || ("code" in cause ? String(cause.code) : error.message);
}

/** Resolves after a time, or at once when the signal aborts. */
function sleep(ms: number, signal: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		const timer = setTimeout(resolve, Math.min(ms, MAX_TIMER_MS));
		signal.addEventListener("abort", () => {
			clearTimeout(timer);
			resolve();
		});
	});
}
