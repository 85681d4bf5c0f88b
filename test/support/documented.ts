// Validates every answer in the tests against the published document: its status must be declared and its body must match.
import { exports } from "cloudflare:workers";
import { type Json, ORIGIN, type Reply } from "./api.ts";
import { problemsOf, resolve } from "./json-schema.ts";

interface Described {
	readonly method: string;
	readonly path: RegExp;
	readonly responses: Json;
}

interface Published {
	readonly document: Json;
	readonly operations: readonly Described[];
}

let published: Promise<Published> | undefined;

/**
 * Throws if an answer doesn't match the document. `method` and `path` are the request's, below `/api/v1`. A request with
 * an unknown path or method must be answered with an error in the common form.
 */
export async function expectDocumented(reply: Reply, method: string, path: string): Promise<void> {
	published ??= publish();
	const { document, operations } = await published;
	// The document doesn't describe itself.
	if (method === "GET" && path === "/openapi.json" && reply.status === 200) return;
	const [pathname = ""] = path.split("?");
	const operation = operations.find((one) => one.method === method && one.path.test(pathname));
	const problems = operation
		? mismatches(document, operation.responses[reply.status], reply)
		: method === "HEAD"
			? []
			: problemsOf(document, { $ref: "#/components/schemas/Error" }, reply.body);
	if (problems.length > 0)
		throw new Error(
			`${method} ${path} → ${reply.status} is not what the document says:\n${problems.join("\n")}`,
		);
}

function mismatches(document: Json, declared: Json, reply: Reply): string[] {
	if (!declared) return ["the status is not declared"];
	const response = declared.$ref ? (resolve(document, declared.$ref) as Json) : declared;
	// After an internal failure the remaining limit may be unknown.
	const always =
		reply.status < 500
			? /^(?:ETag|Location|Retry-After|X-Request-Id|RateLimit.*|Access-.*)$/
			: /^(?:Retry-After|X-|Access-)/;
	const missing = Object.keys(response.headers ?? {})
		.filter((name) => always.test(name) && !reply.headers.has(name))
		.map((name) => `the header ${name} is missing`);
	const schema = response.content?.["application/json"]?.schema;
	if (!schema) return reply.text === "" ? missing : [...missing, "there should be no body"];
	const body = bare(reply);
	return [...missing, ...problemsOf(document, schema, body), ...undeclared(document, schema, body)];
}

/** Members that the schema doesn't name: an answer must not contain undocumented fields. */
function undeclared(document: Json, schema: Json, value: Json, at = "$"): string[] {
	if (Array.isArray(value)) {
		const items = parts(document, schema).flatMap((part) => part.items ?? []);
		return items.length === 0
			? []
			: value.flatMap((item, index) => undeclared(document, { anyOf: items }, item, `${at}.${index}`));
	}
	if (typeof value !== "object" || value === null) return [];
	const objects = parts(document, schema);
	if (objects.some((part) => part.additionalProperties) || !objects.some((part) => part.properties))
		return [];
	return Object.entries<Json>(value).flatMap(([name, member]) => {
		const named = objects.flatMap((part) => [
			...[part.properties?.[name] ?? []].flat(),
			...Object.entries<Json>(part.patternProperties ?? {}).flatMap(([pattern, one]) =>
				new RegExp(pattern, "u").test(name) ? [one] : [],
			),
		]);
		return named.length === 0
			? [`${at}: ${name} is not described`]
			: undeclared(document, { anyOf: named }, member, `${at}.${name}`);
	});
}

/** A schema and all its parts. */
function parts(document: Json, schema: Json): Json[] {
	const inner = [...(schema.allOf ?? []), ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
	const referred = schema.$ref ? [resolve(document, schema.$ref)] : [];
	return [schema, ...[...inner, ...referred].flatMap((part) => parts(document, part))];
}

/** The content of an envelope in its bare form. */
function bare({ status, body }: Reply): Json {
	if (status >= 400 || !body?.meta?.requestId || !("data" in body)) return body;
	const { nextCursor, hasMore } = body.meta;
	return hasMore === undefined ? body.data : { items: body.data, nextCursor, hasMore };
}

async function publish(): Promise<Published> {
	const response = await exports.default.fetch(`${ORIGIN}/openapi.json`);
	const document = await response.json<Json>();
	const paths = Object.entries<Json>(document.paths)
		// Fixed paths before paths with parameters in the same place.
		.sort(([a], [b]) => a.split("{").length - b.split("{").length);
	const operations = paths.flatMap(([path, item]) =>
		Object.entries<Json>(item).map(([method, { responses }]) => ({
			method: method.toUpperCase(),
			path: new RegExp(`^${path.replaceAll(/\{\w+\}/g, "[^/]+")}$`),
			responses,
		})),
	);
	return { document, operations };
}
