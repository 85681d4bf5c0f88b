// What the document says of an endpoint, derived from its definition: parameters, headers, bodies, and every error it
// can answer, all from the lists the code itself runs on.
import { createRoute, type RouteConfig, z } from "@hono/zod-openapi";
import { catalogue, type ErrorCode } from "../errors.ts";
import type { Definition } from "./endpoint.ts";

const codes = Object.keys(catalogue) as [ErrorCode, ...ErrorCode[]];

/** The one error shape. */
export const ErrorSchema = z
	.object({
		code: z.enum(codes).openapi({ description: "What kind of error it is." }),
		message: z.string().openapi({ description: "The first field at fault, in plain words." }),
		requestId: z.string().openapi({ description: "The `X-Request-Id` of the answer." }),
		errors: z
			.array(
				z.object({
					path: z.string().openapi({ description: "Where in the request, e.g. `lineItems.0.price`." }),
					message: z.string().openapi({ description: "What is wrong there." }),
				}),
			)
			.optional()
			.openapi({ description: "Every field at fault." }),
	})
	.openapi("Error");

const HEADERS = {
	"X-Request-Id": "Names this request in our logs; yours is echoed when it is a sane one.",
	"RateLimit-Limit": "Requests allowed in any 60 seconds.",
	"RateLimit-Remaining": "Requests left right now.",
	"RateLimit-Reset": "Seconds until the next slot comes back.",
	"RateLimit-Policy": 'The limit as a structured field: `"default";q=60;w=60`.',
	RateLimit: 'What is left of it: `"default";r=59;t=60`.',
	ETag: "The version in quotes, for `If-Match` and `If-None-Match`.",
	Location: "Where the new resource is.",
	Link: 'The next page, `rel="next"`.',
	"Idempotency-Replayed": "`true` when this answer was kept from an earlier request.",
	"Retry-After": "Seconds to wait before trying again.",
	Allow: "The methods this path takes.",
} as const;

export type HeaderName = keyof typeof HEADERS;

/** Names of every header that scripts in browsers may read. */
export const exposedHeaders: readonly string[] = Object.keys(HEADERS);

const ALWAYS: readonly HeaderName[] = [
	"X-Request-Id",
	"RateLimit-Limit",
	"RateLimit-Remaining",
	"RateLimit-Reset",
	"RateLimit-Policy",
	"RateLimit",
];

const COUNTED = new Set<string>(["RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "Retry-After"]);

const headers = (names: readonly string[]) =>
	Object.fromEntries(
		Object.entries(HEADERS)
			.filter(([name]) => names.includes(name))
			.map(([name, description]) => [
				name,
				{ description, schema: { type: COUNTED.has(name) ? ("integer" as const) : ("string" as const) } },
			]),
	);

/** The errors an endpoint can answer with: its own, and those that follow from what it takes. */
export function errorsOf(definition: Definition<z.ZodType, z.ZodType>): ErrorCode[] {
	const { method, ids, query, body, conditional, errors = [] } = definition;
	const writes = method === "post" || method === "patch";
	const found = new Set<ErrorCode>([
		"UNAUTHORIZED",
		"FORBIDDEN",
		"TOO_MANY_REQUESTS",
		"INTERNAL_ERROR",
		"SERVICE_UNAVAILABLE",
		...errors,
	]);
	if (query || body || writes) found.add("BAD_REQUEST");
	if (ids) found.add("NOT_FOUND");
	if (body) found.add("PAYLOAD_TOO_LARGE").add("UNSUPPORTED_MEDIA_TYPE");
	if (writes) found.add("CONFLICT").add("UNPROCESSABLE");
	if (conditional) found.add("PRECONDITION_FAILED");
	return codes.filter((code) => found.has(code));
}

const headerParameter = (name: string, description: string, example: string) => ({
	name,
	in: "header" as const,
	required: false,
	description,
	schema: { type: "string" as const },
	example,
});

/** The operation as the document shows it. */
export function documented<Q extends z.ZodType, B extends z.ZodType>(
	definition: Definition<Q, B>,
): RouteConfig {
	const { method, path, ids = {}, query, body, answers } = definition;
	const writes = method === "post" || method === "patch";
	const byStatus = Map.groupBy(errorsOf(definition), (code) => catalogue[code].status);
	const successes = Object.entries(answers).map(([status, { description, schema, headers: own = [] }]) => [
		status,
		{
			description,
			headers: headers([...ALWAYS, ...own, ...(writes ? ["Idempotency-Replayed"] : [])]),
			...(schema ? { content: { "application/json": { schema } } } : {}),
		},
	]);
	const failures = [...byStatus].map(([status, ofStatus]) => [
		status,
		{
			description: ofStatus.map((code) => `\`${code}\`: ${catalogue[code].title}`).join(" "),
			headers: headers([
				...(status === 401 ? ["X-Request-Id"] : ALWAYS),
				...(status === 429 || status === 503 ? ["Retry-After"] : []),
			]),
			content: {
				"application/json": {
					schema: ErrorSchema,
					example: {
						code: ofStatus[0],
						message: ofStatus[0] ? catalogue[ofStatus[0]].title : "",
						requestId: "req_01kaj2m5m8f7jt2n3v4w5x6y7z",
					},
				},
			},
		},
	]);
	const parameters = [
		...Object.entries(ids).map(([name, { prefix, noun }]) => ({
			name,
			in: "path" as const,
			required: true,
			description: `The id of the ${noun}.`,
			schema: { type: "string" as const, pattern: `^${prefix}_[0-9a-z]{26}$` },
			example: `${prefix}_01kaj2m5m8f7jt2n3v4w5x6y7z`,
		})),
		...(writes
			? [
					headerParameter(
						"Idempotency-Key",
						"Makes it safe to repeat this request: the first answer is kept for 24 hours.",
						"8f14e45f-ceea-467f-a8d2-6f1d7c9c2b11",
					),
				]
			: []),
		...(definition.conditional
			? [headerParameter("If-Match", "Only if the resource is still at this version (its ETag).", '"3"')]
			: []),
	];
	return createRoute({
		method,
		path,
		operationId: definition.operationId,
		tags: [definition.tag],
		summary: definition.summary,
		description: `${definition.description}\n\nScope: \`${definition.scope}\`.`,
		...(parameters.length > 0 ? { parameters } : {}),
		request: {
			...(query instanceof z.ZodObject ? { query } : {}),
			...(body
				? { body: { required: !definition.bodyOptional, content: { "application/json": { schema: body } } } }
				: {}),
		},
		responses: Object.fromEntries([...successes, ...failures]),
	});
}
