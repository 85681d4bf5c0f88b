// Why an attempt failed, as a code. Runtimes only tell it in words, and Cloudflare's edge in the body of an answer that it
// makes itself; both are matched here and nowhere else, and neither decides anything but the code.

/** Every code, as the log shows it. */
export const FAILURES = [
	"http_status",
	"timeout",
	"dns_failed",
	"tls_failed",
	"connection_refused",
	"connection_reset",
	"connection_failed",
	"blocked_target",
] as const;

export type Failure = (typeof FAILURES)[number];

/** In order: a reset within a TLS handshake is about TLS. */
const WORDS: readonly (readonly [RegExp, Failure])[] = [
	[/\bdns\b|lookup address|name resolution|getaddrinfo|\bENOTFOUND\b|\bEAI_/i, "dns_failed"],
	[/\btls\b|\bssl\b|certificate|\bERR_(TLS|SSL)_|\bCERT_/i, "tls_failed"],
	[/connection refused|\bECONNREFUSED\b/i, "connection_refused"],
	[/connection reset|broken pipe|\bECONNRESET\b|\bEPIPE\b/i, "connection_reset"],
];

/** Error codes of Cloudflare's about the server behind a name: https://developers.cloudflare.com/support/troubleshooting/http-status-codes/ */
const EDGE: Readonly<Record<string, Failure>> = {
	520: "connection_failed",
	521: "connection_refused",
	522: "timeout",
	523: "connection_failed",
	524: "timeout",
	525: "tls_failed",
	526: "tls_failed",
	1016: "dns_failed",
};

/**
 * The code of what `fetch` threw other than for a time-out. `connection_failed` where the words tell no more, as workerd's
 * "Network connection lost." and "internal error" don't.
 */
export function failureOf(thrown: unknown): Failure {
	const words = wordsOf(thrown);
	return WORDS.find(([pattern]) => pattern.test(words))?.[1] ?? "connection_failed";
}

/** The words of an error and of its causes, each with its code. */
function wordsOf(thrown: unknown, depth = 0): string {
	if (typeof thrown !== "object" || thrown === null || depth > 3) return String(thrown ?? "");
	const { message, code, cause } = thrown as { message?: unknown; code?: unknown; cause?: unknown };
	return [message, code, wordsOf(cause, depth + 1)].filter(Boolean).join(" ");
}

/**
 * The code of an answer that is no success. `fetch` at the edge doesn't throw for a server that can't be reached: Cloudflare
 * answers itself, with 52x or 530 and nothing but "error code: 1016" in the body. It says the same for an origin behind a
 * receiver's own Cloudflare zone, and in both cases the receiver's server wasn't reached. Any other body is the receiver's.
 */
export function failureOfAnswer(status: number, headers: Headers, body: string): Failure {
	const [, code] = /^error code: (\d{3,4})\s*$/.exec(body) ?? [];
	const fromEdge =
		code !== undefined &&
		headers.get("server")?.toLowerCase() === "cloudflare" &&
		(status === 530 ? code.length === 4 : code === String(status));
	return (fromEdge && EDGE[code]) || "http_status";
}
