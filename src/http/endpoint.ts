// An endpoint: its description and its handler in one value that mounts itself. Endpoints are registered by statements, never
// chained, because chained types grow with every link.
import { z } from "@hono/zod-openapi";
import type { Hono } from "hono";
import type { Ctx } from "../context.ts";
import type { Bindings } from "../env.ts";
import { notFound } from "../errors.ts";
import { isId } from "../ids.ts";
import { endKey } from "../limiter/rate-limit.ts";
import type { VersionCondition } from "../resources/condition.ts";
import { requireScope } from "../scopes.ts";
import { type Answer, type AnsweredRequest, respond } from "./answer.ts";
import { type Body, MAX_BODY_BYTES, readBody, readOptionalBody } from "./body.ts";
import { ifMatch } from "./conditions.ts";
import {
	complete,
	type EndpointDefinition,
	type PathId,
	type ResourceEndpoint,
	schemaOf,
} from "./definition.ts";
import { claimKey, fingerprintOf, type KeptAnswer, releaseClaim } from "./idempotency.ts";
import { queryReader } from "./query-reader.ts";
import { parse } from "./validate.ts";

/** The parts of a request's URL, named as those of a `URL`. */
export type UrlParts = Readonly<Record<"protocol" | "hostname" | "host" | "origin" | "pathname", string>>;

export type AppEnv = {
	Bindings: Bindings;
	Variables: { ctx: Ctx; requestId: string; now: number; url: UrlParts };
};
export type App = Hono<AppEnv>;

export interface Input<Q extends z.ZodType, B extends z.ZodType> {
	readonly ctx: Ctx;
	/** The `{id}` of the path, empty where it has none; those of other names are in `ids`. */
	readonly id: string;
	readonly ids: Readonly<Record<string, string>>;
	/** What If-Match demands of the version that is changed. */
	readonly condition: VersionCondition | null;
	readonly query: z.output<Q>;
	readonly body: z.output<B>;
	readonly request: Request;
}

export interface Endpoint
	extends Pick<
		EndpointDefinition<z.ZodType, z.ZodType>,
		"scope" | "operationId" | "method" | "path" | "summary"
	> {
	readonly extraScopes: readonly string[];
	readonly ids: Readonly<Record<string, PathId>>;
	readonly conditional: boolean;
	/** The names of its query parameters. */
	parameters(): readonly string[];
	/** What the document says of it. */
	readonly definition: EndpointDefinition<z.ZodType, z.ZodType>;
	mount(app: App): void;
	/**
	 * Handles a request that the gate has admitted, with the values of the path's parameters by name.
	 * @throws AppError for a request that it refuses
	 */
	answer(ctx: Ctx, request: Request, parameters: Readonly<Record<string, string>>): Promise<Response>;
}

/** For endpoints without parameters or body: anything that is sent is refused. */
const NOTHING = z.strictObject({});

/** Makes an endpoint from its definition and handler. */
export function endpoint<Q extends z.ZodType = z.ZodUndefined, B extends z.ZodType = z.ZodUndefined>(
	given: ResourceEndpoint<Q, B> | EndpointDefinition<Q, B>,
	handle: (input: Input<Q, B>) => Promise<Answer>,
): Endpoint {
	const definition = complete(given);
	const {
		method,
		path,
		scope,
		extraScopes = [],
		message,
		operationId,
		summary,
		ids: kinds = {},
	} = definition;
	const queryIn = queryReader(definition.query ?? NOTHING);
	const bodyIn = bodyReader(definition);
	const answer: Endpoint["answer"] = async (gated, request, parameters) => {
		for (const needed of [scope, ...extraScopes]) requireScope(gated.caller, needed);
		const ids = pathIds(parameters, kinds);
		const query = queryIn(request.url) as z.output<Q>;
		const body = await bodyIn(request);
		const key = method === "get" || method === "delete" ? null : request.headers.get("idempotency-key");

		const run = async (ctx: Ctx): Promise<Response> => {
			const schema = definition.body ?? (body ? NOTHING : null);
			const parsed = (schema ? parse(schemaOf(schema), body ? body.value : {}) : {}) as z.output<B>;
			const { id = "" } = ids;
			const input = { ctx, id, ids, condition: ifMatch(request), query, body: parsed, request };
			return respondAfterEnding(ctx, await handle(input), message);
		};
		return key === null ? run(gated) : idempotently(gated, key, request, body?.text ?? "", message, run);
	};
	return {
		scope,
		extraScopes,
		operationId,
		method,
		path,
		summary,
		ids: kinds,
		conditional: definition.conditional ?? false,
		parameters() {
			const schema = definition.query && schemaOf(definition.query);
			return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
		},
		definition,
		answer,
		mount(app) {
			app.on(method, path.replaceAll(/\{(\w+)\}/g, ":$1"), (c) =>
				answer(c.get("ctx"), c.req.raw, c.req.param()),
			);
		},
	};
}

/** A function that reads the body of a request; null where there is none. */
function bodyReader({
	method,
	body,
	bodyOptional = false,
	bodyLimit = MAX_BODY_BYTES,
}: EndpointDefinition<z.ZodType, z.ZodType>): (request: Request) => Promise<Body | null> {
	if (body && !bodyOptional) return (request) => readBody(request, bodyLimit);
	// A POST that takes no body reads it all the same, to refuse it.
	if (method === "post") return (request) => readOptionalBody(request, bodyLimit);
	return async () => null;
}

/** Runs the handler under an Idempotency-Key, or returns the answer that was stored for it. */
async function idempotently(
	ctx: Ctx,
	key: string,
	request: Request,
	body: string,
	message: string,
	run: (ctx: Ctx) => Promise<Response>,
): Promise<Response> {
	// The claim writes too, and a request that the limiter refuses writes nothing.
	await ctx.requireAdmission();
	const { pathname, search } = new URL(request.url);
	const claimed = await claimKey(ctx, key, await fingerprintOf(request.method, pathname + search, body));
	if ("kept" in claimed) return replay(ctx, claimed.kept, message);
	try {
		return await run({ ...ctx, claim: claimed.claim });
	} catch (error) {
		await releaseClaim(ctx, claimed.claim);
		throw error;
	}
}

/** Makes the response; if the request ended a key, its limiter is informed first. */
async function respondAfterEnding(
	ctx: Ctx,
	answer: Answer,
	message: string,
	request: AnsweredRequest = ctx,
): Promise<Response> {
	if (answer.ends) await endKey(ctx.env, answer.ends.keyId, answer.ends.at);
	return respond(answer, ctx.caller, request, message);
}

async function replay(ctx: Ctx, kept: KeptAnswer, message: string): Promise<Response> {
	const response = await respondAfterEnding(ctx, kept.answer, message, kept.request);
	response.headers.set("Idempotency-Replayed", "true");
	return response;
}

function pathIds(parameters: Readonly<Record<string, string>>, kinds: Readonly<Record<string, PathId>>) {
	return Object.fromEntries(
		Object.entries(kinds).map(([name, { prefix, noun }]) => {
			const id = parameters[name] ?? "";
			if (!isId(prefix, id)) throw notFound(noun);
			return [name, id];
		}),
	);
}
