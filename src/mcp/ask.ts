// Calls an operation of the API from a tool, in the same invocation and for a caller that the gate has admitted. The
// endpoint makes all checks; an error is translated to the arguments that the agent sent.
import type { Ctx } from "../context.ts";
import { AppError, badRequest, reworded } from "../errors.ts";
import { etag } from "../http/answer.ts";
import type { Endpoint } from "../http/endpoint.ts";
import type { JsonObject } from "../json.ts";
import { type Directory, toolCallFor } from "./directory.ts";

/** One request of an operation. */
export interface Call {
	/** The values of the path's parameters. */
	readonly ids?: Readonly<Record<string, string | undefined>>;
	/** Fields of the query or the body that are arguments of the same name. */
	readonly own?: JsonObject;
	/** Fields of the query or the body that came inside one argument: its name and its value. */
	readonly within?: readonly [name: string, values: JsonObject | undefined];
	readonly idempotencyKey?: string | undefined;
	/** The version that If-Match names. */
	readonly ifVersion?: number | undefined;
	/** Is told the status of a successful answer. */
	readonly onStatus?: (status: number) => void;
}

/**
 * Calls an operation and returns its answer.
 * @throws AppError the error of the API, naming the arguments at fault
 */
export type CallOperation = (endpoint: Endpoint, call: Call) => Promise<JsonObject>;

/** A function that calls endpoints for one caller. */
export function operationCaller(directory: Directory, ctx: Ctx): CallOperation {
	// Tools don't use the envelope, which is for clients written for another API.
	const toolCtx: Ctx = { ...ctx, caller: { ...ctx.caller, envelope: false } };
	return async (endpoint, call) => {
		const { request, parameters } = requestOf(endpoint, ctx.host, call);
		try {
			const response = await endpoint.answer(toolCtx, request, parameters);
			call.onStatus?.(response.status);
			return response.body === null ? {} : await response.json();
		} catch (error) {
			throw error instanceof AppError ? translateError(error, call, directory) : error;
		}
	};
}

/** The HTTP request of a call, as a program would send it. */
function requestOf({ method, path, ids: kinds, conditional }: Endpoint, host: string, call: Call) {
	const { ids = {}, own = {}, within: [name, values = {}] = [""], idempotencyKey, ifVersion } = call;
	const parameters: Record<string, string> = {};
	for (const parameter of Object.keys(kinds)) {
		const id = ids[parameter];
		if (id === undefined) throw badRequest(parameter, "Required.");
		parameters[parameter] = id;
	}
	for (const [argument, id] of Object.entries(ids))
		if (id !== undefined && !(argument in kinds))
			throw badRequest(argument, "Leave it out: this operation doesn't take it.");
	if (ifVersion !== undefined && !conditional)
		throw badRequest("ifVersion", "Leave it out: this operation changes no versioned record.");
	const given = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
	for (const field of Object.keys(values))
		if (Object.hasOwn(given, field))
			throw badRequest(`${name}.${field}`, `It is already given outside of ${name}.`);
	const input = { ...values, ...given };

	const filled = path.replaceAll(/\{(\w+)\}/g, (_, parameter: string) =>
		encodeURIComponent(parameters[parameter] ?? ""),
	);
	const url = new URL(`https://${host}/api/v1${filled}`);
	const headers = new Headers();
	if (idempotencyKey !== undefined) headers.set("idempotency-key", headerText(idempotencyKey));
	if (ifVersion !== undefined) headers.set("if-match", etag(ifVersion));
	if (method === "get") {
		for (const [field, value] of Object.entries(input)) {
			const values = [value].flat();
			// To leave it out would find all records instead of those without a value.
			if (values.length === 0 || values.includes(null))
				throw badRequest(`${name}.${field}`, "Expected a value. There is no filter for unset fields.");
			for (const one of values) url.searchParams.append(field, textOf(one));
		}
		return { request: new Request(url, { headers }), parameters };
	}
	if (method === "delete") return { request: new Request(url, { method: "DELETE", headers }), parameters };
	headers.set("content-type", "application/json");
	const body = JSON.stringify(withSortedKeys(input));
	return { request: new Request(url, { method: method.toUpperCase(), headers, body }), parameters };
}

/** A key that a header can't carry is replaced by one that the API refuses with a clear error. */
const headerText = (key: string) => (/^[\x20-\x7e]*$/.test(key) ? key : " ");

const textOf = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));

/** Sorts the keys of objects, since an agent that repeats a call may send its arguments in another order. */
function withSortedKeys(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(withSortedKeys);
	if (typeof value !== "object" || value === null) return value;
	return Object.fromEntries(
		Object.entries(value)
			.sort(([a], [b]) => (a < b ? -1 : 1))
			.map(([key, item]) => [key, withSortedKeys(item)]),
	);
}

const HEADERS: ReadonlyMap<string, string> = new Map([
	["Idempotency-Key", "idempotencyKey"],
	["If-Match", "ifVersion"],
]);

/** An error of the API in terms of the tool call: paths name arguments, headers become arguments, operations become tools. */
function translateError(error: AppError, { own = {}, within }: Call, { named }: Directory) {
	const pathOf = (path: string) => {
		const header = HEADERS.get(path);
		const [first = ""] = path.split(".");
		const isOwn = Object.hasOwn(own, first) && own[first] !== undefined;
		return header ?? (!within || isOwn ? path : [within[0], path].filter(Boolean).join("."));
	};
	const translate = (words: string) =>
		words
			.replaceAll(/Idempotency-Key|If-Match/g, (header) => HEADERS.get(header) ?? header)
			.replaceAll(/\b(?:GET|POST|PATCH|DELETE) \/[\w/{}-]*/g, (operation) => {
				const endpoint = named.get(operation);
				return (endpoint && toolCallFor(endpoint)) ?? operation;
			});
	return reworded(error, pathOf, translate);
}
