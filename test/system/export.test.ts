// `npm run admin -- org export` and `org import` between two running systems: the copy answers as the original.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { exportOrganization } from "../../scripts/admin/exporting.ts";
import { importOrganization, type Target } from "../../scripts/admin/importing.ts";
import { operator } from "../../scripts/admin/operator.ts";
import { executeOn, type Query, queryWith } from "../../scripts/admin/query.ts";
import { readWorkerConfig, withShards } from "../../scripts/local/config.ts";
import { prepareDemo } from "../../scripts/local/demo.ts";
import { type Local, startLocal } from "../../scripts/local/local.ts";
import type { DocumentPart } from "../../scripts/openapi/strict-schemas.ts";
import { bound, type SQL } from "../../src/db/sql.ts";
import { newKeyringSecret, parseKeyring } from "../../src/keyring.ts";
import { databaseBindingOf } from "../../src/places.ts";
import { everyGet } from "./support/every-get.ts";

const KEYS = 12;
const PATIENCE_MS = 30_000;

const secrets = { KEY_PEPPER: newKeyringSecret(), ENCRYPTION_KEY: newKeyringSecret() };
// The log of requests would have those that compare the copy.
const vars = { ALLOW_INSECURE_TARGETS: "true", WEBHOOK_RETRY_DELAYS: "0,86000", REQUEST_LOG_DAYS: "0" };
const start = (shards: number) =>
	startLocal({ config: withShards(readWorkerConfig(), shards), secrets, vars });

const [source, target] = await Promise.all([start(2), start(3)]);
after(() => Promise.all([source.dispose(), target.dispose()]));

const on = (local: Local, shard: number): Query => {
	const db = local.databases.get(databaseBindingOf(shard));
	assert(db, `shard ${shard}`);
	return queryWith(executeOn(db));
};
const into = (local: Local, more: Partial<Target> = {}): Target => ({
	shards: [...local.databases.keys()].map((_, shard) => shard),
	on: (shard) => on(local, shard),
	settle: async () => undefined,
	ring: parseKeyring(secrets.ENCRYPTION_KEY),
	...more,
});

const receiver = createServer((request, response) => {
	request.resume();
	response.statusCode = request.url === "/fails" ? 500 : 200;
	response.end();
}).listen(0, "127.0.0.1");
after(() => receiver.close());
await once(receiver, "listening");
const receiverUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;

const admin = operator(executeOn(source.db));
const demoKey = await prepareDemo(source, admin, secrets.KEY_PEPPER);
const [{ id: organizationId } = { id: "" }] = await admin.listOrganizations();
const keys: string[] = [];
for (let index = 0; index < KEYS; index += 1)
	keys.push(
		(
			await admin.createKey({
				organizationId,
				name: `Key ${index}`,
				mode: "live",
				scopes: ["*"],
				envelope: false,
				pepper: secrets.KEY_PEPPER,
			})
		).key,
	);

async function call(local: Local, key: string, method: string, path: string, body?: object, more = {}) {
	const response = await fetch(new URL(`/api/v1${path}`, local.url), {
		method,
		headers: { "x-api-key": key, "content-type": "application/json", ...more },
		...(body ? { body: JSON.stringify(body) } : {}),
	});
	const answer: DocumentPart = response.status === 204 ? null : await response.json();
	return { status: response.status, body: answer };
}

// What the demo has not: deliveries that succeeded and one that waits, a sealed answer, deleted and erased rows, a long record.
const idempotent = { "idempotency-key": "made-before" };
const createKey = (local: Local) =>
	call(local, demoKey, "POST", "/api-keys", { name: "Made", scopes: ["leads:read"] }, idempotent);
for (const path of ["works", "fails"])
	assert.equal(
		(
			await call(source, demoKey, "POST", "/webhooks", {
				url: `${receiverUrl}/${path}`,
				events: ["lead.created"],
				headers: { "X-Own": "secret" },
			})
		).status,
		201,
	);
const made = await createKey(source);
assert.equal(made.status, 201);
const ids: string[] = [];
for (const name of ["O'Brien \u2028", "Deleted", "Erased"]) {
	const { body } = await call(source, demoKey, "POST", "/leads", {
		name,
		email: `${ids.length}@example.com`,
	});
	ids.push(body.id);
}
const { body: clients } = await call(source, demoKey, "GET", "/clients?limit=1");
const lineItems = Array.from({ length: 100 }, (_, index) => ({
	name: `Line ${index}`,
	description: "'😀".repeat(250),
	quantity: 1,
	price: 1.25,
}));
const quotation = { clientId: clients.items[0].id, date: "2026-01-31", lineItems };
const long = await call(source, demoKey, "POST", "/quotations", quotation);
assert.equal(long.status, 201, JSON.stringify(long.body));
assert.equal((await call(source, demoKey, "DELETE", `/leads/${ids[1]}`)).status, 204);
assert.equal((await call(source, demoKey, "POST", `/leads/${ids[2]}/erase`, {})).status < 300, true);
await until(async () => {
	await source.runScheduled();
	const rows = await executeOn(source.db)(
		"SELECT 1 FROM deliveries WHERE lease IS NOT NULL OR (status <> 'success' AND attemptsMade = 0) UNION ALL SELECT 1 FROM refolds UNION ALL SELECT 1 FROM erasures LIMIT 1",
		[],
	);
	return rows.length === 0;
});

