import type { Context } from "hono";
import { batch } from "../db/client.ts";
import { sql } from "../db/sql.ts";
import { unavailable } from "../errors.ts";
import { admitAddress } from "../gate/address.ts";
import { keyFromHeaders } from "../gate/authenticate.ts";
import { hasSession } from "../gate/session.ts";
import { hasTag } from "../http/conditions.ts";
import type { App, AppEnv } from "../http/endpoint.ts";
import { logFault } from "../log.ts";
import { settingsOf } from "../settings.ts";
import { forEachShard, shardsOf } from "../shards.ts";
import { inTime } from "../time.ts";
import { organizationDocument } from "./own-document.ts";
import { HOST, PUBLISHED, published } from "./published.ts";

const BASE_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The viewer of the reference uses inline styles. Everything else only loads from this host. */
const REFERENCE_POLICY = `${BASE_POLICY}; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self' data:; font-src 'self' data:`;
const LANDING_POLICY = `${BASE_POLICY}; style-src 'self'; img-src 'self'`;

/** RFC 8631: links from a page to the description of the API. */
const LINKS =
	'</openapi.json>; rel="service-desc"; type="application/json", </docs>; rel="service-doc", </llms.txt>; rel="describedby"; type="text/plain"';

const page = (policy: string) => ({
	"Content-Type": "text/html; charset=utf-8",
	"Content-Security-Policy": policy,
	"Referrer-Policy": "no-referrer",
	"X-Content-Type-Options": "nosniff",
	"Cache-Control": "public, max-age=0, must-revalidate",
	Link: LINKS,
});

const plain = (type: "application/json" | "text/plain") => ({
	"Content-Type": `${type}; charset=utf-8`,
	"X-Content-Type-Options": "nosniff",
	"Cache-Control": "public, max-age=60",
});

/** How long a database may take for `/health`: one that is down may also say nothing, and a monitor waits for an answer. */
const HEALTH_LIMIT_MS = 5_000;

/** What is answered at which path, with which headers. */
const PAGES = [
	["/", PUBLISHED.landing, page(LANDING_POLICY)],
	["/docs", PUBLISHED.reference, page(REFERENCE_POLICY)],
	["/openapi.json", PUBLISHED.document, plain("application/json")],
	["/api/v1/webhook-events", PUBLISHED.events, plain("application/json")],
	["/docs/search.json", PUBLISHED.search, plain("application/json")],
	["/postman.json", PUBLISHED.postman, plain("application/json")],
	["/llms.txt", PUBLISHED.llms, plain("text/plain")],
	["/llms-full.txt", PUBLISHED.llmsFull, plain("text/plain")],
] as const;

type Page = (typeof PAGES)[number];

async function answer(c: Context<AppEnv>, file: Page[1], headers: Page[2]): Promise<Response> {
	const { text, tag } = await published(c.env, file);
	const known = c.req.header("if-none-match");
	if (known !== undefined && hasTag(known, (one) => one === tag))
		return c.body(null, 304, { ETag: tag, "Cache-Control": headers["Cache-Control"] });
	const body = text.replaceAll(HOST, () => c.get("url").origin);
	// Of one address all readers get the same text, so the tag of the file is also that of what is made of it.
	return c.body(body, 200, { ...headers, ETag: tag });
}

/** Mounts the public pages, before the gate. */
export function mountSite(app: App): void {
	// The same pages with a slash at the end.
	for (const page of ["/docs", "/openapi.json", "/llms.txt", "/llms-full.txt", "/postman.json", "/health"])
		app.get(`${page}/`, (c) => c.redirect(page, 308));
	for (const [path, file, headers] of PAGES) app.get(path, (c) => answer(c, file, headers));
	app.get("/api/v1/openapi.json", (c, next) => {
		const isKnown = Boolean(keyFromHeaders(c.req.raw.headers)) || hasSession(c.req.raw);
		return isKnown ? next() : answer(c, PUBLISHED.document, plain("application/json"));
	});
	app.get("/health", async (c) => {
		settingsOf(c.env);
		await admitAddress(c.env, c.req.raw.headers, "health");
		// Reads one of our tables, so that a database without migrations is not reported as healthy.
		const failures = await forEachShard(c.env, shardsOf(c.env), async ({ DB }) => {
			const read = batch(DB, [sql`SELECT 1 FROM organizations LIMIT 1`]);
			await inTime(HEALTH_LIMIT_MS, read, "The database did not answer in time.");
		});
		for (const { shard, error } of failures)
			logFault("health", { requestId: c.get("requestId"), shard }, error);
		if (failures.length > 0) throw unavailable();
		return c.json({ status: "ok" }, 200, { "Cache-Control": "no-store" });
	});
}

/** With a key, the document has the custom fields of the key's organization. Must be mounted after the gate. */
export function mountOrganizationDocument(api: App): void {
	api.get("/openapi.json", async (c) => c.json(await organizationDocument(c.get("ctx"))));
}
