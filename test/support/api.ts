// Calls the API through the Worker's own export, as a client would.
import { exports } from "cloudflare:workers";

export const ORIGIN = "https://api.leadwire.test";

// biome-ignore lint/suspicious/noExplicitAny: tests read answers field by field; their shape is checked against the document instead.
export type Json = any;

export interface Reply {
	readonly status: number;
	readonly headers: Headers;
	readonly body: Json;
	readonly text: string;
}

export class Api {
	constructor(
		readonly key: string,
		readonly organizationId: string,
		readonly keyId: string,
	) {}

	/** Sends one request below `/api/v1`. An object is sent as JSON, a string as it is. */
	async send(
		method: string,
		path: string,
		body?: unknown,
		headers: Record<string, string> = {},
	): Promise<Reply> {
		const response = await exports.default.fetch(`${ORIGIN}/api/v1${path}`, {
			method,
			headers: {
				"x-api-key": this.key,
				...(body === undefined ? {} : { "content-type": "application/json" }),
				...headers,
			},
			...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
		});
		return read(response);
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

/** A response, read to the end. */
export async function read(response: Response): Promise<Reply> {
	const text = await response.text();
	const isJson = response.headers.get("content-type")?.includes("json") === true;
	return {
		status: response.status,
		headers: response.headers,
		text,
		body: isJson && text ? JSON.parse(text) : null,
	};
}
