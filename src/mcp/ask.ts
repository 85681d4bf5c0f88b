// How a tool reaches the API: through its own endpoints, in the same invocation, for a caller whom the gate has let in.
// No rule, check or word is said a second time here.
import { z } from "@hono/zod-openapi";
import type { Ctx } from "../context.ts";
import { badRequest } from "../errors.ts";
import { etag } from "../http/answer.ts";
import type { Endpoint } from "../http/endpoint.ts";
import { parse } from "../http/validate.ts";

/** What an agent sent. */
export type Arguments = Readonly<Record<string, unknown>>;

/** A JSON object as the API answers it. */
export type Shown = Readonly<Record<string, unknown>>;

/** Asks the API's operation of this id. Its path's parameters, its query or its body are all named in one object. */
export type Ask = (operationId: string, input: Arguments) => Promise<Shown>;

/**
 * A caller's way to the endpoints.
 * @param endpoints by operationId
 */
export function askOf(endpoints: ReadonlyMap<string, Endpoint>, ctx: Ctx): Ask {
	// An envelope is for clients written against another API; a tool has its own.
	const bare: Ctx = { ...ctx, caller: { ...ctx.caller, envelope: false } };
	return async (operationId, input) => {
		const endpoint = endpoints.get(operationId);
		if (!endpoint) throw new Error(`There is no operation ${operationId}`);
		const { request, parameters } = requestOf(endpoint, ctx.host, input);
		const response = await endpoint.answer(bare, request, parameters);
		return response.body === null ? {} : await response.json();
	};
}

/** What a program sends in headers, an agent sends as arguments. */
const AsHeaders = z.object({ idempotencyKey: z.string().nullish(), ifVersion: z.int().nullish() });

/** The request that a program would have sent. */
function requestOf({ method, path }: Endpoint, host: string, input: Arguments) {
	const { idempotencyKey, ifVersion } = parse(AsHeaders, input);
	const rest: Record<string, unknown> = { ...input };
	// Where they mean nothing they stay, and are refused as unknown.
	if (method !== "get") delete rest.idempotencyKey;
	if (method === "patch") delete rest.ifVersion;
	const parameters: Record<string, string> = {};
	const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
		const value = rest[name];
		delete rest[name];
		if (typeof value !== "string") throw badRequest({ path: name, message: "Required." });
		parameters[name] = value;
		return encodeURIComponent(value);
	});
	const url = new URL(`https://${host}/api/v1${filled}`);
	const headers = new Headers();
	if (typeof idempotencyKey === "string") headers.set("idempotency-key", visible(idempotencyKey));
	if (typeof ifVersion === "number") headers.set("if-match", etag(ifVersion));
	if (method === "get") {
		for (const [name, value] of Object.entries(rest))
			for (const one of [value].flat())
				if (one !== null && one !== undefined) url.searchParams.append(name, textOf(one));
		return { request: new Request(url, { headers }), parameters };
	}
	headers.set("content-type", "application/json");
	return {
		request: new Request(url, { method: method.toUpperCase(), headers, body: JSON.stringify(sorted(rest)) }),
		parameters,
	};
}

/** What a header can't carry at all is sent as something that the API refuses in its own words. */
const visible = (key: string) => (/^[\x20-\x7e]*$/.test(key) ? key : " ");

const textOf = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));

/** With its keys in order: an agent that asks again may write the same arguments down in another one. */
function sorted(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(sorted);
	if (typeof value !== "object" || value === null) return value;
	return Object.fromEntries(
		Object.entries(value)
			.sort(([a], [b]) => (a < b ? -1 : 1))
			.map(([key, item]) => [key, sorted(item)]),
	);
}
