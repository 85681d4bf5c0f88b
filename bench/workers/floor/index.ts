// The floor Worker: the product's path and nothing else. A key that is remembered, a limiter, one D1 batch, a queue, signed
// deliveries that are logged. No validation, no ORM, no tenants, no retries.
import { DurableObject } from "cloudflare:workers";
import { Hono } from "hono";

interface Env {
	readonly DB: D1Database;
	readonly LIMITER: DurableObjectNamespace<Limiter>;
	readonly DELIVERIES: Queue<Delivery>;
}

interface Delivery {
	readonly id: string;
	readonly webhookId: string;
}

export class Limiter extends DurableObject<Env> {
	#admitted: number[] = [];

	check(): boolean {
		const now = Date.now();
		this.#admitted = this.#admitted.filter((instant) => instant > now - 60_000);
		return this.#admitted.length < 60 && this.#admitted.push(now) > 0;
	}
}

const encoder = new TextEncoder();
const hexOf = (bytes: ArrayBuffer) =>
	Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
const known = new Map<string, { readonly organization: string; readonly until: number }>();

async function organizationOf(db: D1Database, key: string): Promise<string | null> {
	const remembered = known.get(key);
	if (remembered && remembered.until > Date.now()) return remembered.organization;
	const hash = hexOf(await crypto.subtle.digest("SHA-256", encoder.encode(key)));
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
	const row = await c.env.DB.prepare("SELECT * FROM leads WHERE id = ?").bind(c.req.param("id")).first();
	return row ? c.json(row) : c.notFound();
});

app.get("/leads", async (c) => {
	const { results } = await c.env.DB.prepare("SELECT * FROM leads ORDER BY id DESC LIMIT 20").all();
	return c.json({ items: results });
});

app.post("/leads", async (c) => {
	const { name, email, company, score } = await c.req.json();
	const now = Date.now();
	const lead = {
		id: `ld_${now}_${crypto.randomUUID()}`,
		createdAt: now,
		updatedAt: now,
		name,
		email,
		company,
		score,
	};
	const insert = `INSERT INTO leads (${Object.keys(lead)}) VALUES (?, ?, ?, ?, ?, ?, ?)`;
	const [, , made] = await c.env.DB.batch<Delivery>([
		c.env.DB.prepare(insert).bind(...Object.values(lead)),
		c.env.DB.prepare("INSERT INTO events VALUES (?, 'lead.created', ?)").bind(lead.id, JSON.stringify(lead)),
		c.env.DB.prepare(
			"INSERT INTO deliveries SELECT ?, id, NULL FROM webhooks WHERE organization = ? RETURNING id, webhookId",
		).bind(lead.id, c.get("organization")),
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

interface Due extends Delivery {
	readonly url: string;
	readonly secret: string;
	readonly payload: string;
}

/** Signs and sends one delivery; returns the status of the answer. */
async function send({ id, url, secret, payload }: Due): Promise<number> {
	const algorithm = { name: "HMAC", hash: "SHA-256" };
	const key = await crypto.subtle.importKey("raw", encoder.encode(secret), algorithm, false, ["sign"]);
	const signature = hexOf(await crypto.subtle.sign("HMAC", key, encoder.encode(`${id}.${payload}`)));
	const headers = { "content-type": "application/json", "webhook-id": id, "webhook-signature": signature };
	const response = await fetch(url, { method: "POST", headers, body: payload });
	await response.body?.cancel();
	return response.status;
}

export default {
	fetch: app.fetch,
	async queue(batch, env) {
		const select = env.DB.prepare(`SELECT d.id, d.webhookId, w.url, w.secret, e.payload FROM deliveries d
			JOIN webhooks w ON w.id = d.webhookId JOIN events e ON e.id = d.id
			WHERE d.id IN (SELECT value FROM json_each(?))`);
		const ids = batch.messages.map(({ body }) => body.id);
		const { results } = await select.bind(JSON.stringify(ids)).all<Due>();
		const sent = await Promise.all(results.map(async (due) => ({ id: due.id, status: await send(due) })));
		const update = env.DB.prepare("UPDATE deliveries SET status = ? WHERE id = ?");
		await env.DB.batch(sent.map(({ id, status }) => update.bind(status, id)));
	},
} satisfies ExportedHandler<Env, Delivery>;
