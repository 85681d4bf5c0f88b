// Conditional requests (RFC 9110 §13): If-Match for writes, If-None-Match for reads, over the version ETags.
import type { Condition } from "../resources/verbs.ts";
import { etag } from "./answer.ts";

const tags = (header: string) => header.split(",").map((tag) => tag.trim());

/** What If-Match demands of a version, or null when it isn't there. Weak tags never match a write. */
export function ifMatch(request: Request): Condition | null {
	const header = request.headers.get("if-match");
	if (header === null) return null;
	const wanted = tags(header);
	return (version) => wanted.includes("*") || wanted.includes(etag(version));
}

/** Whether the caller already has this version. */
export function isKnown(request: Request, version: number): boolean {
	const header = request.headers.get("if-none-match");
	if (header === null) return false;
	return tags(header).some((tag) => tag === "*" || tag.replace(/^W\//, "") === etag(version));
}
