// The floor Worker: the product's path and nothing else. A key that is remembered, a limiter, one D1 batch, a queue, signed
// deliveries that are logged. No validation, no ORM, no tenants, no retries.
import { DurableObject } from "cloudflare:workers";
import { Hono } from "hono";
import { draftLead, getLead, listLeads } from "../leads.ts";
import { type Delivery, deliver, insertDeliveries } from "./deliveries.ts";
import { sha256 } from "./digests.ts";

interface Env {
	readonly DB: D1Database;
	readonly LIMITER: DurableObjectNamespace<Limiter>;
	readonly DELIVERIES: Queue<Delivery>;
}

export class Limiter extends DurableObject<Env> {
	#admitted: number[] = [];

	check(): boolean {
		const now = Date.now();
		this.#admitted = this.#admitted.filter((instant) => instant > now - 60_000);
		return this.#admitted.length < 60 && this.#admitted.push(now) > 0;
	}
}

const known = new Map<string, { readonly organization: string; readonly until: number }>();

async function organizationOf(db: D1Database, key: string): Promise<string | null> {
	const remembered = known.get(key);
	if (remembered && remembered.until > Date.now()) return remembered.organization;
	const hash = await sha256(key);
	const select = db.prepare("SELECT organization FROM keys WHERE hash = ?");
	const organization = await select.bind(hash).first<string>("organization");
	if (organization !== null) known.set(key, { organization, until: Date.now() + 60_000 });
	return organization;
}

const app = new Hono<{ Bindings: Env; Variables: { organization: string } }>().basePath("/api/v1");

app.use(async (c, next) => {
	const key = c.req.header("x-api-key") ?? "";
	const organization = await organizationOf(c.env.DB, key);
	if (organization === null) return c.json({ code: "UNAUTHORIZED" }, 401);
	c.set("organization", organization);
	const admitted = c.env.LIMITER.getByName(key).check();
	await next();
	if (!(await admitted)) c.res = c.json({ code: "TOO_MANY_REQUESTS" }, 429);
});

app.get("/leads/:id", async (c) => {
	const row = await getLead(c.env.DB, c.req.param("id"));
	return row ? c.json(row) : c.notFound();
});

app.get("/leads", async (c) => c.json({ items: await listLeads(c.env.DB) }));

app.post("/leads", async (c) => {
	const { lead, statements } = await draftLead(c.env.DB, c.req);
	const [, , made] = await c.env.DB.batch<Delivery>([
		...statements,
		insertDeliveries(c.env.DB, lead.id, c.get("organization")),
	]);
	const wakeUps = made?.results.map((body) => ({ body })) ?? [];
	if (wakeUps.length > 0) c.executionCtx.waitUntil(c.env.DELIVERIES.sendBatch(wakeUps));
	return c.json(lead, 201);
});

app.post("/webhooks", async (c) => {
	const { url } = await c.req.json();
	const insert = c.env.DB.prepare("INSERT INTO webhooks VALUES (?, ?, ?, ?)");
	await insert.bind(crypto.randomUUID(), c.get("organization"), url, crypto.randomUUID()).run();
	return c.json({ url }, 201);
});

export default {
	fetch: app.fetch,
	queue: (batch, env) =>
		deliver(
			env.DB,
			batch.messages.map(({ body }) => body.id),
		),
} satisfies ExportedHandler<Env, Delivery>;
