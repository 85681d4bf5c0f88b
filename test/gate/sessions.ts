// The browser's side of a dashboard session.
import { exports } from "cloudflare:workers";
import { expect } from "vitest";
import { type Api, ORIGIN, type Reply, read } from "../support/api.ts";

export const OWN_ORIGIN = { "x-requested-with": "dashboard" };
export const COOKIE = "__Host-leadwire-session";
export const SESSION = "/dashboard/session";

export const fetchFrom = (path: string, init: RequestInit = {}, origin = ORIGIN) =>
	exports.default.fetch(new Request(`${origin}${path}`, init));

export const signIn = (apiKey: unknown, headers: Record<string, string> = OWN_ORIGIN, origin = ORIGIN) =>
	fetchFrom(
		SESSION,
		{
			method: "POST",
			headers: { "content-type": "application/json", ...headers },
			body: JSON.stringify({ apiKey }),
		},
		origin,
	).then(read);

/** The cookie of an answer in the form of a request's header. */
export const cookieOf = (reply: Reply) => reply.headers.get("set-cookie")?.split(";")[0] ?? "";

/** A browser with a session: sends the cookie and the dashboard's header. */
export class Browser {
	constructor(readonly cookie: string) {}

	async send(method: string, path: string, body?: unknown, headers: Record<string, string> = OWN_ORIGIN) {
		const response = await fetchFrom(path.startsWith("/dashboard") ? path : `/api/v1${path}`, {
			method,
			headers: {
				cookie: this.cookie,
				...(body === undefined ? {} : { "content-type": "application/json" }),
				...headers,
			},
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
		return path.startsWith("/dashboard") || !("x-requested-with" in headers)
			? read(response)
			: read(response, method, path);
	}

	get(path: string, headers?: Record<string, string>) {
		return this.send("GET", path, undefined, headers);
	}
}

export async function browserOf({ key }: Api): Promise<Browser> {
	const reply = await signIn(key);
	expect(reply.status, reply.text).toBe(201);
	return new Browser(cookieOf(reply));
}
