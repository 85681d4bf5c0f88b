// Conditional requests (RFC 9110 §13): If-Match for writes, If-None-Match for reads, over the version ETags.
import type { Condition } from "../resources/verbs.ts";
import { type Answer, etag, resource } from "./answer.ts";

/**
 * A tag names a version, whatever it went through on its way: the platform makes tags weak where it compresses, and other
 * proxies put the encoding behind the version.
 */
const TAG = /^(?:W\/)?"(\d+)(?:--?(?:gzip|deflate|br|zstd))?"$/;

/** Whether a header with tags names a version. */
function names(header: string, version: number): boolean {
	return header
		.split(",")
		.map((tag) => tag.trim())
		.some((tag) => tag === "*" || TAG.exec(tag)?.[1] === String(version));
}

/** What If-Match demands of a version, or null when it isn't there. */
export function ifMatch(request: Request): Condition | null {
	const header = request.headers.get("if-match");
	return header === null ? null : (version) => names(header, version);
}

/** The answer to a read: 304 when the caller already has this version. */
export function unlessKnown(request: Request, body: { readonly version: number }): Answer {
	const header = request.headers.get("if-none-match");
	if (header !== null && names(header, body.version))
		return { status: 304, headers: { ETag: etag(body.version) } };
	return resource(200, body);
}

/**
 * The same of what shows counters that move without a new version. Whoever asks by version is answered by version, but no
 * browser may do so of its own accord and go on showing the counters it has.
 */
export function unlessKnownUnstored(request: Request, body: { readonly version: number }): Answer {
	const answer = unlessKnown(request, body);
	return { ...answer, headers: { ...answer.headers, "Cache-Control": "no-store" } };
}
