// The browser's side of a dashboard session.
import { exports } from "cloudflare:workers";
import { expect } from "vitest";
import { type Api, ORIGIN, type Reply, read, type Target } from "../support/api.ts";

export const OWN_ORIGIN = { "x-requested-with": "dashboard" };
export const COOKIE = "__Host-leadwire-session";
export const SESSION = "/dashboard/session";

const worker: Target = (request) => exports.default.fetch(request);

export const fetchFrom = (path: string, init: RequestInit = {}, origin = ORIGIN, target = worker) =>
	target(new Request(`${origin}${path}`, init));

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
	constructor(
		readonly cookie: string,
		readonly target?: Target,
	) {}

	async send(method: string, path: string, body?: unknown, headers: Record<string, string> = OWN_ORIGIN) {
		const init = {
			method,
			headers: {
				cookie: this.cookie,
				...(body === undefined ? {} : { "content-type": "application/json" }),
				...headers,
			},
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		};
		const address = path.startsWith("/dashboard") ? path : `/api/v1${path}`;
		const response = await fetchFrom(address, init, ORIGIN, this.target);
		return path.startsWith("/dashboard") || !("x-requested-with" in headers)
			? read(response)
			: read(response, method, path);
	}

	get(path: string, headers?: Record<string, string>) {
		return this.send("GET", path, undefined, headers);
	}
}

/** A browser that is signed in with a caller's key, and has the caller's target. */
export async function browserOf({ key, target }: Api): Promise<Browser> {
	const reply = await signIn(key);
	expect(reply.status, reply.text).toBe(201);
	return new Browser(cookieOf(reply), target);
}
