// A server with three databases, as `SHARDS=3 npm start` runs it: real queues carry wake-ups of each, real migrations make
// its tables, and the sweeper goes through all.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { operator } from "../../scripts/admin/operator.ts";
import { executeOn } from "../../scripts/admin/query.ts";
import { readWorkerConfig, withShards } from "../../scripts/local/config.ts";
import { startLocal } from "../../scripts/local/local.ts";
import { newKeyringSecret } from "../../src/keyring.ts";

const NAMES = ["DB", "DB_1", "DB_2"];
const PATIENCE_MS = 20_000;

const pepper = newKeyringSecret();
const lines: string[] = [];
const local = await startLocal({
	config: withShards(readWorkerConfig(), NAMES.length),
	secrets: { KEY_PEPPER: pepper, ENCRYPTION_KEY: newKeyringSecret() },
	vars: { ALLOW_INSECURE_TARGETS: "true" },
	onLog: (line) => lines.push(line),
});
after(() => local.dispose());

const arrived: string[] = [];
const receiver = createServer((request, response) => {
	arrived.push(request.url ?? "");
	response.end();
}).listen(0, "127.0.0.1");
after(() => receiver.close());
await once(receiver, "listening");

test("an organization in each is served and told of what happens, and a sweep looks at all", async () => {
	assert.deepEqual([...local.databases.keys()].sort(), NAMES);
	const { port } = receiver.address() as AddressInfo;
	for (const [shard, name] of NAMES.entries()) {
		const db = local.databases.get(name);
		assert.ok(db);
		const admin = operator(executeOn(db), shard);
		const { id } = await admin.createOrganization(`In ${name}`);
		const made = await admin.createKey({
			organizationId: id,
			name: "shards",
			mode: "test",
			scopes: ["*"],
			envelope: false,
			pepper,
		});
		const post = (path: string, body: object) =>
			fetch(new URL(`/api/v1${path}`, local.url), {
				method: "POST",
				headers: { "x-api-key": made?.key ?? "", "content-type": "application/json" },
				body: JSON.stringify(body),
			});
		const url = `http://127.0.0.1:${port}/${name}`;
		assert.equal((await post("/webhooks", { url, events: ["lead.created"] })).status, 201);
		assert.equal((await post("/leads", { name: "Jane" })).status, 201);
		const rows = await db.prepare("SELECT count(*) AS n FROM leads").first<number>("n");
		assert.equal(rows, 1);
	}
	for (const end = Date.now() + PATIENCE_MS; arrived.length < NAMES.length && Date.now() < end; )
		await sleep(50);
	assert.deepEqual(
		arrived.toSorted(),
		NAMES.map((name) => `/${name}`),
	);
	await local.runScheduled();
	assert.deepEqual(
		lines.filter((line) => line.includes('"fault"')),
		[],
	);
});
