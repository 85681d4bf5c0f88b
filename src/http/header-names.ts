// The headers of answers that the API describes. documentation/components.ts says what they are.

/** Those of every answer to a valid key. */
export const COMMON_HEADERS = [
	"Access-Control-Allow-Origin",
	"X-Request-Id",
	"RateLimit-Limit",
	"RateLimit-Remaining",
	"RateLimit-Reset",
	"RateLimit-Policy",
	"RateLimit",
] as const;

const HEADER_NAMES = [
	...COMMON_HEADERS,
	"ETag",
	"Location",
	"Link",
	"Idempotency-Replayed",
	"Retry-After",
	"WWW-Authenticate",
	"Allow",
] as const;

export type HeaderName = (typeof HEADER_NAMES)[number];

/** The names of all headers that scripts in browsers may read. */
const exposedHeaders: readonly string[] = HEADER_NAMES.filter((name) => !name.startsWith("Access-Control-"));

/** What scripts of any site need to call the API and to read its answers. */
export const CORS_HEADERS = {
	"Access-Control-Allow-Origin": "*",
	"Access-Control-Expose-Headers": exposedHeaders.join(","),
} as const;
