// Visitors of public forms, who have no key.
import { exports } from "cloudflare:workers";
import { type Json, ORIGIN, type Reply, read, type Target } from "./api.ts";

const worker: Target = (request) => exports.default.fetch(request);

/** What browsers ask for when they load a page or send a form of one. */
export const BROWSER = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };

export interface Visit {
	readonly headers?: Record<string, string>;
	readonly target?: Target;
	/** Default: GET of a page. */
	readonly method?: "GET" | "HEAD";
	/** What follows the form's address. */
	readonly suffix?: string;
}

const request = async (method: string, form: Json, body: BodyInit | null, visit: Visit): Promise<Reply> => {
	const { headers = {}, target = worker, suffix = "" } = visit;
	return read(
		await target(
			new Request(`${ORIGIN}/f/${form.id}${suffix}`, { method, headers, body, redirect: "manual" }),
		),
	);
};

/** Sends answers: bytes and text as they are, fields as browsers encode them, another object as JSON. */
export function send(
	form: Json,
	answers: object | URLSearchParams | FormData | Blob | string,
	visit: Visit = {},
): Promise<Reply> {
	const isBody = [URLSearchParams, FormData, Blob].some((type) => answers instanceof type);
	if (isBody || typeof answers === "string") return request("POST", form, answers as BodyInit, visit);
	const headers = { "content-type": "application/json", ...visit.headers };
	return request("POST", form, JSON.stringify(answers), { ...visit, headers });
}

/** Loads a page of a form. */
export const load = (form: Json, visit: Visit = {}): Promise<Reply> =>
	request(visit.method ?? "GET", form, null, { ...visit, headers: { ...BROWSER, ...visit.headers } });

/** The signed time in the page of a form. */
export const timeIn = (page: Reply): string => page.text.match(/name="_time" value="([^"]+)"/)?.[1] ?? "";
