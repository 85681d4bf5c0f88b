// The answer of an endpoint is plain data. Here it becomes a Response, wrapped in an envelope if the key has that setting.
import type { Caller } from "../context.ts";
import type { AppError } from "../errors.ts";
import { isJsonObject, type JsonObject } from "../json.ts";
import { CORS_HEADERS } from "./header-names.ts";

export interface Answer {
	readonly status: 200 | 201 | 202 | 204 | 304;
	readonly body?: unknown;
	readonly headers?: Readonly<Record<string, string>>;
	/** Whether the answer shows a key or a secret; then it is stored for replays encrypted. */
	readonly secret?: boolean;
	/** A key that the request ended, and from when (ms): its limiter is informed before each response, also a replayed one. */
	readonly ends?: { readonly keyId: string; readonly at: number };
}

/** The Cache-Control of answers to a key. */
export const PRIVATE = "private, no-cache";
/** The same of one with an ETag: a proxy that compresses it would make the tag weak. */
const PRIVATE_TAGGED = `${PRIVATE}, no-transform`;

/** What our answers have in common, made once: to copy it takes a fifth of the time of setting each header. */
const commonHeaders = (cacheControl: string) =>
	new Headers({
		"Content-Type": "application/json; charset=utf-8",
		"Cache-Control": cacheControl,
		...CORS_HEADERS,
	});
const UNTAGGED = commonHeaders(PRIVATE);
const TAGGED = commonHeaders(PRIVATE_TAGGED);

/** A response with a body of JSON, or none, and headers besides those that all have. */
function responseOf(status: number, json: string | null, headers: Readonly<Record<string, string>> = {}) {
	const response = new Response(json, { status, headers: "ETag" in headers ? TAGGED : UNTAGGED });
	if (json === null) response.headers.delete("Content-Type");
	setHeaders(response.headers, headers);
	return response;
}

/** A value that is JSON already. */
export class JsonText {
	readonly text: string;

	constructor(text: string) {
		this.text = text;
	}
}

/** A page of a list, in the shape of all lists. */
export interface PageBody {
	readonly items: readonly unknown[] | JsonText;
	readonly nextCursor: string | null;
	readonly hasMore: boolean;
}

/** The answer with one resource, and its version as ETag. */
export function resourceAnswer(
	status: 200 | 201,
	body: { readonly version: number },
	location?: string,
	tag = etag(body.version),
): Answer {
	return { status, body, headers: { ETag: tag, ...(location ? { Location: location } : {}) } };
}

/** The ETag of a version, with the variant if answers of one version can differ. */
export function etag(version: number, variant: string | null = null): string {
	return variant === null ? `"${version}"` : `"${version}.${variant}"`;
}

const isPage = (body: unknown): body is PageBody =>
	typeof body === "object" && body !== null && "items" in body && "hasMore" in body;

/** What an envelope says of the request. */
export interface AnsweredRequest {
	readonly requestId: string;
	/** Milliseconds since 1970. */
	readonly now: number;
}

/** The response to a successful request. `message` is the envelope's message. */
export function respond(answer: Answer, caller: Caller, request: AnsweredRequest, message: string) {
	const { status, headers } = answer;
	if (answer.body === undefined) return responseOf(status, null, headers);
	const body = caller.envelope ? enveloped(answer.body, request, message) : answer.body;
	return responseOf(status, jsonOf(body), headers);
}

/** A body as JSON. Of all values only the items of a page can be JSON already: its `items`, or the `data` of an envelope. */
function jsonOf(body: unknown): string {
	const members: JsonObject = isJsonObject(body) ? body : {};
	const { items, data } = members;
	if (!(items instanceof JsonText || data instanceof JsonText)) return JSON.stringify(body);
	const texts = Object.entries(members).map(
		([name, value]) =>
			`${JSON.stringify(name)}:${value instanceof JsonText ? value.text : JSON.stringify(value)}`,
	);
	return `{${texts.join()}}`;
}

function enveloped(body: unknown, { requestId, now }: AnsweredRequest, message: string): object {
	const meta = { timestamp: new Date(now).toISOString(), message, requestId };
	if (!isPage(body)) return { data: body, meta };
	const { items, ...page } = body;
	return { data: items, meta: { ...meta, ...page } };
}

/** Sets headers of an answer in place; Hono's `c.header` would copy the whole answer for each of them. */
export function setHeaders(headers: Headers, values: Readonly<Record<string, string>>): void {
	for (const [name, value] of Object.entries(values)) headers.set(name, value);
}

/** The body of an error, in the shape of all errors. */
export function errorBody(error: AppError, requestId: string): object {
	return {
		code: error.code,
		message: error.message,
		requestId,
		...(error.errors ? { errors: error.errors } : {}),
	};
}

/** The response to a failed request. */
export function respondError(error: AppError, requestId: string): Response {
	return responseOf(error.status, JSON.stringify(errorBody(error, requestId)), error.headers);
}
