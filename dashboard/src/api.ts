// Calls the public API, with the types of its OpenAPI document. The browser sends the session's cookie.
import createClient from "openapi-fetch";
import type { ApiDocument } from "../../sdk/src/cli/document.ts";
import type { components, paths } from "../../sdk/src/generated/schema.ts";
import { connection, UNREACHABLE } from "./connection.ts";

export type Schemas = components["schemas"];

/** A wrong field, as the API names it. */
export type FieldError = NonNullable<Schemas["Error"]["errors"]>[number];

/** A refusal with the API's message. */
export class ApiError extends Error {
	override readonly name = "ApiError";
	readonly status: number;
	readonly requestId: string | null;
	readonly errors: readonly FieldError[];
	/** How long the server asks to wait before the next try; null if it doesn't say. */
	readonly retryAfterMs: number | null;

	constructor(status: number, body: Partial<Schemas["Error"]>, headers = new Headers()) {
		super(body.message ?? `The server answered ${status}.`);
		this.status = status;
		this.requestId = body.requestId ?? null;
		this.errors = body.errors ?? [];
		const seconds = Number(headers.get("retry-after"));
		this.retryAfterMs = seconds > 0 ? seconds * 1_000 : null;
	}
}

/** A refusal because the session has ended: a dialog says it, and asks to sign in again. */
export class SessionEnded extends ApiError {}

export const api = createClient<paths>({ baseUrl: "/api/v1", fetch: (request) => reach(request) });

interface Outcome<T> {
	readonly data?: T;
	readonly error?: unknown;
	readonly response: Response;
}

/**
 * Returns the body of an API call.
 * @throws ApiError with the API's message
 */
export async function callApi<T>(call: Promise<Outcome<T>>): Promise<T> {
	const { data, error, response } = await call;
	if (!response.ok) throw refusal(response, error ?? {});
	return data as T;
}

type QueryValue = string | number | boolean;

/** The parameters of a request; a list is a parameter that is repeated. */
export type Query = Readonly<Record<string, QueryValue | readonly QueryValue[]>>;

/** A query as a URL has it. */
export const searchOf = (query: Query) =>
	new URLSearchParams(
		Object.entries(query).flatMap(([name, value]) => [value].flat().map((one) => [name, String(one)])),
	);

interface Parts {
	readonly query?: Query;
	readonly body?: object;
	/** The version that a write is for. */
	readonly version?: number;
	readonly idempotencyKey?: string;
}

/**
 * Calls a path whose types aren't known beforehand, because pages for all resources share it.
 * @throws ApiError with the API's message
 */
export async function callPath<T>(
	method: string,
	path: string,
	{ query = {}, body, version, idempotencyKey }: Parts = {},
): Promise<T> {
	const search = searchOf(query);
	const response = await reach(
		new Request(`/api/v1${path}${search.size > 0 ? `?${search}` : ""}`, {
			method,
			headers: {
				...(body ? { "Content-Type": "application/json" } : {}),
				...(version === undefined ? {} : { "If-Match": `"${version}"` }),
				...(idempotencyKey === undefined ? {} : { "Idempotency-Key": idempotencyKey }),
			},
			...(body ? { body: JSON.stringify(body) } : {}),
		}),
	);
	const answer = response.status === 204 ? null : await response.json();
	if (!response.ok) throw refusal(response, answer);
	return answer;
}

/** The API's document, which says what fields, filters and sorts there are. */
export const openApiDocument = <T>() => read<T>("/openapi.json");

let leaving = new AbortController();
/** Longer than the server takes to answer or to give up. */
const PATIENCE_MS = 30_000;
/** The server's message when the session ended; no further request is sent until someone signs in. */
let ended: SessionEnded | null = null;
/** The key of the page's session. Another tab may sign in with another key, and the browser has one cookie for both. */
let keyId: string | null = null;

/** Fetches; throws a plain message if there is no answer from the server, or requests are not allowed now. */
async function reach(request: Request, always = false): Promise<Response> {
	if (ended && !always) throw ended;
	const waitMs = connection.waitsUntil - Date.now();
	if (!always && request.method === "GET" && waitMs > 0)
		throw new ApiError(
			429,
			{ message: "This page has asked too often; wait a moment." },
			new Headers({ "Retry-After": String(waitMs / 1_000) }),
		);
	// Only a page of this host can send it.
	request.headers.set("X-Requested-With", "dashboard");
	if (keyId && !always) request.headers.set("X-Leadwire-Session-Key", keyId);
	const { signal } = leaving;
	const limited = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
	const response = await fetch(request, { signal: limited }).catch((cause: unknown) => {
		if (signal.aborted) throw cause;
		connection.lost();
		throw new ApiError(0, { message: `${connection.trouble?.message ?? UNREACHABLE} Try again later.` });
	});
	connection.answered(response);
	if (response.status !== 204 && !isJson(response)) {
		if (!response.ok) throw refusal(response, {});
		throw new ApiError(BAD_GATEWAY, {
			message: "Something else than the server has answered. Try again later.",
		});
	}
	return response;
}

/** The server answers in JSON only. What stands before it has pages of its own, such as for a server that is down. */
const isJson = ({ headers }: Response) => headers.get("content-type")?.includes("json") ?? false;
const BAD_GATEWAY = 502;

let tell = (_: string) => {};

/** Sets what is told, once, that the session has ended, and why: here, because not every caller is a query or a change. */
export function onSessionEnd(told: (message: string) => void): void {
	tell = told;
}

/** The error for a refused call of the API. */
function refusal({ status, headers }: Response, body: Partial<Schemas["Error"]>): ApiError {
	if (status !== 401) return new ApiError(status, body, headers);
	const error = new SessionEnded(status, body, headers);
	if (!ended) {
		ended = error;
		tell(error.message);
	}
	return error;
}

/** The organization, key and scopes of the session. */
export interface Session {
	readonly organizationId: string;
	readonly keyId: string;
	readonly scopes: readonly string[];
}

async function session(method: "GET" | "POST" | "DELETE", body?: object): Promise<Session | null> {
	const response = await reach(
		new Request("/dashboard/session", {
			method,
			...(body ? { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) } : {}),
		}),
		true,
	);
	const answer = response.status === 204 ? null : await response.json();
	if (!response.ok) throw new ApiError(response.status, answer);
	ended = null;
	keyId = answer?.keyId ?? null;
	return answer;
}

export const signIn = (apiKey: string) => session("POST", { apiKey });

/** Ends the session and aborts running requests, which would be refused. */
export function signOut(): Promise<Session | null> {
	leaving.abort();
	leaving = new AbortController();
	return session("DELETE");
}

/** The current session, or null. */
export const currentSession = () =>
	session("GET").catch((error: unknown) => {
		if (error instanceof ApiError && error.status === 401) return null;
		throw error;
	});

/** An event of the public catalogue, `/api/v1/webhook-events`, which is not part of the document. */
export type CataloguedEvent = Schemas["Topic"] & { readonly schema: object; readonly example: object };

export async function eventCatalogue(): Promise<readonly CataloguedEvent[]> {
	return (await read<{ items: readonly CataloguedEvent[] }>("/api/v1/webhook-events")).items;
}

/** The OpenAPI document of the organization, with its custom fields. */
export const ownDocument = () => read<ApiDocument>("/api/v1/openapi.json");

/** Reads what is not part of the document, and the document itself. */
async function read<T>(path: string): Promise<T> {
	const response = await reach(new Request(path));
	const answer = await response.json();
	if (!response.ok) throw refusal(response, answer);
	return answer;
}
