// Conditional requests (RFC 9110 §13): If-Match for writes, If-None-Match for reads, over the version ETags.
import type { VersionCondition } from "../resources/condition.ts";
import { type Answer, etag, PRIVATE, resourceAnswer } from "./answer.ts";

/** A tag as we gave it: Cloudflare makes tags weak when it compresses, and other proxies append the encoding. */
const asGiven = (tag: string): string =>
	tag
		.trim()
		.replace(/^W\//, "")
		.replace(/--?(?:gzip|deflate|br|zstd)"$/, '"');

/** Whether one of a header's tags is `*` or matches. */
export const hasTag = (header: string, matches: (tag: string) => boolean): boolean =>
	header
		.split(",")
		.map(asGiven)
		.some((tag) => tag === "*" || matches(tag));

/** The version of a tag, which may name a variant, too. */
const versionIn = (tag: string): string | undefined => /^"(\d+)(?:\.[\w-]+)?"$/.exec(tag)?.[1];

/**
 * The condition of If-Match, or null without that header. Any variant of the version matches: variants differ only in values
 * that are derived from other rows, which a write doesn't change.
 */
export function ifMatch(request: Request): VersionCondition | null {
	const header = request.headers.get("if-match");
	return header === null ? null : (version) => hasTag(header, (tag) => versionIn(tag) === String(version));
}

/** The answer to a read: 304 if the caller already has this version and variant. */
export function answerUnlessCurrent(
	request: Request,
	body: { readonly version: number },
	variant: string | null = null,
): Answer {
	const header = request.headers.get("if-none-match");
	const tag = etag(body.version, variant);
	if (header !== null && hasTag(header, (known) => known === tag))
		return { status: 304, headers: { ETag: tag } };
	return resourceAnswer(200, body, undefined, tag);
}

/**
 * The same for resources with counters that change without a new version. A caller's own If-None-Match is answered, but
 * browsers may not store the answer, because they would send that header by themselves and show old counters.
 */
export function answerUnlessCurrentUncached(request: Request, body: { readonly version: number }): Answer {
	const answer = answerUnlessCurrent(request, body);
	return { ...answer, headers: { ...answer.headers, "Cache-Control": `${PRIVATE}, no-store, no-transform` } };
}
