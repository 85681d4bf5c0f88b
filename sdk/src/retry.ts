// One call as several attempts. Repeating is always safe here: GET and DELETE by nature, POST and PATCH because each call
// has an Idempotency-Key, the same on all its attempts.
import { errorOf, LeadwireError } from "./errors.ts";

export type Fetch = (request: Request) => Promise<Response>;

export interface Patience {
	/** How often a call is tried again. */
	readonly retries: number;
	/** How long a call may take in all, waiting included. */
	readonly timeoutMs: number;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8_000;

/** A fetch that tries again what may yet succeed, and throws a `LeadwireError` for what doesn't. */
export function persistent(send: Fetch, { retries, timeoutMs }: Patience): Fetch {
	return async (original) => {
		const request = keyed(original);
		const end = Date.now() + timeoutMs;
		const clock = new AbortController();
		const alarm = setTimeout(() => clock.abort(), timeoutMs);
		const signal = AbortSignal.any([original.signal, clock.signal]);
		const stopIfOver = (cause: LeadwireError) => {
			original.signal.throwIfAborted();
			if (clock.signal.aborted) throw timeout(timeoutMs, cause);
		};
		// Whether an attempt may have done the work without our hearing of it.
		let unheard = false;
		try {
			original.signal.throwIfAborted();
			for (let attempt = 0; ; attempt += 1) {
				const { response, error } = await once(send, new Request(request.clone(), { signal }));
				if (response) return response;
				stopIfOver(error);
				if (unheard && request.method === "DELETE" && error.status === 404) {
					return new Response(null, { status: 204 });
				}
				const wait = waitBefore(attempt, error);
				if (attempt >= retries || !mayPass(error, unheard) || Date.now() + wait >= end) throw error;
				unheard ||= error.status === 0 || error.status >= 500;
				await sleep(wait, signal);
				stopIfOver(error);
			}
		} finally {
			clearTimeout(alarm);
		}
	};
}

function keyed(request: Request): Request {
	if (!["POST", "PATCH"].includes(request.method) || request.headers.has("idempotency-key")) return request;
	const headers = new Headers(request.headers);
	headers.set("idempotency-key", crypto.randomUUID());
	return new Request(request, { headers });
}

type Outcome =
	| { readonly response: Response; readonly error?: never }
	| { readonly response?: never; readonly error: LeadwireError & { replayed?: boolean } };

/** Sends a request and reads the answer to its end, because it can get lost up to there. */
async function once(send: Fetch, request: Request): Promise<Outcome> {
	try {
		const response = await send(request);
		const text = await response.text();
		if (response.ok) return { response: whole(response, text) };
		const replayed = response.headers.get("idempotency-replayed") === "true";
		return { error: Object.assign(errorOf(response, text), { replayed }) };
	} catch (cause) {
		const message = `No answer from ${new URL(request.url).origin}: ${reasonOf(cause)}`;
		return { error: new LeadwireError({ status: 0, code: "NO_ANSWER", message }, { cause }) };
	}
}

/** The answer with its body at hand; bare, should the key be one that wraps answers in an envelope. */
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

/** Whether the same request may have another answer soon. */
function mayPass({ status, replayed }: LeadwireError & { replayed?: boolean }, unheard: boolean): boolean {
	if (status === 0 || status === 429 || status >= 500) return true;
	// The attempt that we didn't hear of may still be at work under our key; a conflict of ours would be a replayed one.
	return unheard && status === 409 && !replayed;
}

/** Milliseconds: twice as many each time, up to half of them by chance; never less than the server asks for. */
function waitBefore(attempt: number, { retryAfter }: LeadwireError): number {
	const wait = Math.min(FIRST_WAIT_MS * 2 ** attempt, LONGEST_WAIT_MS) * (0.5 + Math.random() / 2);
	return retryAfter === null ? wait : retryAfter * 1_000 + Math.random() * FIRST_WAIT_MS;
}

function timeout(ms: number, cause: LeadwireError): LeadwireError {
	const message = `The call took longer than ${ms / 1_000} seconds. ${cause.message}`;
	return new LeadwireError({ status: 0, code: "TIMEOUT", message }, { cause });
}

function reasonOf(error: unknown): string {
	if (!(error instanceof Error)) return String(error);
	// Node's fetch says "fetch failed", and why in the cause, which may be several errors without a message of its own.
	const { cause } = error;
	if (!(cause instanceof Error)) return error.message;
	return cause.message || ("code" in cause ? String(cause.code) : error.message);
}

/** Resolves after a time, or at once when the signal fires. */
function sleep(ms: number, signal: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		const timer = setTimeout(resolve, ms);
		signal.addEventListener("abort", () => {
			clearTimeout(timer);
			resolve();
		});
	});
}
