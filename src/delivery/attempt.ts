// Sends one request to a receiver that may hang, answer slowly, redirect, lie about its length or never stop sending.
import { joined } from "../bytes.ts";
import { BOOKMARK_HEADER } from "../db/seen-header.ts";
import { type FailureCode, failureCodeOfAnswer, failureCodeOfError } from "./failure-code.ts";
import { truncateBody, truncateHeaders, truncateRetryAfter } from "./kept-answer.ts";

/** The result of one attempt. */
export interface Outcome {
	/** Whether the receiver answered 2xx in time. */
	readonly ok: boolean;
	readonly statusCode: number | null;
	/** Milliseconds until the answer's headers arrived, or until we gave up. */
	readonly durationMs: number;
	/** Milliseconds until the whole exchange had ended: a body may take far longer than the headers. */
	readonly tookMs: number;
	/** A code; the runtime's own message is never stored. */
	readonly error: FailureCode | null;
	/** The `Retry-After` header as sent. */
	readonly retryAfter: string | null;
	readonly responseHeaders: Record<string, string> | null;
	/** The beginning of the body as text; "" for an empty body, null without an answer. */
	readonly responseBody: string | null;
	/** Whether the body or the headers were, or may have been, longer than what is kept. */
	readonly responseTruncated: boolean;
}

export interface AttemptRequest {
	readonly url: string;
	readonly method: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
	/** For the whole exchange, including reading the answer. */
	readonly timeoutMs: number;
	/** What is masked in what is kept of the answer, the longest first. */
	readonly secrets?: readonly string[];
}

const MAX_READ_BYTES = 64 * 1024;

/**
 * Sends one request and never throws. A 2xx status is a success as soon as the headers arrive, whatever happens to the body;
 * redirects are not followed. Up to 64 KiB of the decoded body are read and 16 KiB of it kept.
 */
export async function attempt(request: AttemptRequest, fetcher: typeof fetch = fetch): Promise<Outcome> {
	const { url, method, headers, body, timeoutMs } = request;
	const startedAt = Date.now();
	const signal = AbortSignal.timeout(timeoutMs);
	let response: Response;
	try {
		response = await fetcher(url, { method, headers: { ...headers }, body, redirect: "manual", signal });
	} catch (error) {
		return outcomeWithoutAnswer(signal.aborted ? "timeout" : failureCodeOfError(error), msSince(startedAt));
	}
	const durationMs = msSince(startedAt);
	const kept = truncateHeaders(response.headers, request.secrets);
	const { text, truncated } = await readBeginning(response, request.secrets);
	return {
		ok: response.ok,
		statusCode: response.status,
		durationMs,
		tookMs: msSince(startedAt),
		error: response.ok ? null : failureCodeOfAnswer(response.status, response.headers, text),
		retryAfter: truncateRetryAfter(response.headers),
		responseHeaders: kept.headers,
		responseBody: text,
		responseTruncated: truncated || kept.truncated,
	};
}

/** Milliseconds since an instant; 0 if the clock was set back meanwhile. */
const msSince = (instant: number) => Math.max(0, Date.now() - instant);

/** The outcome of an attempt that got no answer, or that was never sent (`blocked_target`). */
export function outcomeWithoutAnswer(error: FailureCode, durationMs = 0): Outcome {
	return {
		ok: false,
		statusCode: null,
		durationMs,
		tookMs: durationMs,
		error,
		retryAfter: null,
		responseHeaders: null,
		responseBody: null,
		responseTruncated: false,
	};
}

/** Reads the beginning of a body and cancels the rest; the request's own signal ends a body that stalls. */
async function readBeginning(response: Response, secrets: AttemptRequest["secrets"]) {
	const chunks: Uint8Array[] = [];
	let read = 0;
	let complete = response.body === null;
	const reader = response.body?.getReader();
	try {
		while (reader && read < MAX_READ_BYTES) {
			const { done, value } = await reader.read();
			if (done) {
				complete = true;
				break;
			}
			chunks.push(value.subarray(0, MAX_READ_BYTES - read));
			read += value.length;
		}
	} catch {
		// Timed out, reset or wrongly encoded: the status has already decided the outcome.
	}
	reader?.cancel().catch(() => {});
	return truncateBody(joined(chunks), complete, secrets);
}

export interface DeliveryIdentity {
	/** The webhook's custom headers. */
	readonly custom: Readonly<Record<string, string>>;
	readonly event: string;
	readonly deliveryId: string;
	/** Unix seconds of this attempt, the same value that was signed. */
	readonly timestamp: number;
	/** From 1. */
	readonly attempt: number;
	/** The result of `signatureHeaders`. */
	readonly signature: Readonly<Record<string, string>>;
	/** The value of `X-Webhook-Bookmark`; null without that header. */
	readonly bookmark: string | null;
}

/** All headers of one attempt. Ours replace custom ones of the same name in any case, so no header is sent twice. */
export function deliveryHeaders(identity: DeliveryIdentity): Record<string, string> {
	const own: Record<string, string> = {
		"Content-Type": "application/json",
		"User-Agent": "Leadwire-Webhooks/1.0",
		"X-Webhook-Event": identity.event,
		"X-Webhook-ID": identity.deliveryId,
		"X-Webhook-Timestamp": String(identity.timestamp),
		"X-Webhook-Attempt": String(identity.attempt),
		...(identity.bookmark === null ? {} : { [BOOKMARK_HEADER]: identity.bookmark }),
		...identity.signature,
	};
	const ownNames = new Set(Object.keys(own).map((name) => name.toLowerCase()));
	const custom = Object.entries(identity.custom).filter(([name]) => !ownNames.has(name.toLowerCase()));
	return { ...Object.fromEntries(custom), ...own };
}
