// Calls the API through the Worker's own export, as a client would.
import { exports } from "cloudflare:workers";
import { expectDocumented } from "./documented.ts";

export const ORIGIN = "https://api.leadwire.test";

// biome-ignore lint/suspicious/noExplicitAny: tests read answers field by field; their shape is checked against the document instead.
export type Json = any;

export interface Reply {
	readonly status: number;
	readonly headers: Headers;
	readonly body: Json;
	readonly text: string;
}

/** Handles a request: the Worker with its bindings, unless a test replaces them. */
export type Target = (request: Request) => Promise<Response>;

export class Api {
	constructor(
		readonly key: string,
		readonly organizationId: string,
		readonly keyId: string,
		/** More keys of the same organization, used in turn when a test needs more than 60 requests. */
		readonly more: readonly string[] = [],
		readonly target: Target = (request) => exports.default.fetch(request),
		private readonly turns = { taken: 0 },
	) {}

	/** The same caller with another target. */
	via(target: Target): Api {
		return new Api(this.key, this.organizationId, this.keyId, this.more, target, this.turns);
	}

	/** Sends one request below `/api/v1`. An object is sent as JSON, a string as it is. */
	send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Reply> {
		return this.raw(method, path, {
			headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
			...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
		});
	}

	/** Sends one request with any body and headers. */
	async raw(
		method: string,
		path: string,
		init: { headers?: Record<string, string>; body?: BodyInit } = {},
	): Promise<Reply> {
		const keys = [this.key, ...this.more];
		const key = keys[this.turns.taken % keys.length] ?? this.key;
		this.turns.taken += 1;
		const request = new Request(`${ORIGIN}/api/v1${path}`, {
			method,
			...init,
			headers: { "x-api-key": key, ...init.headers },
		});
		return read(await this.target(request), method, path);
	}

	get(path: string, headers?: Record<string, string>) {
		return this.send("GET", path, undefined, headers);
	}
	post(path: string, body?: unknown, headers?: Record<string, string>) {
		return this.send("POST", path, body, headers);
	}
	patch(path: string, body: unknown, headers?: Record<string, string>) {
		return this.send("PATCH", path, body, headers);
	}
	delete(path: string, headers?: Record<string, string>) {
		return this.send("DELETE", path, undefined, headers);
	}
}

/**
 * Reads a response to its end. Every answer in a test passes here; with the request's method and path (below `/api/v1`) it
 * is validated against the published document.
 */
export async function read(response: Response, method?: string, path?: string): Promise<Reply> {
	const text = await response.text();
	const isJson = response.headers.get("content-type")?.includes("json") === true;
	const reply = {
		status: response.status,
		headers: response.headers,
		text,
		body: isJson && text ? JSON.parse(text) : null,
	};
	if (method !== undefined && path !== undefined) await expectDocumented(reply, method, path);
	return reply;
}
