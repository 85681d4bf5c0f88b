// What the log says of a request: nothing that a caller may have written into it, except names of fields and ids.

import { firstCharacters } from "../characters.ts";
import type { AppError } from "../errors.ts";

const MAX_SEGMENTS = 12;
const MAX_MESSAGE_CHARACTERS = 300;
/** What stands for a part that is left out. */
const LEFT_OUT = "…";

/** Words of paths (`lead-stages`, `openapi.json`), `v1`, and ids. */
const WORD = /^[a-z][a-z.-]{0,30}$|^v\d$|^[a-z]{1,10}_[0-7][0-9a-hjkmnp-tv-z]{25}$/;
/** Names of fields, and positions in lists. */
const NAME = /^[A-Za-z_]\w{0,63}$|^\d{1,4}$/;

/** The path of a request without its query. Parts that are neither words nor ids are left out. */
export const shownPath = (pathname: string): string =>
	pathname
		.split("/", MAX_SEGMENTS)
		.map((part) => (part === "" || WORD.test(part) ? part : LEFT_OUT))
		.join("/");

/**
 * The message of an error, as the caller got it. Our messages have no values of records or requests; only the path of a field
 * may have names that the caller made up, and is left out unless all of them look like names.
 */
export function shownMessage({ message, errors }: AppError): string {
	const path = errors?.[0]?.path ?? "";
	const shown = path.split(".").every((name) => NAME.test(name))
		? message
		: message.replace(path, path && LEFT_OUT);
	return firstCharacters(MAX_MESSAGE_CHARACTERS, shown).toWellFormed();
}
