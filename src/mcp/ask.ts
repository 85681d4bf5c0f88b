// How a tool reaches the API: through its own endpoints, in the same invocation, for a caller whom the gate has let in.
// No rule or check is said a second time here. What is refused is told in the words of the arguments that an agent sent.
import type { Ctx } from "../context.ts";
import { AppError, badRequest, type FieldError } from "../errors.ts";
import { etag } from "../http/answer.ts";
import type { Endpoint } from "../http/endpoint.ts";
import { callOf, type Directory } from "./directory.ts";

/** What an agent sent. */
export type Arguments = Readonly<Record<string, unknown>>;

/** A JSON object as the API answers it. */
export type Shown = Readonly<Record<string, unknown>>;

/** One request of an operation. */
export interface Call {
	/** The values of the path's parameters. */
	readonly ids?: Readonly<Record<string, string | undefined>>;
	/** Members of the query or the body that are arguments of the same name. */
	readonly own?: Arguments;
	/** Members that came together in one argument: its name, and what was in it. */
	readonly within?: readonly [name: string, values: Arguments | undefined];
	readonly idempotencyKey?: string | undefined;
	/** The version that If-Match names. */
	readonly ifVersion?: number | undefined;
}

/**
 * Asks an operation.
 * @throws AppError what the API refuses, naming the arguments at fault
 */
export type Ask = (endpoint: Endpoint, call: Call) => Promise<Shown>;

/** A caller's way to the endpoints. */
export function askOf(directory: Directory, ctx: Ctx): Ask {
	// An envelope is for clients written against another API; a tool has its own.
	const bare: Ctx = { ...ctx, caller: { ...ctx.caller, envelope: false } };
	return async (endpoint, call) => {
		const { request, parameters } = requestOf(endpoint, ctx.host, call);
		try {
			const response = await endpoint.answer(bare, request, parameters);
			return response.body === null ? {} : await response.json();
		} catch (error) {
			throw error instanceof AppError ? inArguments(error, call, directory) : error;
		}
	};
}

/** The request that a program would have sent. */
function requestOf({ method, path, ids: kinds, conditional }: Endpoint, host: string, call: Call) {
	const { ids = {}, own = {}, within: [name, values = {}] = [""], idempotencyKey, ifVersion } = call;
	const parameters: Record<string, string> = {};
	for (const parameter of Object.keys(kinds)) {
		const id = ids[parameter];
		if (id === undefined) throw badRequest({ path: parameter, message: "Required." });
		parameters[parameter] = id;
	}
	for (const [argument, id] of Object.entries(ids))
		if (id !== undefined && !(argument in kinds))
			throw badRequest({ path: argument, message: "Leave it out: it has no meaning here." });
	if (ifVersion !== undefined && !conditional)
		throw badRequest({ path: "ifVersion", message: "Leave it out: no version is changed here." });
	const given = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
	for (const field of Object.keys(values))
		if (Object.hasOwn(given, field))
			throw badRequest({ path: `${name}.${field}`, message: `It stands beside ${name} already.` });
	const input = { ...values, ...given };

	const filled = path.replaceAll(/\{(\w+)\}/g, (_, parameter: string) =>
		encodeURIComponent(parameters[parameter] ?? ""),
	);
	const url = new URL(`https://${host}/api/v1${filled}`);
	const headers = new Headers();
	if (idempotencyKey !== undefined) headers.set("idempotency-key", visible(idempotencyKey));
	if (ifVersion !== undefined) headers.set("if-match", etag(ifVersion));
	if (method === "get") {
		for (const [field, value] of Object.entries(input))
			for (const one of [value].flat())
				if (one !== null && one !== undefined) url.searchParams.append(field, textOf(one));
		return { request: new Request(url, { headers }), parameters };
	}
	if (method === "delete") return { request: new Request(url, { method: "DELETE", headers }), parameters };
	headers.set("content-type", "application/json");
	const body = JSON.stringify(sorted(input));
	return { request: new Request(url, { method: method.toUpperCase(), headers, body }), parameters };
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

const HEADERS: ReadonlyMap<string, string> = new Map([
	["Idempotency-Key", "idempotencyKey"],
	["If-Match", "ifVersion"],
]);

/** An error of the API as one of the call that led to it: fields by the argument they came in, headers as arguments, operations as tools. */
function inArguments(error: AppError, { own = {}, within }: Call, { named }: Directory) {
	const pathOf = (path: string) => {
		const header = HEADERS.get(path);
		const [first = ""] = path.split(".");
		const isOwn = Object.hasOwn(own, first) && own[first] !== undefined;
		return header ?? (!within || isOwn ? path : [within[0], path].filter(Boolean).join("."));
	};
	const say = (words: string) =>
		words
			.replaceAll(/Idempotency-Key|If-Match/g, (header) => HEADERS.get(header) ?? header)
			.replaceAll(/\b(?:GET|POST|PATCH|DELETE) \/[\w/{}-]*/g, (operation) => {
				const endpoint = named.get(operation);
				return (endpoint && callOf(endpoint)) ?? operation;
			});
	const errors = error.errors?.map(
		({ path, message }): FieldError => ({ path: pathOf(path), message: say(message) }),
	);
	const [first] = error.errors ?? [];
	const begins = first?.path ? `${first.path}: ` : "";
	const message = error.message.startsWith(begins)
		? [errors?.[0]?.path && begins ? `${errors[0].path}: ` : "", error.message.slice(begins.length)].join("")
		: error.message;
	return new AppError(error.code, say(message), errors, error.headers);
}
