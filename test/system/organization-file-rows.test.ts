// What an import may write, and when: rows of other organizations, other columns, keys that are in use, long rows.
import assert from "node:assert/strict";
import { test } from "node:test";
import { exportOrganization } from "../../scripts/admin/exporting.ts";
import type { Target } from "../../scripts/admin/importing.ts";
import { operator } from "../../scripts/admin/operator.ts";
import { queryWith } from "../../scripts/admin/query.ts";
import { bound } from "../../src/db/sql.ts";
import { requestRemoval } from "../../src/moving/request.ts";
import {
	columnsIn,
	copiedRows,
	empty,
	execute,
	exported,
	HOME,
	imported,
	LONG,
	local,
	organizationId,
	remade,
	rowsOf,
	whole,
} from "./support/exported-organization.ts";

test("a file changes no rows of other organizations, whatever it says", async () => {
	const { id: other } = await operator(local.on(1), 1).createOrganization("Other", { empty: true });
	// Deliveries of others, found by their id: under no delivery of the file, and under one of its own with the same id.
	const foreign = "whd_foreign";
	await local.on(1)(
		`INSERT INTO attempts (deliveryId, number, at, trigger, url, requestHeaders, durationMs, responseTruncated) VALUES (?, 1, 1, 'scheduled', 'https://other', '{}', 1, 0)`,
		[foreign],
	);
	const before = await copiedRows();
	const refused = async (lines: readonly string[], message: RegExp) => {
		const file = await remade(whole, (own) => [...own, ...lines]);
		await assert.rejects(imported(file, { shard: 1 }), message);
		assert.equal(await copiedRows(), before);
	};
	await refused([JSON.stringify({ removed: "organizations" }), JSON.stringify([other])], /removes rows/);
	await refused([JSON.stringify({ removed: "deliveries" }), '["webhook_2","whd_1"]'], /webhook_2/);
	for (const table of ["deliveries", "delivery_hours"]) {
		const columns = columnsIn(table);
		const row = columns.map((column) => (column === "webhookId" ? "webhook_2" : 1));
		await refused([JSON.stringify({ table, columns }), JSON.stringify(row)], /webhook_2/);
	}
	const attempt = [
		JSON.stringify({ table: "attempts", columns: columnsIn("attempts") }),
		JSON.stringify(columnsIn("attempts").map((column) => (column === "deliveryId" ? foreign : 1))),
	];
	const delivery = [
		JSON.stringify({ table: "deliveries", columns: columnsIn("deliveries") }),
		JSON.stringify(
			columnsIn("deliveries").map((column) => ({ webhookId: "webhook_1", id: foreign })[column] ?? 1),
		),
	];
	await refused(attempt, /attempts of the delivery whd_foreign, but not the delivery/);
	await refused([...delivery, ...attempt], /delivery whd_foreign of the file is another organization's/);
	const removing = [JSON.stringify({ removed: "attempts" }), JSON.stringify([foreign, 1])];
	await imported(await remade(whole, (own) => [...own, ...attempt, ...removing]), { shard: 1 });
	assert.deepEqual(await local.on(1)("SELECT deliveryId, url FROM attempts", []), [
		[foreign, "https://other"],
	]);
	const forged = await remade(whole, (own) => own.map((line) => line.replaceAll(organizationId, other)));
	await imported(forged, { replace: true });
	assert.deepEqual(await local.on(1)("SELECT name FROM organizations WHERE id = ?", [other]), [["Other"]]);
	assert.deepEqual(rowsOf(await exported(1)), rowsOf(whole));
	await local.on(1)("UPDATE webhooks SET organizationId = ?", [other]);
	await assert.rejects(imported(whole, { replace: true }), /webhook_1 of the file is another organization's/);
	await empty();
});

test("a file of other columns is refused before anything is removed", async () => {
	await imported(whole, { shard: 1 });
	const before = await copiedRows();
	const file = await remade(whole, (own) =>
		own.map((line) => (line.startsWith('{"table":"tags"') ? line.replace('"name"', '"title"') : line)),
	);
	await assert.rejects(imported(file, { replace: true }), /other columns of tags/);
	assert.equal(await copiedRows(), before);
	assert.deepEqual(await local.on(1)("SELECT home FROM organizations", []), [[null]]);
	await empty();
});

test("keys in the file stay known while it is written, so they get 503 and not 401", async () => {
	await imported(whole, { shard: 1 });
	await local.on(1)("UPDATE api_keys SET name = 'Renamed'", []);
	await local.on(1)(
		`INSERT INTO api_keys (organizationId, id, version, createdAt, updatedAt, name, hash, pepperId, keyPrefix, scopes, envelope)
			VALUES (?, 'key_later', 1, 1, 1, 'Later', 'later', 'k1', 'lw_', '[]', 0)`,
		[organizationId],
	);
	const stopped: Partial<Target> = {
		on: (shard) => async (query) => {
			if (/^INSERT INTO "tags"/.test(bound(query).text)) throw new Error("D1 is gone");
			return queryWith(local.on(shard))(query);
		},
	};
	await assert.rejects(imported(whole, { replace: true }, stopped), /D1 is gone/);
	assert.deepEqual(await local.on(1)("SELECT name FROM api_keys", []), [["Renamed"]]);
	await imported(whole);
	assert.deepEqual(rowsOf(await exported(1)), rowsOf(whole));
	await empty();
});

test("nothing is imported while the organization switches to another database", async () => {
	const place = (shard: number, home: number) =>
		local.on(shard)(
			"INSERT INTO organizations (id, name, timezone, currency, version, createdAt, updatedAt, home) VALUES (?, 'O''Brien', 'UTC', 'USD', 1, 1, 1, ?)",
			[organizationId, home],
		);
	await place(0, 1);
	await place(1, 0);
	await assert.rejects(imported(whole, { shard: 2 }), /is being moved/);
	await empty();
});

test("nothing is imported while the organization is removed, wherever that is not done yet", async () => {
	await imported(whole, { shard: 1 });
	await local.on(2)(
		"INSERT INTO organizations (id, name, timezone, currency, version, createdAt, updatedAt, home) VALUES (?, 'O''Brien', 'UTC', 'USD', 1, 1, 1, 1)",
		[organizationId],
	);
	await queryWith(local.on(2))(requestRemoval(organizationId, 2, Date.now()));
	await assert.rejects(imported(whole, { replace: true }), /is being removed/);
	await local.on(1)("DELETE FROM organizations WHERE id = ?", [organizationId]);
	await assert.rejects(imported(whole, { shard: 0 }), /is being removed/);
	await empty();
});

test("an export ends however much is written while it begins", async () => {
	let removals = 0;
	const query = async (one: Parameters<ReturnType<typeof queryWith>>[0]) => {
		if (bound(one).text.startsWith('DELETE FROM "move_changes"')) {
			removals += 1;
			assert(removals < 20, "it goes on for ever");
			await execute("UPDATE tags SET version = version + 1 WHERE id = 'tag_00001'", []);
		}
		return queryWith(execute)(one);
	};
	// The triggers of the export before are still there.
	for await (const _ of exportOrganization({ query, shard: HOME, shards: [HOME] }, organizationId));
	assert.equal(removals, 2);
});

test("a long row of a table with many columns arrives", async () => {
	const columns = columnsIn("leads");
	const numbers = [
		"version",
		"createdAt",
		"updatedAt",
		"number",
		"score",
		"value",
		"archived",
		"convertedAt",
	];
	const given: Record<string, unknown> = {
		organizationId,
		id: "lead_1",
		tagIds: "[]",
		assigneeIds: "[]",
		custom: "{}",
		folded: null,
		deletedAt: null,
		notes: LONG,
	};
	const values = columns.map((column) =>
		column in given ? given[column] : numbers.includes(column) ? 1 : column,
	);
	await execute(
		`INSERT INTO leads (${columns.map((column) => `"${column}"`).join(", ")}) SELECT ${columns.map((_, index) => `?1 ->> ${index}`).join(", ")}`,
		[JSON.stringify(values)],
	);
	const file = await exported();
	await imported(file, { shard: 1 });
	assert.deepEqual(rowsOf(await exported(1)), rowsOf(file));
	await empty();
});
