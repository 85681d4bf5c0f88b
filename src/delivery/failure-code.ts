// Why an attempt failed, as a code. Runtimes report it only in error messages, and Cloudflare's edge in the body of an answer
// of its own. Both are matched only here, and only to choose the code.

/** Every code, as the log shows it. */
export const FAILURE_CODES = [
	"http_status",
	"timeout",
	"dns_failed",
	"tls_failed",
	"connection_refused",
	"connection_reset",
	"connection_failed",
	"blocked_target",
] as const;

export type FailureCode = (typeof FAILURE_CODES)[number];

/** In order: a reset within a TLS handshake is about TLS. */
const MESSAGE_PATTERNS: readonly (readonly [RegExp, FailureCode])[] = [
	[/\bdns\b|lookup address|name resolution|getaddrinfo|\bENOTFOUND\b|\bEAI_/i, "dns_failed"],
	[/\btls\b|\bssl\b|certificate|\bERR_(TLS|SSL)_|\bCERT_/i, "tls_failed"],
	[/connection refused|\bECONNREFUSED\b/i, "connection_refused"],
	[/connection reset|broken pipe|\bECONNRESET\b|\bEPIPE\b/i, "connection_reset"],
];

/** Cloudflare's error codes for an origin server: https://developers.cloudflare.com/support/troubleshooting/http-status-codes/ */
const EDGE_ERROR_CODES: Readonly<Record<string, FailureCode>> = {
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
 * The code for an error that `fetch` threw, other than a time-out. `connection_failed` where the message has no details, as in
 * workerd's "Network connection lost." and "internal error".
 */
export function failureCodeOfError(thrown: unknown): FailureCode {
	const words = messagesOf(thrown);
	return MESSAGE_PATTERNS.find(([pattern]) => pattern.test(words))?.[1] ?? "connection_failed";
}

/** The messages and codes of an error and of its causes. */
function messagesOf(thrown: unknown, depth = 0): string {
	if (typeof thrown !== "object" || thrown === null || depth > 3) return String(thrown ?? "");
	const { message, code, cause } = thrown as { message?: unknown; code?: unknown; cause?: unknown };
	return [message, code, messagesOf(cause, depth + 1)].filter(Boolean).join(" ");
}

/**
 * The code for an answer that is not a success. When the edge can't reach a server, `fetch` doesn't throw: Cloudflare itself
 * answers with 52x or 530 and the body "error code: 1016". It does the same for an origin behind the receiver's own Cloudflare
 * zone; in both cases the server wasn't reached. Any other body is the receiver's.
 */
export function failureCodeOfAnswer(status: number, headers: Headers, body: string): FailureCode {
	const [, code] = /^error code: (\d{3,4})\s*$/.exec(body) ?? [];
	const fromEdge =
		code !== undefined &&
		headers.get("server")?.toLowerCase() === "cloudflare" &&
		(status === 530 ? code.length === 4 : code === String(status));
	return (fromEdge && EDGE_ERROR_CODES[code]) || "http_status";
}
