// What is stored of a receiver's answer, within a fixed number of stored bytes whatever the answer contains.

import { utf8Bytes } from "../bytes.ts";

const MAX_BODY_BYTES = 16 * 1_024;
const MAX_HEADERS = 50;
/** All headers together, in the JSON form in which they are stored. */
const MAX_HEADERS_BYTES = 16 * 1_024;
const MAX_NAME_CHARACTERS = 256;
const MAX_VALUE_CHARACTERS = 1_024;

const encoder = new TextEncoder();

/**
 * The beginning of a body as text of at most 16 KiB in UTF-8. Invalid bytes count as their replacement characters.
 * @param bytes at least the first 16 KiB of the body, if it has as many
 * @param complete whether that is the whole body
 */
export function truncateBody(bytes: Uint8Array, complete: boolean): { text: string; truncated: boolean } {
	const isComplete = complete && bytes.length <= MAX_BODY_BYTES;
	// In stream mode an incomplete character at the end is left out instead of replaced.
	const decoder = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });
	const text = toStorableText(decoder.decode(bytes.subarray(0, MAX_BODY_BYTES), { stream: !isComplete }));
	// A UTF-16 unit is at most three bytes.
	const kept = new Uint8Array(Math.min(MAX_BODY_BYTES, text.length * 3));
	// Stops before a character that does not fit.
	const { read } = encoder.encodeInto(text, kept);
	return { text: text.slice(0, read), truncated: !isComplete || read < text.length };
}

/**
 * The first headers of an answer, at most 50 and 16 KiB together. A header that doesn't fit is left out, a long value is cut.
 * Cookies are not stored, and leaving them out doesn't count as truncation.
 */
export function truncateHeaders(answered: Headers): { headers: Record<string, string>; truncated: boolean } {
	const kept: [string, string][] = [];
	let freeBytes = MAX_HEADERS_BYTES - "{}".length;
	let truncated = false;
	for (const [name, value] of answered) {
		if (name === "set-cookie") continue;
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
