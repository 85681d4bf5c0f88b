// The bare Worker: Hono, and one D1 call per request. No key, no limit, no validation, no webhook.
import { Hono } from "hono";

const app = new Hono<{ Bindings: { DB: D1Database } }>().basePath("/api/v1");

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
	await c.env.DB.batch([
		c.env.DB.prepare(insert).bind(...Object.values(lead)),
		c.env.DB.prepare("INSERT INTO events VALUES (?, 'lead.created', ?)").bind(lead.id, JSON.stringify(lead)),
	]);
	return c.json(lead, 201);
});

export default app;
