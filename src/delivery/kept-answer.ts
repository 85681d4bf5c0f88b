// What is stored of a receiver's answer, within a fixed number of stored bytes whatever the answer contains.

const MOST_BODY_BYTES = 16 * 1_024;
const MOST_HEADERS = 50;
/** All headers together, in the JSON form in which they are stored. */
const MOST_HEADERS_BYTES = 16 * 1_024;
const MOST_NAME_CHARACTERS = 256;
const MOST_VALUE_CHARACTERS = 1_024;

const encoder = new TextEncoder();

/**
 * The beginning of a body as text of at most 16 KiB in UTF-8. Invalid bytes count as their replacement characters.
 * @param bytes at least the first 16 KiB of the body, if it has as many
 * @param complete whether that is the whole body
 */
export function keptBody(bytes: Uint8Array, complete: boolean): { text: string; truncated: boolean } {
	const whole = complete && bytes.length <= MOST_BODY_BYTES;
	// In stream mode an incomplete character at the end is left out instead of replaced.
	const decoder = new TextDecoder("utf-8", { fatal: false, ignoreBOM: true });
	const text = storable(decoder.decode(bytes.subarray(0, MOST_BODY_BYTES), { stream: !whole }));
	const kept = new Uint8Array(MOST_BODY_BYTES);
	// Stops before a character that does not fit.
	const { read } = encoder.encodeInto(text, kept);
	return { text: text.slice(0, read), truncated: !whole || read < text.length };
}

/**
 * The first headers of an answer, at most 50 and 16 KiB together. A header that doesn't fit is left out, a long value is cut.
 * Cookies are not stored, and leaving them out doesn't count as truncation.
 */
export function keptHeaders(answered: Headers): { headers: Record<string, string>; truncated: boolean } {
	const kept: [string, string][] = [];
	let room = MOST_HEADERS_BYTES - "{}".length;
	let truncated = false;
	for (const [name, value] of answered) {
		if (name === "set-cookie") continue;
		const text = storable(value.slice(0, MOST_VALUE_CHARACTERS));
		const { length } = encoder.encode(`${JSON.stringify(name)}:${JSON.stringify(text)},`);
		const fits = name.length <= MOST_NAME_CHARACTERS && kept.length < MOST_HEADERS && length <= room;
		truncated ||= !fits || value.length > MOST_VALUE_CHARACTERS;
		if (!fits) continue;
		room -= length;
		kept.push([name, text]);
	}
	return { headers: Object.fromEntries(kept), truncated };
}

/** The `Retry-After` header of an answer, cut to the length of a stored value. */
export const keptRetryAfter = (headers: Headers): string | null =>
	headers.get("retry-after")?.slice(0, MOST_VALUE_CHARACTERS) ?? null;

// SQLite's functions end a text at U+0000, and D1 doesn't transport unpaired surrogates.
function storable(text: string): string {
	return text.replaceAll("\0", "\uFFFD").toWellFormed();
}
