// Conditional requests (RFC 9110 §13): If-Match for writes, If-None-Match for reads, over the version ETags.
import type { VersionCondition } from "../resources/condition.ts";
import { type Answer, etag, resourceAnswer } from "./answer.ts";

/**
 * An ETag of ours, also after changes by proxies: Cloudflare makes tags weak when it compresses, and other proxies append the
 * encoding to the version.
 */
const TAG = /^(?:W\/)?"(\d+)(\.[\w-]+?)?(?:--?(?:gzip|deflate|br|zstd))?"$/;

/** Whether one of a header's tags is `*` or matches. */
function hasTag(header: string, matches: (version: string, variant: string) => boolean): boolean {
	return header
		.split(",")
		.map((tag) => tag.trim())
		.some((tag) => {
			const [, version = "", variant = ""] = TAG.exec(tag) ?? [];
			return tag === "*" || matches(version, variant);
		});
}

/**
 * The condition of If-Match, or null without that header. Any variant of the version matches: variants differ only in values
 * that are derived from other rows, which a write doesn't change.
 */
export function ifMatch(request: Request): VersionCondition | null {
	const header = request.headers.get("if-match");
	return header === null ? null : (version) => hasTag(header, (named) => named === String(version));
}

/** The answer to a read: 304 if the caller already has this version and variant. */
export function answerUnlessCurrent(
	request: Request,
	body: { readonly version: number },
	variant: string | null = null,
): Answer {
	const header = request.headers.get("if-none-match");
	const tag = etag(body.version, variant);
	if (header !== null && hasTag(header, (version, rest) => `"${version}${rest}"` === tag))
		return { status: 304, headers: { ETag: tag } };
	return resourceAnswer(200, body, undefined, tag);
}

/**
 * The same for resources with counters that change without a new version. A caller's own If-None-Match is answered, but
 * browsers may not store the answer, because they would send that header by themselves and show old counters.
 */
export function answerUnlessCurrentUncached(request: Request, body: { readonly version: number }): Answer {
	const answer = answerUnlessCurrent(request, body);
	return { ...answer, headers: { ...answer.headers, "Cache-Control": "no-store" } };
}
