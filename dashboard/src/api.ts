// The way to the public API, in the types of its published document. The session's cookie goes along by itself.
import createClient from "openapi-fetch";
import type { components, paths } from "../../sdk/src/generated/schema.ts";

export type Schemas = components["schemas"];

/** One field at fault, as the API names it. */
export type FieldError = NonNullable<Schemas["Error"]["errors"]>[number];

/** A refusal in the API's own words. */
export class ApiError extends Error {
	override readonly name = "ApiError";
	readonly status: number;
	readonly requestId: string | null;
	readonly errors: readonly FieldError[];

	constructor(status: number, body: Partial<Schemas["Error"]>) {
		super(body.message ?? `The server answered ${status}.`);
		this.status = status;
		this.requestId = body.requestId ?? null;
		this.errors = body.errors ?? [];
	}
}

/** How much of the session's allowance is left, as the last answer told. */
export interface Allowance {
	readonly limit: number;
	readonly remaining: number;
	readonly resetSeconds: number;
}

/** Tells the page of every answer's allowance. */
export const allowance = new (class extends EventTarget {
	latest: Allowance | null = null;

	note({ headers }: Response): void {
		const limit = Number(headers.get("ratelimit-limit"));
		if (limit === 0) return;
		const [remaining, resetSeconds] = ["remaining", "reset"].map((name) =>
			Number(headers.get(`ratelimit-${name}`)),
		);
		this.latest = { limit, remaining: remaining ?? 0, resetSeconds: resetSeconds ?? 0 };
		this.dispatchEvent(new Event("change"));
	}
})();

/** What every request carries; only a page of this host can send it. */
const headers = { "X-Requested-With": "dashboard" };

export const api = createClient<paths>({ baseUrl: "/api/v1", headers, fetch: reach });

interface Outcome<T> {
	readonly data?: T;
	readonly error?: unknown;
	readonly response: Response;
}

/**
 * What a call to the API gives.
 * @throws ApiError with the API's words
 */
export async function ask<T>(call: Promise<Outcome<T>>): Promise<T> {
	const { data, error, response } = await call;
	if (!response.ok) throw new ApiError(response.status, (error ?? {}) as Partial<Schemas["Error"]>);
	return data as T;
}

let leaving = new AbortController();

/** Fetches, and tells in plain words when nobody answers. */
async function reach(request: Request): Promise<Response> {
	const { signal } = leaving;
	const response = await fetch(request, { signal }).catch((cause: unknown) => {
		if (signal.aborted) throw cause;
		throw new ApiError(0, { message: "The server can't be reached. Check your connection and try again." });
	});
	allowance.note(response);
	return response;
}

/** Whom the session is for. */
export interface Session {
	readonly organizationId: string;
	readonly keyId: string;
	readonly scopes: readonly string[];
}

async function session(method: "GET" | "POST" | "DELETE", body?: object): Promise<Session | null> {
	const response = await reach(
		new Request("/dashboard/session", {
			method,
			headers: { ...headers, ...(body ? { "Content-Type": "application/json" } : {}) },
			...(body ? { body: JSON.stringify(body) } : {}),
		}),
	);
	const answer = response.status === 204 ? null : await response.json();
	if (!response.ok) throw new ApiError(response.status, answer);
	return answer;
}

export const signIn = (apiKey: string) => session("POST", { apiKey });

/** Ends the session; what is still under way would only be refused. */
export function signOut(): Promise<Session | null> {
	leaving.abort();
	leaving = new AbortController();
	return session("DELETE");
}

/** The session there is, or null. */
export const currentSession = () =>
	session("GET").catch((error: unknown) => {
		if (error instanceof ApiError && error.status === 401) return null;
		throw error;
	});

/** An event of the public catalogue, `/api/v1/webhook-events`, which stands outside of the document. */
export type CataloguedEvent = Schemas["Topic"] & { readonly schema: object; readonly example: object };

export async function eventCatalogue(): Promise<readonly CataloguedEvent[]> {
	const response = await reach(new Request("/api/v1/webhook-events"));
	const answer = await response.json();
	if (!response.ok) throw new ApiError(response.status, answer);
	return answer.items;
}
