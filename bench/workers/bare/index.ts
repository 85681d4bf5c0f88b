// The bare Worker: Hono, and one D1 call per request. No key, no limit, no validation, no webhook.
import { Hono } from "hono";
import { draftLead, getLead, listLeads } from "../leads.ts";

const app = new Hono<{ Bindings: { DB: D1Database } }>().basePath("/api/v1");

app.get("/leads/:id", async (c) => {
	const row = await getLead(c.env.DB, c.req.param("id"));
	return row ? c.json(row) : c.notFound();
});

app.get("/leads", async (c) => c.json({ items: await listLeads(c.env.DB) }));

app.post("/leads", async (c) => {
	const { lead, statements } = await draftLead(c.env.DB, c.req);
	await c.env.DB.batch(statements);
	return c.json(lead, 201);
});

export default app;
