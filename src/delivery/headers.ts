// A webhook's custom headers: which are allowed, and how answers show them.
import { fromBase64 } from "../base64.ts";
import type { FieldError } from "../errors.ts";
import { spellingsOf } from "./spellings.ts";

type HeaderSet = Readonly<Record<string, string>>;

const MAX_HEADERS = 20;
const MAX_NAME_CHARACTERS = 64;
const MAX_VALUE_CHARACTERS = 4_096;
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const PRINTABLE = /^[\x20-\x7e]*$/;

/** What stands for a sensitive value in answers; in a request it means "keep the stored value". */
export const MASK = "***";

// Some would break the request (`upgrade` loses the body, `expect` hangs), some are set by the runtime, some by us.
const REFUSED = new Set([
	...["connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "host", "expect", "date"],
	...["http2-settings", "user-agent", "cookie", "cookie2", "set-cookie", "accept-encoding", "forwarded"],
	...["via", "__proto__"],
]);
const REFUSED_PREFIXES = ["content-", "proxy-", "sec-", "cf-", "x-forwarded-", "x-webhook-", "webhook-"];
const SENSITIVE = /^authorization$|token|secret|key|password/i;

/** Why a webhook may not send this header, in plain words, or null when it may. */
export function headerProblem(name: string, value: string): string | null {
	if (name.length > MAX_NAME_CHARACTERS) return "A header name has at most 64 characters.";
	if (!TOKEN.test(name))
		return "A header name consists of one or more letters, digits and !#$%&'*+-.^_`|~ only.";
	const lower = name.toLowerCase();
	if (REFUSED.has(lower) || REFUSED_PREFIXES.some((prefix) => lower.startsWith(prefix))) {
		return "This header is set by the sender and can't be given.";
	}
	if (value.length > MAX_VALUE_CHARACTERS) return "A header value has at most 4,096 characters.";
	if (!PRINTABLE.test(value)) return "A header value consists of printable ASCII characters only.";
	return null;
}

/** All problems of a set of custom headers, with paths as in the request (`headers.X-Team`); empty when it is valid. */
export function headerSetProblems(headers: HeaderSet): FieldError[] {
	const entries = Object.entries(headers);
	if (entries.length > MAX_HEADERS) return [{ path: "headers", message: "At most 20 headers." }];
	const seen = new Set<string>();
	return entries.flatMap(([name, value]) => {
		const repeated = seen.has(name.toLowerCase());
		seen.add(name.toLowerCase());
		const message = repeated ? "This header is given twice." : headerProblem(name, value);
		return message ? [{ path: pathOf(name), message }] : [];
	});
}

/** The shortest value that is masked where a receiver sends it back; shorter ones occur in any text. */
const MIN_SECRET_CHARACTERS = 8;

/** The schemes of credentials, of the standard and of common frameworks. */
const SCHEME = /^(?:Bearer|Basic|Token|Api-?Key|Key) +/i;

/** Headers without credentials, whose values answers have by themselves: `application/json`, `no-cache`. */
const NO_SECRET = /^(?:accept(?:-.+)?|cache-control|pragma)$/i;

/**
 * What is masked when a receiver sends it back, the longest first: values, credentials without their scheme and those inside of Basic,
 * as they are and as they may be written. All values but those of a few headers of the standard: a name doesn't always say that
 * its value is a secret.
 */
export function secretsIn(headers: HeaderSet): string[] {
	const secrets = Object.entries(headers)
		.filter(([name]) => !NO_SECRET.test(name))
		// As the runtime sends it.
		.map(([, value]) => value.trim())
		.flatMap((value) => [value, value.replace(SCHEME, ""), ...insideBasic(value)])
		.flatMap(spellingsOf)
		.filter(({ length }) => length >= MIN_SECRET_CHARACTERS);
	return [...new Set(secrets)].toSorted((one, other) => other.length - one.length);
}

/** The user and password of the scheme Basic, together, and the password. */
function insideBasic(value: string): string[] {
	const [, credentials = ""] = /^Basic +(.+)$/i.exec(value) ?? [];
	const pair = new TextDecoder().decode(fromBase64(credentials) ?? new Uint8Array());
	return [pair, pair.slice(pair.indexOf(":") + 1)];
}

/** The headers as answers show them: values that carry credentials are `***`. */
export function maskHeaders(headers: HeaderSet): Record<string, string> {
	return Object.fromEntries(
		Object.entries(headers).map(([name, value]) => [name, SENSITIVE.test(name) ? MASK : value]),
	);
}

/**
 * The new headers with each `***` replaced by the stored value of the same name in any case. A `***` without a stored value is
 * a problem, so on create `stored` is `{}`.
 */
export function mergeMasked(next: HeaderSet, stored: HeaderSet) {
	const storedValues = new Map(Object.entries(stored).map(([name, value]) => [name.toLowerCase(), value]));
	const problems: FieldError[] = [];
	const headers = Object.entries(next).map(([name, value]) => {
		if (value !== MASK) return [name, value] as const;
		const old = storedValues.get(name.toLowerCase());
		if (old === undefined)
			problems.push({ path: pathOf(name), message: "There is no stored value to keep." });
		return [name, old ?? value] as const;
	});
	return { headers: Object.fromEntries(headers), problems };
}

function pathOf(name: string): string {
	return `headers.${name.slice(0, MAX_NAME_CHARACTERS)}`;
}
