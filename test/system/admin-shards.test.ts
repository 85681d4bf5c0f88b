// `npm run admin` over several databases. Where the deployed ones are meant, something else answers for wrangler.
import assert from "node:assert/strict";
import { copyFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { localChannel } from "../../scripts/admin/channel.ts";
import { commands } from "../../scripts/admin/commands.ts";
import { UsageError } from "../../scripts/admin/flags.ts";
import { operator } from "../../scripts/admin/operator.ts";
import { addShard } from "../../scripts/admin/shard.ts";
import { listShards } from "../../scripts/admin/shard-list.ts";
import { DEMO_ID, demoShard } from "../../scripts/local/demo.ts";
import { repositoryRoot } from "../../scripts/tools/tools.ts";
import { IMPORTING } from "../../src/db/schema/organizations.ts";
import { shardOfKey } from "../../src/gate/api-key.ts";
import { parseKeyring } from "../../src/keyring.ts";
import { channels, deployed, folder, type Json, local, pepper, run } from "./support/three-databases.ts";

for (const [where, channel] of channels)
	test(`an organization is made in the shard that is named, and found wherever it is: ${where}`, async () => {
		const made = [];
		for (const shard of [2, 0, 1])
			made.push(await run(channel, "org create", { name: `In ${shard}`, shard: String(shard) }));
		const listed = (await run(channel, "org list")) as Json[];
		for (const { id, shard } of made) {
			assert.equal(listed.filter((one) => one.id === id && one.shard === shard).length, 1);
			const key = await run(channel, "key create", { org: id, name: "first", remote: true });
			assert.equal(await shardOfKey(parseKeyring(pepper), key.key), shard);
			assert.equal((await run(channel, "key list", { org: id })).length, 1);
			const limits = await run(channel, "org limits", { org: id, webhooks: "3" });
			assert.deepEqual(limits, await run(channel, "org usage", { org: id }));
			assert.deepEqual((await run(channel, "org topics", { org: id, allow: "lead.created" })).topics, [
				"lead.created",
			]);
			const revoked = await run(channel, "key revoke", { id: key.id });
			assert.equal(revoked.effective, channel === local ? "at once" : "within a minute");
			await assert.rejects(
				run(channel, "key revoke", { id: key.id }),
				/There is no key key_\w+ that is in use/,
			);
		}
		await assert.rejects(
			run(channel, "org create", { name: "X", shard: "3" }),
			/no shard 3; there are 0, 1, 2/,
		);
		await assert.rejects(run(channel, "org create", { name: "X", shard: "-1" }), UsageError);
		await assert.rejects(
			run(channel, "key create", { org: "org_x", name: "x", remote: true }),
			/no organization org_x/,
		);
		await assert.rejects(run(channel, "key revoke", { id: "key_x" }), /no key key_x that is in use/);
	});

test("an organization that has moved is found where it is now, and left alone while it moves", async () => {
	const { id } = await run(local, "org create", { name: "Moved", shard: "1" });
	const copy = async (shard: number, home: number | null) => {
		await local.on(shard)("DELETE FROM organizations WHERE id = ?", [id]);
		await local.on(shard)(
			"INSERT INTO organizations (id, name, timezone, currency, version, createdAt, updatedAt, home) VALUES (?, 'Moved', 'UTC', 'USD', 1, 0, 0, ?)",
			[id, home],
		);
	};
	await copy(1, -1);
	await assert.rejects(run(local, "org topics", { org: id, all: true }), /is being moved/);
	assert.equal(((await run(local, "org list")) as Json[]).filter((one) => one.id === id).length, 1);
	await copy(1, 2);
	await copy(2, null);
	assert.equal((await run(local, "key create", { org: id, name: "x", remote: true })).organizationId, id);
	const [here] = ((await run(local, "org list")) as Json[]).filter((one) => one.id === id);
	assert.equal(here.shard, 2);
});

for (const [where, channel] of channels)
	test(`a move is requested, shown and withdrawn by the operator: ${where}`, async () => {
		const { id } = await run(channel, "org create", { name: "Moving", shard: "1" });
		const listed = async () => ((await run(channel, "org list")) as Json[]).filter((one) => one.id === id);
		assert.deepEqual(await run(channel, "org move", { id, to: "2" }), { id, shard: 1, movingTo: 2 });
		assert.deepEqual(
			(await listed()).map(({ shard, movingTo }) => [shard, movingTo]),
			[[1, 2]],
		);
		await assert.rejects(run(channel, "org move", { id, to: "0" }), /is being moved already/);
		assert.deepEqual(await run(channel, "org move", { id, to: "1" }), { id, shard: 1, withdrawn: true });
		await local.on(1)("DELETE FROM moves WHERE organizationId = ? AND stage = 0", [id]);
		assert.deepEqual(
			(await listed()).map(({ shard, movingTo }) => [shard, movingTo]),
			[[1, undefined]],
		);
		await assert.rejects(run(channel, "org move", { id, to: "1" }), /no move of it can be withdrawn/);
		await assert.rejects(run(channel, "org move", { id, to: "3" }), /no shard 3; there are 0, 1, 2/);
		await assert.rejects(run(channel, "org move", { id: "org_x", to: "2" }), /no organization org_x/);
		await assert.rejects(run(channel, "org move", { id }), UsageError);
		await assert.rejects(run(channel, "org move", { id, to: "two" }), UsageError);
	});

for (const [where, channel] of channels)
	test(`shard list shows each database, where it is, its size, and what is leaving it: ${where}`, async () => {
		const path = join(folder, "listed.toml");
		copyFileSync(join(repositoryRoot, "wrangler.toml"), path);
		addShard({ location: "apac" }, path);
		addShard({ jurisdiction: "eu" }, path);
		const { id } = await run(channel, "org create", { name: "Listed", shard: "1" });
		await run(channel, "org move", { id, to: "2" });
		const [first, second, third] = await listShards(channel, path);
		const here = ((await run(channel, "org list")) as Json[]).filter(({ shard }) => shard === 1);
		assert.equal((await run(channel, "shard list")).length, 3);
		assert.deepEqual(second, {
			shard: 1,
			binding: "DB_1",
			location: "apac",
			organizations: here.length,
			bytes: await local.bytesOf(1),
			moving: [{ id, to: 2 }],
		});
		assert(first && !("location" in first) && !("jurisdiction" in first));
		assert.equal(third?.jurisdiction, "eu");
		assert.deepEqual(third?.moving, []);
		await local.on(1)("DELETE FROM moves WHERE organizationId = ?", [id]);
	});

test("org import without a file says what it waits for", () => {
	const isTTY = Object.getOwnPropertyDescriptor(process.stdin, "isTTY");
	Object.defineProperty(process.stdin, "isTTY", { value: true, configurable: true });
	try {
		assert.throws(() => commands["org import"]?.check({}), /org import < FILE/);
	} finally {
		if (isTTY) Object.defineProperty(process.stdin, "isTTY", isTTY);
		else Reflect.deleteProperty(process.stdin, "isTTY");
	}
});

test("npm start finds the demo organization wherever it has gone, and does without it while it is on its way", async () => {
	const put = async (shard: number, home: number | null) => {
		await operator(local.on(shard), shard).createOrganization("Demo", { id: DEMO_ID, empty: true });
		await local.on(shard)("UPDATE organizations SET home = ? WHERE id = ?", [home, DEMO_ID]);
	};
	assert.equal(await demoShard(local), 0);
	await put(0, null);
	assert.equal(await demoShard(local), 0);
	await put(0, -1);
	assert.equal(await demoShard(local), null);
	await put(2, null);
	await put(0, 2);
	assert.equal(await demoShard(local), 2);
	for (const shard of [0, 2]) await local.on(shard)("DELETE FROM organizations WHERE id = ?", [DEMO_ID]);
});

test("a database on this machine that can't be read is named", async () => {
	const broken = join(folder, "broken");
	await (await localChannel(broken, 2)).close();
	const isPart = (name: string) => /[0-9a-f]{64}\.sqlite(-wal)?$/.test(name);
	const files = readdirSync(broken, { recursive: true, encoding: "utf8" }).filter(isPart);
	assert(files.length >= 2);
	for (const name of files) writeFileSync(join(broken, name), "Z".repeat(10_000));
	await assert.rejects(localChannel(broken, 2), /^Error: The database DB(_1)? can't be used: /);
});

test("an import that was interrupted is seen in the list", async () => {
	const { id } = await run(local, "org create", { name: "Half", shard: "1" });
	const isImporting = async () =>
		(await run(local, "org list")).find((one: Json) => one.id === id).importing === true;
	assert.equal(await isImporting(), false);
	await local.on(1)("UPDATE organizations SET home = ? WHERE id = ?", [IMPORTING, id]);
	assert.equal(await isImporting(), true);
});

test("the operator changes nothing where an organization no longer is", async () => {
	const { id } = await run(local, "org create", { name: "Leaving", shard: "1" });
	const key = await run(local, "key create", { org: id, name: "x", remote: true });
	const admin = operator(local.on(1), 1);
	await local.on(1)("UPDATE organizations SET home = -1 WHERE id = ?", [id]);
	await assert.rejects(admin.setTopics(id, []), /no organization/);
	await assert.rejects(admin.setLimits(id, { webhooks: 1 }), /no organization/);
	assert.equal(await admin.revokeKey(key.id), undefined);
	const wanted = {
		organizationId: id,
		name: "x",
		mode: "live" as const,
		scopes: ["*"],
		envelope: false,
		pepper,
	};
	await assert.rejects(admin.createKey(wanted), /has begun to move/);
	await local.on(1)("UPDATE organizations SET home = NULL WHERE id = ?", [id]);
	assert.equal((await admin.revokeKey(key.id))?.id, key.id);
});

test("what is sealed with which key is shown of every shard, and sealing anew begun in each", async () => {
	const heard: string[][] = [];
	const channel = deployed(heard);
	const { id } = await run(channel, "org create", { name: "Sealed", shard: "2" });
	const key = await run(channel, "key create", { org: id, name: "x", remote: true });
	const usage = (await run(channel, "secrets usage")) as Json[];
	assert.deepEqual(
		usage.map(({ shard, resealing }) => [shard, resealing]),
		[
			[0, []],
			[1, []],
			[2, []],
		],
	);
	assert.ok(usage[2].apiKeys.k1 >= 1);
	await local.on(2)("UPDATE organizations SET home = 1 WHERE id = ?", [id]);
	const [, , left] = (await run(channel, "secrets usage")) as Json[];
	assert.equal(left.apiKeys.k1 ?? 0, usage[2].apiKeys.k1 - 1, "a key of an organization that has moved");
	await local.on(2)("UPDATE organizations SET home = NULL WHERE id = ?", [id]);
	assert.ok(!JSON.stringify(heard).includes(key.key), "the key itself goes nowhere");
	for (const begun of (await run(channel, "secrets reseal")) as Json[])
		assert.deepEqual(begun.resealing.toSorted(), ["forms", "idempotency_keys", "webhooks"]);
});