const file = async (local = source, shard = 0): Promise<string[]> => {
	const lines: string[] = [];
	const from = { query: on(local, shard), shard, shards: [shard] };
	for await (const line of exportOrganization(from, organizationId)) lines.push(line);
	return lines;
};
const read = (lines: readonly string[]) =>
	async function* () {
		yield* lines;
	};
/** What is in a file besides its header, in which there is a time. */
const contents = (lines: readonly string[]) =>
	lines
		.slice(1, -1)
		.filter((line) => line.startsWith("["))
		.sort();

async function until(condition: () => Promise<boolean>): Promise<void> {
	for (const end = Date.now() + PATIENCE_MS; !(await condition()); await sleep(200))
		assert(Date.now() < end, "it takes too long");
}

const original = await everyGet(source.url, keys);
const whole = await file();

test("an import that is interrupted lets nobody in, and can be run again", async () => {
	const statements = { count: 0 };
	const failing = (after: number): Partial<Target> => ({
		on: (shard) => async (query) => {
			statements.count += 1;
			if (statements.count > after) throw new Error("D1 is gone");
			return on(target, shard)(query);
		},
	});
	for (const after of [8, 30, 60]) {
		statements.count = 0;
		await assert.rejects(
			importOrganization(into(target, failing(after)), read(whole), { shard: 2 }),
			/D1 is gone/,
		);
		const { status } = await call(target, keys[9] ?? "", "GET", "/leads");
		assert([401, 503].includes(status), `${status}`);
		// A process that was killed has not let it go.
		await executeOn(target.databases.get("DB_2") ?? target.db)("UPDATE moves SET leaseUntil = 0", []);
		await target.runScheduled();
	}
	const unopened: Partial<Target> = {
		on: (shard) => async (query) => {
			if (/^DELETE FROM "moves"/.test(textOf(query))) throw new Error("D1 is gone");
			return on(target, shard)(query);
		},
	};
	await assert.rejects(importOrganization(into(target, unopened), read(whole)), /D1 is gone/);
	assert.equal(
		(await call(target, keys[10] ?? "", "GET", "/leads")).status,
		503,
		"all rows are there, and the door is closed",
	);
	await assert.rejects(importOrganization(into(target), read(whole), { shard: 1 }), /is in shard 2/);
	await importOrganization(into(target), read(whole), {});
	assert.deepEqual(contents(await exported(2)), contents(whole));
});

const textOf = (query: SQL) => bound(query).text;

/** The file of the copy. */
async function exported(shard: number): Promise<string[]> {
	await until(async () => {
		await target.runScheduled();
		return (
			(
				await executeOn(target.databases.get(databaseBindingOf(shard)) ?? target.db)(
					"SELECT 1 FROM refolds",
					[],
				)
			).length === 0
		);
	});
	return file(target, shard);
}

test("the copy gives the same answers, to the same keys", async () => {
	const copied = await everyGet(target.url, keys);
	assert.deepEqual([...copied.keys()], [...original.keys()]);
	for (const [path, answer] of original) assert.equal(copied.get(path), answer, path);
	assert(original.size > 120, `${original.size}`);
	const again = await createKey(target);
	assert.deepEqual(again.body, made.body, "a stored answer is given again");
	await assert.rejects(importOrganization(into(target), read(whole)), /exists, in shard 2/);
});

test("the copy goes on: numbers, events and deliveries follow those of the original", async () => {
	const before = await call(target, keys[0] ?? "", "GET", "/events?limit=1&order=desc").catch(() => null);
	const { body: lead } = await call(target, keys[11] ?? "", "POST", "/leads", { name: "Next" });
	assert.equal(
		lead.number,
		Number((await call(source, keys[11] ?? "", "POST", "/leads", { name: "Next" })).body.number),
	);
	assert(before);
	await until(async () => {
		await target.runScheduled();
		const [row] = await executeOn(target.databases.get("DB_2") ?? target.db)(
			"SELECT count(*) FROM deliveries WHERE status = 'success' AND createdAt > ?",
			[Date.now() - 60_000],
		);
		return Number(row?.[0]) > 0;
	});
});

test("what is written while a file is written is in it as it was at one instant", async () => {
	const lines: string[] = [];
	const from = { query: on(source, 0), shard: 0, shards: [0] };
	let writes = 0;
	for await (const line of exportOrganization(from, organizationId)) {
		lines.push(line);
		if (writes === 0 && line.startsWith('{"table":"clients"')) {
			const { body } = await call(source, demoKey, "POST", "/clients", { name: "Client", type: "company" });
			await call(source, demoKey, "POST", "/deals", { title: "Deal", clientId: body.id });
			await call(source, demoKey, "PATCH", `/leads/${ids[0]}`, { score: 7 });
			writes += 1;
		}
	}
	assert.equal(writes, 1);
	await importOrganization(into(target), read(lines), { replace: true });
	assert.deepEqual(contents(await exported(2)), contents(await file()));
});
