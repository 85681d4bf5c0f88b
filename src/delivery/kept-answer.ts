// What is stored of a receiver's answer, within a fixed number of stored bytes whatever the answer contains, and without the secrets
// that the receiver was sent and sends back.
import { utf8Bytes } from "../bytes.ts";
import { MASK } from "./headers.ts";

const MAX_BODY_BYTES = 16 * 1_024;
const MAX_HEADERS = 50;
/** All headers together, in the JSON form in which they are stored. */
const MAX_HEADERS_BYTES = 16 * 1_024;
const MAX_NAME_CHARACTERS = 256;
const MAX_VALUE_CHARACTERS = 1_024;

const encoder = new TextEncoder();

/**
 * The beginning of a body as text of at most 16 KiB in UTF-8, without secrets. Invalid bytes count as their replacement characters.
 * @param bytes at least the first 16 KiB of the body, if it has as many
 * @param complete whether that is the whole body
 * @param secrets what is masked, the longest first
 */
export function truncateBody(
	bytes: Uint8Array,
	complete: boolean,
	secrets: readonly string[] = [],
): { text: string; truncated: boolean } {
	// In stream mode an incomplete character at the end is left out instead of replaced.
	const decoder = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });
	const whole = masked(decoder.decode(bytes, { stream: !complete }), secrets);
	const text = toStorableText(complete ? whole : withoutBeginning(whole, secrets));
	// A UTF-16 unit is at most three bytes.
	const kept = new Uint8Array(Math.min(MAX_BODY_BYTES, text.length * 3));
	// Stops before a character that does not fit.
	const { read } = encoder.encodeInto(text, kept);
	return { text: text.slice(0, read), truncated: !complete || read < text.length };
}

/** Masks secrets; before anything is cut off, because half of one would not be found. */
const masked = (text: string, secrets: readonly string[]): string =>
	secrets.reduce((rest, secret) => rest.replaceAll(secret, MASK), text);

/** A text that breaks off, without the beginning of a secret at its end. */
function withoutBeginning(text: string, secrets: readonly string[]): string {
	const lengths = secrets.map((secret) => {
		let length = Math.min(secret.length - 1, text.length);
		while (length > 0 && !text.endsWith(secret.slice(0, length))) length -= 1;
		return length;
	});
	return text.slice(0, text.length - Math.max(0, ...lengths));
}

/**
 * The first headers of an answer, at most 50 and 16 KiB together. A header that doesn't fit is left out, a long value is cut.
 * Cookies are not stored, and leaving them out doesn't count as truncation.
 * @param secrets as for `truncateBody`
 */
export function truncateHeaders(
	answered: Headers,
	secrets: readonly string[] = [],
): { headers: Record<string, string>; truncated: boolean } {
	const kept: [string, string][] = [];
	let freeBytes = MAX_HEADERS_BYTES - "{}".length;
	let truncated = false;
	for (const [name, answer] of answered) {
		if (name === "set-cookie") continue;
		const value = masked(answer, secrets);
		const text = toStorableText(value.slice(0, MAX_VALUE_CHARACTERS));
		const length = utf8Bytes(`${JSON.stringify(name)}:${JSON.stringify(text)},`);
		const fits = name.length <= MAX_NAME_CHARACTERS && kept.length < MAX_HEADERS && length <= freeBytes;
		truncated ||= !fits || value.length > MAX_VALUE_CHARACTERS;
		if (!fits) continue;
		freeBytes -= length;
		kept.push([name, text]);
	}
	return { headers: Object.fromEntries(kept), truncated };
}

/** The `Retry-After` header of an answer, cut to the length of a stored value. */
export const truncateRetryAfter = (headers: Headers): string | null =>
	headers.get("retry-after")?.slice(0, MAX_VALUE_CHARACTERS) ?? null;

// SQLite's functions end a text at U+0000, and D1 doesn't transport unpaired surrogates.
function toStorableText(text: string): string {
	return text.replaceAll("\0", "\uFFFD").toWellFormed();
}
