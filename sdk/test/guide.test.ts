// The programs of the guide on copies, run as printed: killed and run again while others write. In the end each copy must
// equal what the API shows.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { createClient, type LeadwireClient } from "leadwire";
import { readGuides } from "../../scripts/assets/pages.ts";
import { serve } from "./setup.ts";

const folder = mkdtempSync(join(tmpdir(), "leadwire-sync-"));
const server = await serve();
after(async () => {
	rmSync(folder, { recursive: true });
	await server.dispose();
});

const guide = readGuides().find(({ slug }) => slug === "sync");
for (const [, file = "", text = ""] of guide?.markdown.matchAll(/^```js (\S+)\n(.*?)^```$/gms) ?? [])
	writeFileSync(join(folder, file), text);

/** Runs a program of the guide, to its end or killed after a time. */
async function run(program: string, key: string, killedAfterMs?: number): Promise<void> {
	const environment = { PATH: process.env.PATH, LEADWIRE_URL: server.url, LEADWIRE_API_KEY: key };
	const child = spawn(process.execPath, [program], {
		cwd: folder,
		env: environment,
		stdio: ["ignore", "ignore", "pipe"],
	});
	let errors = "";
	child.stderr.setEncoding("utf8").on("data", (chunk: string) => (errors += chunk));
	if (killedAfterMs !== undefined) void sleep(killedAfterMs).then(() => child.kill("SIGKILL"));
	const [code] = await once(child, "exit");
	if (killedAfterMs === undefined) assert.equal(code, 0, errors);
}

const kept = (file: string) => JSON.parse(readFileSync(join(folder, file), "utf8"));

async function keys() {
	const { key: writer, organizationId } = await server.newKey();
	const { key: reader } = await server.newKey(organizationId);
	return { reader, client: createClient({ apiKey: writer, baseUrl: server.url }) };
}

const byId = (rows: readonly { id: string }[]) => Object.fromEntries(rows.map((row) => [row.id, row]));

async function seedLeads(client: LeadwireClient, count: number): Promise<string[]> {
	const items = Array.from({ length: count }, (_, index) => ({ name: `Lead ${index}` }));
	const { data } = await client.POST("/leads/batch", { body: { items } });
	return data.results.flatMap((result) => ("id" in result ? [result.id] : []));
}

test("by events: what is created, changed, deleted, restored and converted meanwhile is in the copy", async () => {
	const { reader, client } = await keys();
	const [first = "", second = "", third = "", fourth = ""] = await seedLeads(client, 100);
	await seedLeads(client, 50);
	await run("copy-leads.mjs", reader, 150);
	const path = (id: string) => ({ params: { path: { id } } });
	const reading = run("copy-leads.mjs", reader);
	await client.PATCH("/leads/{id}", { ...path(first), body: { score: 7 } });
	await client.DELETE("/leads/{id}", path(second));
	await seedLeads(client, 20);
	await reading;
	await client.POST("/leads/{id}/restore", path(second));
	await client.DELETE("/leads/{id}", path(third));
	await client.POST("/leads/{id}/convert", { ...path(fourth), body: {} });
	await run("copy-leads.mjs", reader, 100);
	await run("copy-leads.mjs", reader);
	const { data: page } = await client.GET("/leads", { params: { query: { limit: 100 } } });
	const { data: rest } = await client.GET("/leads", {
		params: { query: { limit: 100, cursor: String(page.nextCursor) } },
	});
	assert.deepEqual(kept("leads.json").leads, byId([...page.items, ...rest.items]));
});

test("by updatedSince: the same", async () => {
	const { reader, client } = await keys();
	const make = async (name: string) =>
		(await client.POST("/products", { body: { name, price: 1, type: "PRODUCT" } })).data.id;
	const [first = "", second = ""] = [await make("One"), await make("Two")];
	await run("copy-products.mjs", reader);
	const path = (id: string) => ({ params: { path: { id } } });
	await client.PATCH("/products/{id}", { ...path(first), body: { price: 2 } });
	await client.DELETE("/products/{id}", path(second));
	await make("Three");
	await run("copy-products.mjs", reader, 100);
	await run("copy-products.mjs", reader);
	const { data } = await client.GET("/products", {});
	assert.deepEqual(kept("products.json").products, byId(data.items));
});
