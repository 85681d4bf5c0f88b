// A webhook's custom headers: which may be set, and how they read back.
import type { FieldError } from "../errors.ts";

type HeaderSet = Readonly<Record<string, string>>;

const MOST_HEADERS = 20;
const MOST_NAME_CHARACTERS = 64;
const MOST_VALUE_CHARACTERS = 4_096;
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const PRINTABLE = /^[\x20-\x7e]*$/;

/** What a sensitive value reads back as; sent in, it means "keep the one stored". */
export const MASK = "***";

// Some would break the request itself (`upgrade` loses the body, `expect` hangs), some the runtime owns, some are ours.
const REFUSED = new Set([
	...["connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "host", "expect", "date"],
	...["user-agent", "cookie", "accept-encoding", "forwarded", "via", "__proto__"],
]);
const REFUSED_PREFIXES = ["content-", "proxy-", "sec-", "cf-", "x-forwarded-", "x-webhook-", "webhook-"];
const SENSITIVE = /^authorization$|token|secret|key|password/i;

/** Why a webhook may not send this header, in plain words, or null when it may. */
export function headerProblem(name: string, value: string): string | null {
	if (name.length > MOST_NAME_CHARACTERS) return "A header name has at most 64 characters.";
	if (!TOKEN.test(name))
		return "A header name consists of one or more letters, digits and !#$%&'*+-.^_`|~ only.";
	const lower = name.toLowerCase();
	if (REFUSED.has(lower) || REFUSED_PREFIXES.some((prefix) => lower.startsWith(prefix))) {
		return "This header is set by the sender and can't be given.";
	}
	if (value.length > MOST_VALUE_CHARACTERS) return "A header value has at most 4,096 characters.";
	if (!PRINTABLE.test(value)) return "A header value consists of printable ASCII characters only.";
	return null;
}

/** Every fault of a set of custom headers, with paths as in the request (`headers.X-Team`); empty when it may be used. */
export function headersProblems(headers: HeaderSet): FieldError[] {
	const entries = Object.entries(headers);
	if (entries.length > MOST_HEADERS) return [{ path: "headers", message: "At most 20 headers." }];
	const seen = new Set<string>();
	return entries.flatMap(([name, value]) => {
		const repeated = seen.has(name.toLowerCase());
		seen.add(name.toLowerCase());
		const message = repeated ? "This header is given twice." : headerProblem(name, value);
		return message ? [{ path: pathOf(name), message }] : [];
	});
}

/** The headers as they may be shown: values of those that carry credentials are `***`. */
export function maskHeaders(headers: HeaderSet): Record<string, string> {
	return Object.fromEntries(
		Object.entries(headers).map(([name, value]) => [name, SENSITIVE.test(name) ? MASK : value]),
	);
}

/**
 * A new set of headers in which each `***` is replaced by the value stored under that name in any case. A `***` with
 * nothing to keep is a problem, so on create `stored` is `{}`.
 */
export function mergeMasked(
	next: HeaderSet,
	stored: HeaderSet,
): { headers: Record<string, string>; problems: FieldError[] } {
	const kept = new Map(Object.entries(stored).map(([name, value]) => [name.toLowerCase(), value]));
	const problems: FieldError[] = [];
	const headers = Object.entries(next).map(([name, value]) => {
		if (value !== MASK) return [name, value] as const;
		const old = kept.get(name.toLowerCase());
		if (old === undefined)
			problems.push({ path: pathOf(name), message: "There is no stored value to keep." });
		return [name, old ?? value] as const;
	});
	return { headers: Object.fromEntries(headers), problems };
}

function pathOf(name: string): string {
	return `headers.${name.slice(0, MOST_NAME_CHARACTERS)}`;
}
