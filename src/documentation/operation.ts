// The OpenAPI operation of an endpoint, derived from its definition: parameters, headers, bodies, and all errors it can answer,
// from the same data that the code uses.

import { createRoute, type RouteConfig, z } from "@hono/zod-openapi";
import { type ErrorCode, errorCatalogue, errorCodes } from "../errors.ts";
import { type EndpointDefinition, schemaOf } from "../http/definition.ts";
import { exampleId } from "../http/fields.ts";
import { COMMON_HEADERS } from "../http/header-names.ts";
import { errorRef, errorResponse, headerRefs, parameterRef } from "./components.ts";

/** The errors that an endpoint can answer: the common ones, and those that depend on its definition. */
function errorsOf(definition: EndpointDefinition<z.ZodType, z.ZodType>): ErrorCode[] {
	const { method, ids, body, conditional, conflict } = definition;
	const writes = method === "post" || method === "patch";
	const found = new Set<ErrorCode>([
		// Every operation refuses unknown parameters.
		"BAD_REQUEST",
		"UNAUTHORIZED",
		"FORBIDDEN",
		"TOO_MANY_REQUESTS",
		"INTERNAL_ERROR",
		"SERVICE_UNAVAILABLE",
	]);
	if (ids) found.add("NOT_FOUND");
	// A POST without a body schema still reads the body, to refuse it.
	if (body || method === "post") found.add("PAYLOAD_TOO_LARGE").add("UNSUPPORTED_MEDIA_TYPE");
	if (writes || conflict) found.add("CONFLICT");
	if (writes) found.add("UNPROCESSABLE");
	if (conditional) found.add("PRECONDITION_FAILED");
	return errorCodes.filter((code) => found.has(code));
}

/** The operation for the OpenAPI document. */
export function toRouteConfig<Q extends z.ZodType, B extends z.ZodType>(
	definition: EndpointDefinition<Q, B>,
): RouteConfig {
	const { method, path, ids = {}, answers, conflict } = definition;
	const query = definition.query && schemaOf(definition.query);
	const body = definition.body && schemaOf(definition.body);
	const writes = method === "post" || method === "patch";
	const successes = Object.entries(answers).map(([status, { description, schema, headers: own = [] }]) => [
		status,
		{
			description,
			headers: headerRefs([...COMMON_HEADERS, ...own, ...(writes ? ["Idempotency-Replayed"] : [])]),
			...(schema ? { content: { "application/json": { schema: schemaOf(schema) } } } : {}),
		},
	]);
	const failures = errorsOf(definition).map((code) => [
		errorCatalogue[code].status,
		conflict && code === "CONFLICT" ? errorResponse(code, { message: conflict }) : errorRef(code),
	]);
	const parameters = [
		...Object.entries(ids).map(([name, { prefix, noun }]) => ({
			name,
			in: "path" as const,
			required: true,
			description: `The id of the ${noun}.`,
			schema: { type: "string" as const, pattern: `^${prefix}_[0-9a-z]{26}$`, maxLength: prefix.length + 27 },
			example: exampleId(prefix),
		})),
		...(writes ? [parameterRef("IdempotencyKey")] : []),
		...(definition.conditional ? [parameterRef("IfMatch")] : []),
		...(304 in answers ? [parameterRef("IfNoneMatch")] : []),
	];
	return createRoute({
		method,
		path,
		operationId: definition.operationId,
		tags: [definition.tag],
		summary: definition.summary,
		description: `${definition.description}\n\nScope: ${[definition.scope, ...(definition.extraScopes ?? [])].map((scope) => `\`${scope}\``).join(" and ")}${definition.conditionalScopes ? `; ${definition.conditionalScopes}` : ""}.`,
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
