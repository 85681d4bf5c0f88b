import type { Context } from "hono";
import { batch } from "../db/client.ts";
import { sql } from "../db/sql.ts";
import { unavailable } from "../errors.ts";
import { admitAddress } from "../gate/address.ts";
import { keyFromHeaders } from "../gate/authenticate.ts";
import { hasSession } from "../gate/session.ts";
import type { App, AppEnv } from "../http/endpoint.ts";
import { logFault } from "../log.ts";
import { settingsOf } from "../settings.ts";
import { documentOf } from "./document.ts";
import { eventCatalogue } from "./event-catalogue.ts";
import { guidesOf } from "./guides.ts";
import { llmsText } from "./llms.ts";
import { llmsFullText } from "./llms-full.ts";
import { markdownPage } from "./markdown-pages.ts";
import { organizationDocument } from "./own-document.ts";
import { landing, reference } from "./pages.ts";
import { postmanCollection } from "./postman.ts";
import { searchEntries } from "./search-entries.ts";
import type { Document } from "./types.ts";

const BASE_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The viewer of the reference uses inline styles. Everything else only loads from this host. */
const REFERENCE_POLICY = `${BASE_POLICY}; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self' data:; font-src 'self' data:`;
const LANDING_POLICY = `${BASE_POLICY}; style-src 'self'; img-src 'self'`;

/** RFC 8631: links from a page to the description of the API. */
const LINKS =
	'</openapi.json>; rel="service-desc"; type="application/json", </docs>; rel="service-doc", </llms.txt>; rel="describedby"; type="text/plain"';

function page(c: Context<AppEnv>, body: ReturnType<typeof landing>, policy: string) {
	return c.html(body, 200, {
		"Content-Security-Policy": policy,
		"Referrer-Policy": "no-referrer",
		"X-Content-Type-Options": "nosniff",
		"Cache-Control": "public, max-age=0, must-revalidate",
		Link: LINKS,
	});
}

function text(c: Context<AppEnv>, body: string, type: string) {
	return c.body(body, 200, {
		"Content-Type": `${type}; charset=utf-8`,
		"X-Content-Type-Options": "nosniff",
		"Cache-Control": "public, max-age=60",
	});
}

/** Mounts the public pages of `api` on `app`, before the gate. Returns a function for the document. */
export function mountSite(app: App, api: App): () => Document {
	const document = documentOf(api);
	const json = textOf(document);
	const events = textOf(() => eventCatalogue(document()));
	const entries = textOf(() => searchEntries(document()));
	const origin = (c: Context<AppEnv>) => c.get("url").origin;

	// The same pages with a slash at the end.
	for (const page of ["/docs", "/openapi.json", "/llms.txt", "/llms-full.txt", "/postman.json", "/health"])
		app.get(`${page}/`, (c) => c.redirect(page, 308));
	app.get("/", (c) => page(c, landing(origin(c)), LANDING_POLICY));
	app.get("/docs", (c) => page(c, reference(), REFERENCE_POLICY));
	app.get("/openapi.json", (c) => text(c, json(), "application/json"));
	app.get("/api/v1/openapi.json", (c, next) => {
		const isKnown = Boolean(keyFromHeaders(c.req.raw.headers)) || hasSession(c.req.raw);
		return isKnown ? next() : text(c, json(), "application/json");
	});
	app.get("/api/v1/webhook-events", (c) => text(c, events(), "application/json"));
	for (const [path, write] of [
		["/llms.txt", llmsText],
		["/llms-full.txt", llmsFullText],
	] as const) {
		app.get(path, async (c) =>
			text(c, write(document(), await guidesOf(c.env, origin(c)), origin(c)), "text/plain"),
		);
	}
	for (const path of ["/docs/operations/:page", "/docs/events/:page"])
		app.get(path, (c, next) => {
			const body = markdownPage(document(), c.get("url").pathname);
			return body === null ? next() : text(c, body, "text/markdown");
		});
	app.get("/docs/search.json", (c) => text(c, entries(), "application/json"));
	app.get("/postman.json", (c) =>
		text(c, JSON.stringify(postmanCollection(document(), origin(c))), "application/json"),
	);
	app.get("/health", async (c) => {
		settingsOf(c.env);
		await admitAddress(c.env, c.req.raw.headers, "health");
		// Reads one of our tables, so that a database without migrations is not reported as healthy.
		await batch(c.env.DB, [sql`SELECT 1 FROM organizations LIMIT 1`]).catch((error) => {
			logFault("health", { requestId: c.get("requestId") }, error);
			throw unavailable();
		});
		return c.json({ status: "ok" }, 200, { "Cache-Control": "no-store" });
	});
	return document;
}

/** With a key, the document has the custom fields of the key's organization. Must be mounted after the gate. */
export function mountOrganizationDocument(api: App, document: () => Document): void {
	api.get("/openapi.json", async (c) => c.json(await organizationDocument(c.get("ctx"), document())));
}

/** A value as JSON text, computed once. */
function textOf(value: () => object): () => string {
	let text: string | undefined;
	return () => {
		text ??= JSON.stringify(value());
		return text;
	};
}
