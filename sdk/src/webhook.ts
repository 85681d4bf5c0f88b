// Webhook signatures as Standard Webhooks specifies them: HMAC-SHA-256 of `id.timestamp.body`. It uses WebCrypto only, so
// that it runs everywhere; `verify` of WebCrypto compares in constant time.
import type { webhooks } from "./generated/schema.ts";

/** The names of the events. */
export type WebhookEventType = keyof webhooks;

/** The body of an event. */
export type WebhookPayload<T extends WebhookEventType> =
	webhooks[T]["post"]["requestBody"]["content"]["application/json"];

/** A verified event: checking `type` narrows the type of `payload`. */
export type WebhookEvent = {
	[T in WebhookEventType]: {
		readonly type: T;
		/** The id of the delivery, the same on every attempt: use it to detect repeats. */
		readonly id: string;
		/** When this attempt was sent. */
		readonly sentAt: Date;
		readonly payload: WebhookPayload<T>;
	};
}[WebhookEventType];

export type WebhookHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>;

export type WebhookErrorReason =
	| "missing_header"
	| "invalid_timestamp"
	| "too_old"
	| "too_new"
	| "no_match"
	| "invalid_body";

/** Thrown for a request that can't be trusted. Answer it with 400. */
export class WebhookVerificationError extends Error {
	override readonly name = "WebhookVerificationError";
	readonly reason: WebhookErrorReason;

	constructor(reason: WebhookErrorReason, message: string) {
		super(message);
		this.reason = reason;
	}
}

export interface VerifyOptions {
	/** How many seconds the sender's clock may differ from ours, in both directions; 300 by default. */
	readonly toleranceSeconds?: number;
}

const PREFIX = "whsec_";
const KEY_BYTES = 24;
const utf8 = new TextEncoder();

/**
 * Verifies that a request was sent by Leadwire within the tolerance, and returns its event.
 * The older `X-Webhook-Signature-256` is ignored: it doesn't cover the timestamp, so a recorded request could be sent again
 * at any time.
 * @param body the raw body as it arrived, not parsed and serialized again
 * @param headers of the request: `Headers`, or an object with names in upper or lower case
 * @param secret the webhook's secret, or several, one of which must match
 * @throws WebhookVerificationError with the reason; TypeError without a secret, or with a body that isn't raw
 */
export async function verifyWebhook(
	body: string | ArrayBuffer | Uint8Array,
	headers: WebhookHeaders,
	secret: string | readonly string[],
	{ toleranceSeconds = 300 }: VerifyOptions = {},
): Promise<WebhookEvent> {
	const secrets = [secret].flat();
	// Programs in JavaScript give what is not set, and a body that was parsed before.
	if (secrets.length === 0 || !secrets.every(Boolean)) throw new TypeError("verifyWebhook needs a secret.");
	const bytes = bytesOf(body);
	const id = required(headers, "webhook-id");
	const timestamp = required(headers, "webhook-timestamp");
	const signatures = required(headers, "webhook-signature");
	const sentAt = instantOf(timestamp, toleranceSeconds);
	const content = joined(utf8.encode(`${id}.${timestamp}.`), bytes);
	if (!(await anyMatches(signatures, content, secrets))) {
		throw new WebhookVerificationError("no_match", "No signature matches the body under this secret.");
	}
	// The type comes from the signed body; only the body of `save_lead` doesn't contain it.
	const payload = parsed(bytes);
	return { type: payload.event ?? "save_lead", id, sentAt, payload } as WebhookEvent;
}

/** Makes the three headers that sign a body, as Leadwire does: for tests of a receiver. */
export async function signWebhook(
	body: string,
	secret: string,
	{ id, timestamp }: { readonly id: string; readonly timestamp: number },
): Promise<Record<"webhook-id" | "webhook-timestamp" | "webhook-signature", string>> {
	const content = utf8.encode(`${id}.${timestamp}.${body}`);
	const signature = new Uint8Array(await crypto.subtle.sign("HMAC", await keyOf(secret, "sign"), content));
	return {
		"webhook-id": id,
		"webhook-timestamp": String(timestamp),
		"webhook-signature": `v1,${toBase64(signature)}`,
	};
}

function bytesOf(body: string | ArrayBuffer | Uint8Array): Uint8Array {
	if (typeof body === "string") return utf8.encode(body);
	if (typeof body?.byteLength === "number") return new Uint8Array(body);
	throw new TypeError("verifyWebhook needs the raw body, as text or bytes, not one that was parsed.");
}

/** Those of another realm or library are no instances of this one's class. */
const isHeaders = (headers: WebhookHeaders): headers is Headers => typeof headers.get === "function";

function required(headers: WebhookHeaders, name: string): string {
	const value = isHeaders(headers)
		? headers.get(name)
		: Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
	const text = typeof value === "object" && value !== null ? value.join(" ") : value;
	if (!text) throw new WebhookVerificationError("missing_header", `The header ${name} is missing.`);
	return text;
}

function instantOf(timestamp: string, tolerance: number): Date {
	if (!/^\d{1,12}$/.test(timestamp)) {
		throw new WebhookVerificationError("invalid_timestamp", "webhook-timestamp is not a number of seconds.");
	}
	const age = Math.floor(Date.now() / 1_000) - Number(timestamp);
	// Also when the tolerance is not a number.
	if (!(age <= tolerance)) throw new WebhookVerificationError("too_old", `It was sent ${age} seconds ago.`);
	if (!(-age <= tolerance))
		throw new WebhookVerificationError("too_new", `It is dated ${-age} seconds ahead.`);
	return new Date(Number(timestamp) * 1_000);
}

async function anyMatches(
	signatures: string,
	content: Uint8Array<ArrayBuffer>,
	secrets: readonly string[],
): Promise<boolean> {
	const given = signatures.split(" ").flatMap((one) => {
		const bytes = one.startsWith("v1,") ? fromBase64(one.slice("v1,".length)) : null;
		return bytes ? [bytes] : [];
	});
	const keys = await Promise.all(secrets.map((secret) => keyOf(secret, "verify")));
	const checks = keys.flatMap((key) => given.map((one) => crypto.subtle.verify("HMAC", key, one, content)));
	return (await Promise.all(checks)).includes(true);
}

/** The key bytes: the part after `whsec_` decoded, if it is base64 of at least 24 bytes; otherwise the secret as UTF-8. */
function keyOf(secret: string, usage: "sign" | "verify"): Promise<CryptoKey> {
	const decoded = secret.startsWith(PREFIX) ? fromBase64(secret.slice(PREFIX.length)) : null;
	const bytes = decoded && decoded.length >= KEY_BYTES ? decoded : utf8.encode(secret);
	return crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, [usage]);
}

function parsed(bytes: Uint8Array): { event?: string } {
	try {
		const payload = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes));
		if (typeof payload === "object" && payload !== null) return payload;
	} catch {
		// The error below reports it.
	}
	throw new WebhookVerificationError("invalid_body", "The body is signed, but is not a JSON object.");
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
	const both = new Uint8Array(first.length + second.length);
	both.set(first);
	both.set(second, first.length);
	return both;
}

function toBase64(bytes: Uint8Array): string {
	return btoa(String.fromCharCode(...bytes));
}

/** Decodes base64; null unless the text is the canonical encoding of its bytes. */
function fromBase64(text: string): Uint8Array<ArrayBuffer> | null {
	try {
		const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
		return toBase64(bytes) === text ? bytes : null;
	} catch {
		return null;
	}
}
