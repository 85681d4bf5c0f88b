// The headers of answers that the API describes. documentation/components.ts says what they are.

const HEADER_NAMES = [
	"X-Request-Id",
	"RateLimit-Limit",
	"RateLimit-Remaining",
	"RateLimit-Reset",
	"RateLimit-Policy",
	"RateLimit",
	"ETag",
	"Location",
	"Link",
	"Idempotency-Replayed",
	"Retry-After",
	"WWW-Authenticate",
	"Allow",
	"Access-Control-Allow-Origin",
] as const;

export type HeaderName = (typeof HEADER_NAMES)[number];

/** The names of all headers that scripts in browsers may read. */
export const exposedHeaders: readonly string[] = HEADER_NAMES.filter(
	(name) => !name.startsWith("Access-Control-"),
);
