// The parts of the OpenAPI document that operations refer to by name: headers, error responses, parameters. Repeated in each
// operation, they would be four fifths of the document.

import { z } from "@hono/zod-openapi";
import {
	AppError,
	catchAppError,
	conflict,
	type ErrorCode,
	errorCatalogue,
	errorCodes,
	internalError,
	notFound,
	unauthorized,
	unavailable,
	wrongMethod,
} from "../errors.ts";
import { MAX_BODY_BYTES, tooLarge, wrongType } from "../http/body.ts";
import { email, exampleId } from "../http/fields.ts";
import type { HeaderName } from "../http/header-names.ts";
import { COMMON_HEADERS } from "../http/header-names.ts";
import { keyReused } from "../http/idempotency.ts";
import { parse } from "../http/validate.ts";
import { identities } from "../identities.ts";
import { refusal } from "../limiter/rate-limit.ts";
import { KEY_LIMIT } from "../limiter/window.ts";
import { staleVersion } from "../resources/condition.ts";
import { holderInWords, inUseMessage } from "../resources/holding.ts";
import { requireScope } from "../scopes.ts";

const text = (description: string, example: string, maxLength: number) => ({
	description,
	schema: { type: "string" as const, maxLength },
	example,
});

const count = (description: string, example: number, maximum: number) => ({
	description,
	schema: { type: "integer" as const, format: "int32", minimum: 0, maximum },
	example,
});

const HEADERS = {
	"X-Request-Id": text(
		"Identifies this request in our logs. Your own value is returned if it has 1 to 128 letters, digits and `_.:-`.",
		exampleId("req"),
		128,
	),
	"RateLimit-Limit": count("Requests allowed in any 60 seconds.", 60, 60),
	"RateLimit-Remaining": count("Requests left at the moment.", 59, 60),
	"RateLimit-Reset": count("Seconds until one more request is allowed.", 60, 60),
	"RateLimit-Policy": text("The limit as a structured field.", '"default";q=60;w=60', 100),
	RateLimit: text("What is left of the limit, and when more is allowed.", '"default";r=59;t=60', 100),
	ETag: text("The version in quotes, for `If-Match` and `If-None-Match`.", '"1"', 40),
	Location: text("Path of the new resource.", `/api/v1/leads/${exampleId("ld")}`, 200),
	Link: text(
		'URL of the next page, `rel="next"`; left out on the last one.',
		'<https://api.example.com/api/v1/leads?cursor=NQxMv2C9>; rel="next"',
		16_384,
	),
	"Idempotency-Replayed": text("`true` if this is the stored answer to an earlier request.", "true", 4),
	"Retry-After": count("Seconds to wait before trying again.", 12, 3_600),
	"WWW-Authenticate": text("How to send an API key, besides `x-api-key`.", 'Bearer realm="Leadwire"', 100),
	Allow: text("The methods this path takes.", "GET, HEAD, POST", 100),
	"Access-Control-Allow-Origin": text("`*`: scripts of any site may read the answer.", "*", 1),
} as const satisfies Record<HeaderName, object>;

/** References to headers, for a response. */
export const headerRefs = (names: readonly string[]) =>
	Object.fromEntries(
		Object.keys(HEADERS)
			.filter((name) => names.includes(name))
			.map((name) => [name, { $ref: `#/components/headers/${name}` }]),
	);

/** The error that a function throws or returns. */
function errorFrom(act: () => unknown): AppError {
	const result = catchAppError(act);
	if (result instanceof AppError) return result;
	throw new Error(`Not an error: ${result}`);
}

/** An error of each code, made by what answers it. */
const EXAMPLES: Readonly<Record<ErrorCode, AppError>> = {
	BAD_REQUEST: errorFrom(() => parse(z.object({ email: email() }), { email: "jane" })),
	UNAUTHORIZED: unauthorized(),
	FORBIDDEN: errorFrom(() => requireScope({ scopes: [] }, "leads:write")),
	NOT_FOUND: notFound(identities.leads.noun),
	METHOD_NOT_ALLOWED: wrongMethod(["GET", "HEAD", "POST"]),
	CONFLICT: conflict(
		inUseMessage(
			identities["lead-stages"].noun,
			holderInWords({ scopes: ["*"] }, { holder: "leads", field: "stageId", id: exampleId("ld") }),
		),
	),
	PRECONDITION_FAILED: staleVersion(),
	PAYLOAD_TOO_LARGE: tooLarge(MAX_BODY_BYTES),
	UNSUPPORTED_MEDIA_TYPE: wrongType(),
	UNPROCESSABLE: keyReused(),
	TOO_MANY_REQUESTS: errorFrom(() =>
		refusal(
			{ outcome: "limited", remaining: 0, resetMs: 12_000 },
			{ holder: "key", limiter: "", limit: KEY_LIMIT },
		),
	),
	INTERNAL_ERROR: internalError(),
	SERVICE_UNAVAILABLE: unavailable(),
};

/** The reference to an error response by its code. */
export const errorRef = (code: ErrorCode) => ({ $ref: `#/components/responses/${code}` });

/** The headers of a 401: without a key there is no limit. */
const WITHOUT_KEY: readonly HeaderName[] = [
	"Access-Control-Allow-Origin",
	"X-Request-Id",
	"WWW-Authenticate",
];

/** An error response, with the common example or one for a certain operation. */
export function errorResponse(
	code: ErrorCode,
	{ message, errors }: Pick<AppError, "message"> & Partial<Pick<AppError, "errors">> = EXAMPLES[code],
) {
	const { status, title } = errorCatalogue[code];
	const waits = status === 429 || status === 503 ? ["Retry-After"] : [];
	return {
		description: `\`${code}\`: ${title}`,
		headers: headerRefs([...(status === 401 ? WITHOUT_KEY : COMMON_HEADERS), ...waits]),
		content: {
			"application/json": {
				schema: { $ref: "#/components/schemas/Error" },
				example: { code, requestId: exampleId("req"), message, errors },
			},
		},
	};
}

// No examples here: the reference would send them when an operation is tried out, and a condition or a used key changes the
// response.
const header = (name: string, description: string) => ({
	name,
	in: "header" as const,
	required: false,
	description,
	schema: { type: "string" as const, maxLength: 255 },
});

const PARAMETERS = {
	IdempotencyKey: header(
		"Idempotency-Key",
		"Makes it safe to repeat this request: the first answer is stored for 24 hours and returned again. Use e.g. a new UUID for each operation.",
	),
	IfMatch: header(
		"If-Match",
		'Only if the resource is still at this version, e.g. `"3"` (its ETag); 412 otherwise.',
	),
	IfNoneMatch: header(
		"If-None-Match",
		'The version you have, e.g. `"3"` (its ETag): if it is still current, 304.',
	),
};

/** The reference to a shared parameter. */
export const parameterRef = (name: keyof typeof PARAMETERS) => ({ $ref: `#/components/parameters/${name}` });

/** The shared parts, for the OpenAPI document. */
export const sharedComponents = {
	headers: HEADERS,
	parameters: PARAMETERS,
	responses: Object.fromEntries(errorCodes.map((code) => [code, errorResponse(code)])),
};
