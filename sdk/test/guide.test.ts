// The programs of the guide on copies, run as printed, and again while others write. In the end each copy must equal what the
// API shows. (killed-copies.test.ts kills them.)
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, test } from "node:test";
import { createClient } from "leadwire";
import { readGuides } from "../../scripts/assets/pages.ts";
import { allLeads, idParameter, seedLeads, startFront } from "./copying.ts";
import { serve } from "./setup.ts";

const folder = mkdtempSync(join(tmpdir(), "leadwire-sync-"));
const server = await serve();
after(async () => {
	rmSync(folder, { recursive: true });
	await server.dispose();
});

const guide = readGuides().find(({ slug }) => slug === "sync");
for (const [, file = "", program = ""] of guide?.markdown.matchAll(/^```js (\S+)\n(.*?)^```$/gms) ?? [])
	writeFileSync(join(folder, file), program);

/** Starts a program of the guide. */
function start(program: string, key: string, url = server.url): ChildProcess {
	const env = { PATH: process.env.PATH, LEADWIRE_URL: url, LEADWIRE_API_KEY: key };
	return spawn(process.execPath, [program], { cwd: folder, env, stdio: ["ignore", "ignore", "pipe"] });
}

/** Runs a program of the guide to its end. */
async function run(program: string, key: string): Promise<void> {
	const child = start(program, key);
	if (!child.stderr) throw new Error("It has no output.");
	const [[code], errors] = await Promise.all([once(child, "exit"), text(child.stderr)]);
	assert.equal(code, 0, errors);
}

const kept = (file: string) => JSON.parse(readFileSync(join(folder, file), "utf8"));

async function keys() {
	const { key: writer, organizationId } = await server.newKey();
	const { key: reader } = await server.newKey(organizationId);
	return { reader, client: createClient({ apiKey: writer, baseUrl: server.url }) };
}

const byId = (rows: readonly object[]) =>
	Object.fromEntries((rows as { id: string }[]).map((row) => [row.id, row]));

test("by events: what is created, changed, deleted, restored and converted meanwhile is in the copy", async () => {
	const { reader, client } = await keys();
	const [first = "", second = "", third = "", fourth = ""] = await seedLeads(client, 100);
	await seedLeads(client, 50);
	const reading = run("copy-leads.mjs", reader);
	await client.PATCH("/leads/{id}", { ...idParameter(first), body: { score: 7 } });
	await client.DELETE("/leads/{id}", idParameter(second));
	await seedLeads(client, 20);
	await reading;
	await client.POST("/leads/{id}/restore", idParameter(second));
	await client.DELETE("/leads/{id}", idParameter(third));
	await client.POST("/leads/{id}/convert", { ...idParameter(fourth), body: {} });
	await run("copy-leads.mjs", reader);
	assert.deepEqual(kept("leads.json").leads, byId(await allLeads(client)));
});

/** Runs a program that is killed before it gets an answer. */
async function killed(program: string, key: string): Promise<void> {
	const front = await startFront(server.url, {
		async before() {
			child.kill("SIGKILL");
			await new Promise(() => {});
		},
	});
	const child = start(program, key, front.url);
	assert.deepEqual(await once(child, "exit"), [null, "SIGKILL"]);
	front.close();
}

test("by updatedSince, killed once: the same", async () => {
	const { reader, client } = await keys();
	const make = async (name: string) =>
		(await client.POST("/products", { body: { name, price: 1, type: "PRODUCT" } })).data.id;
	const [first = "", second = ""] = [await make("One"), await make("Two")];
	await run("copy-products.mjs", reader);
	await client.PATCH("/products/{id}", { ...idParameter(first), body: { price: 2 } });
	await client.DELETE("/products/{id}", idParameter(second));
	await make("Three");
	await killed("copy-products.mjs", reader);
	await run("copy-products.mjs", reader);
	const { data } = await client.GET("/products", {});
	assert.deepEqual(kept("products.json").products, byId(data.items));
});
