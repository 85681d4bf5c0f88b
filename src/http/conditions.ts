// Conditional requests (RFC 9110 §13): If-Match for writes, If-None-Match for reads, over the version ETags.
import type { Condition } from "../resources/verbs.ts";
import { type Answer, etag, shown } from "./answer.ts";

/**
 * A tag names a version, whatever it went through on its way: the platform makes tags weak where it compresses, and other
 * proxies put the encoding behind the version.
 */
const TAG = /^(?:W\/)?"(\d+)(\.[\w-]+?)?(?:--?(?:gzip|deflate|br|zstd))?"$/;

/** Whether one of a header's tags will do. */
function some(header: string, will: (version: string, variant: string) => boolean): boolean {
	return header
		.split(",")
		.map((tag) => tag.trim())
		.some((tag) => {
			const [, version = "", variant = ""] = TAG.exec(tag) ?? [];
			return tag === "*" || will(version, variant);
		});
}

/**
 * What If-Match demands of a version, or null when it isn't there. Any variant of the version will do: what it shows
 * otherwise is not the row's own, so a write can't undo it.
 */
export function ifMatch(request: Request): Condition | null {
	const header = request.headers.get("if-match");
	return header === null ? null : (version) => some(header, (named) => named === String(version));
}

/** The answer to a read: 304 when the caller already has this version, and this variant of it. */
export function unlessKnown(
	request: Request,
	body: { readonly version: number },
	variant: string | null = null,
): Answer {
	const header = request.headers.get("if-none-match");
	const tag = etag(body.version, variant);
	if (header !== null && some(header, (version, rest) => `"${version}${rest}"` === tag))
		return { status: 304, headers: { ETag: tag } };
	return shown(200, body, undefined, tag);
}

/**
 * The same of what shows counters that move without a new version. Whoever asks by version is answered by version, but no
 * browser may do so of its own accord and go on showing the counters it has.
 */
export function unlessKnownUnstored(request: Request, body: { readonly version: number }): Answer {
	const answer = unlessKnown(request, body);
	return { ...answer, headers: { ...answer.headers, "Cache-Control": "no-store" } };
}
