// The dashboard's page, and its sessions, which are opened with an API key. Everything else goes through `/api/v1`. These
// endpoints are not public: docs/dashboard.md describes them, the OpenAPI document does not.
import { z } from "@hono/zod-openapi";
import type { Caller } from "../context.ts";
import { notFound } from "../errors.ts";
import { authenticate } from "../gate/authenticate.ts";
import { gate } from "../gate/gate.ts";
import {
	beginSession,
	forgetSession,
	hasSession,
	openSession,
	requireDashboardRequest,
} from "../gate/session.ts";
import { readBody } from "../http/body.ts";
import type { App } from "../http/endpoint.ts";
import { parse } from "../http/validate.ts";
import { admit, endSession, rateLimitHeaders, refusal } from "../limiter/rate-limit.ts";
import { envOf, FIRST_SHARD } from "../shards.ts";

const BODY_LIMIT = 1_024;
const PAGE = "/dashboard/";

const SignIn = z.strictObject({ apiKey: z.string().max(255) });

const callerBody = ({ organizationId, keyId, scopes }: Caller) => ({ organizationId, keyId, scopes });

/** Mounts the dashboard's page and its session endpoints. */
export function mountDashboard(app: App): void {
	app.post("/dashboard/session", async (c) => {
		const request = c.req.raw;
		requireDashboardRequest(request);
		const { apiKey } = parse(SignIn, (await readBody(request, BODY_LIMIT)).value);
		const now = c.get("now");
		const { known } = await authenticate(c.env, request.headers, apiKey.trim(), now);
		// Nothing of the organization is read here, so it does not matter where it is.
		const verdict = await admit(envOf(c.env, known.shard), known, c.get("requestId"), true);
		const refused = refusal(verdict, known.allowance);
		if (refused) throw refused;
		return c.json(callerBody(known), 201, {
			...rateLimitHeaders(verdict, known.allowance),
			"Set-Cookie": await beginSession(c.env, request, known, now),
			"Cache-Control": "no-store",
		});
	});

	// Asking without a session is not an error: the page only wants to know whether it is signed in.
	app.get("/dashboard/session", (c, next) => (hasSession(c.req.raw) ? next() : c.body(null, 204)));
	app.get("/dashboard/session", gate, (c) => c.json(callerBody(c.get("ctx").caller)));

	app.delete("/dashboard/session", async (c) => {
		requireDashboardRequest(c.req.raw);
		const session = await openSession(c.env, c.req.raw);
		if (session) {
			const env = envOf(c.env, session.shard ?? FIRST_SHARD);
			await endSession(env, session.keyId, session.id, session.expiresAt);
		}
		return c.body(null, 204, { "Set-Cookie": forgetSession(c.req.raw), "Cache-Control": "no-store" });
	});

	// Existing files are served without the Worker, so this is a path of the page itself.
	app.get("/dashboard/*", async (c) => {
		const { pathname, origin } = c.get("url");
		if (/\.\w+$/.test(pathname)) throw notFound("file");
		const page = await c.env.ASSETS.fetch(new Request(new URL(PAGE, origin)));
		// A copy, because the headers of a fetched answer can't be changed.
		return new Response(page.body, page);
	});
}
