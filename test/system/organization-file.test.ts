// The file of an exported organization, and what becomes of it in databases: on this machine, and through what stands for wrangler.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { type Channel, localChannel, wranglerChannel } from "../../scripts/admin/channel.ts";
import { exportOrganization } from "../../scripts/admin/exporting.ts";
import { importOrganization, type Target } from "../../scripts/admin/importing.ts";
import { operator } from "../../scripts/admin/operator.ts";
import { fileLines, linesOf } from "../../scripts/admin/organization-file.ts";
import { queryWith } from "../../scripts/admin/query.ts";
import { limits } from "../../scripts/platform/limits.ts";
import { bound, sql } from "../../src/db/sql.ts";
import { newKeyringSecret, parseKeyring } from "../../src/keyring.ts";
import { columnsOf, movables } from "../../src/moving/tables.ts";
import { seal } from "../../src/sealed.ts";

const folder = mkdtempSync(join(tmpdir(), "leadwire-export-"));
const local = await localChannel(folder, 4);
after(async () => {
	await local.close();
	rmSync(folder, { recursive: true });
});

/** The deployed databases as wrangler shows them; a statement that is too long for D1 is refused. */
const deployed = wranglerChannel(["DB", "DB_1", "DB_2"], async ([, , binding = "", , , , text = ""]) => {
	assert(Buffer.byteLength(text) <= limits.statementBytes.max, "the statement is too long");
	const rows = await local.on(Number(binding.slice("DB_".length) || 0))(text, []);
	return JSON.stringify([{ results: rows.map((row) => ({ ...row })) }]);
});

/** The organization to be exported is in this shard, and copies go to the others. */
const HOME = 3;
const ring = parseKeyring(newKeyringSecret());
const execute = local.on(HOME);
await execute("DELETE FROM refolds", []);
const admin = operator(execute, HOME);
const { id: organizationId } = await admin.createOrganization("O'Brien");
await admin.createKey({
	organizationId,
	name: "First",
	mode: "test",
	scopes: ["*"],
	envelope: false,
	pepper: newKeyringSecret(),
});

const LONG = "\"'é😀".repeat(100_000);
const tagId = (number: number) => `tag_${String(number).padStart(5, "0")}`;
const addTags = (from: number, count: number) =>
	execute(
		`WITH RECURSIVE n(i) AS (SELECT CAST(? AS INTEGER) UNION ALL SELECT i + 1 FROM n WHERE i < ?)
			INSERT INTO tags (organizationId, id, version, createdAt, updatedAt, name)
			SELECT ?, 'tag_' || printf('%05d', i), 1, 1, 1, 'It''s tag ' || i FROM n`,
		[from, from + count - 1, organizationId],
	);
const addEvent = (number: number, payload: string) =>
	execute(
		`INSERT INTO event_log (key, id, type, createdAt, test, ownId, payload)
			SELECT (ordinal << 40) + 500000000000 + ${number}, 'evt_${number}', 'lead.created', 1, 0, 0, ? FROM organizations WHERE id = ?`,
		[payload, organizationId],
	);
await addTags(0, 40);
await addEvent(1, LONG);
await addEvent(2, "short");
const secret = await seal(ring, organizationId, "webhook_1/secret", "whsec_");
await execute(
	`INSERT INTO webhooks (organizationId, id, version, createdAt, updatedAt, url, events, method, status, skipSystem, secret, consecutiveFailures, exhausted)
		VALUES (?, 'webhook_1', 1, 1, 1, 'https://example.com', '[]', 'POST', 'active', 0, ?, 0, 0)`,
	[organizationId, secret],
);

/** Exports from a shard; `meanwhile` is called with each line. */
async function exported(
	shard = HOME,
	meanwhile: (line: string) => Promise<void> = async () => undefined,
	channel: Channel = local,
) {
	await local.on(shard)("DELETE FROM refolds", []);
	const lines: string[] = [];
	const source = { query: queryWith(channel.on(shard)), shard, shards: [shard] };
	for await (const line of exportOrganization(source, organizationId)) {
		lines.push(line);
		await meanwhile(line);
	}
	return lines;
}
const read = (lines: readonly string[]) =>
	async function* () {
		yield* lines;
	};
/** A file like this one with other lines between its header and its checksum. */
async function remade(
	file: readonly string[],
	change: (lines: readonly string[]) => readonly string[],
	more = {},
) {
	const { format, version, ...header } = JSON.parse(file[0] ?? "");
	const lines: string[] = [];
	for await (const line of fileLines({ ...header, ...more }, read(change(file.slice(1, -1)))()))
		lines.push(line);
	return lines;
}
const columnsIn = (table: string) => {
	const movable = movables.find(({ name }) => name === table);
	assert(movable, table);
	return columnsOf(movable);
};
const rowsOf = (lines: readonly string[]) => lines.slice(1, -1).filter((line) => line.startsWith("["));

/** The databases without the one of the original. */
const into = ({ on }: Channel, more: Partial<Target> = {}): Target => ({
	shards: [0, 1, 2],
	on: (shard) => queryWith(on(shard)),
	settle: async () => undefined,
	ring,
	...more,
});

/** The number of rows in the shards for copies. */
async function copiedRows(): Promise<number> {
	const counts = movables.map(({ name }) => `(SELECT count(*) FROM "${name}")`);
	let sum = 0;
	for (const shard of [0, 1, 2])
		sum += Number((await queryWith(local.on(shard))(sql.raw(`SELECT ${counts.join(" + ")}`)))[0]?.[0]);
	return sum;
}

/** Makes the copies' shards empty again. */
async function empty(): Promise<void> {
	for (const shard of [0, 1, 2])
		for (const { name } of [...movables, { name: "moves" }])
			await local.on(shard)(`DELETE FROM "${name}"`, []);
}

const whole = await exported();

test("a file that is truncated, altered or of another version is refused, and leaves nothing behind", async () => {
	const header = JSON.parse(whole[0] ?? "");
	const refused = async (lines: readonly string[], message: RegExp, more: Partial<Target> = {}) => {
		await assert.rejects(importOrganization(into(local, more), read(lines), { shard: 1 }), message);
		assert.equal(await copiedRows(), 0);
	};
	const middle = Math.floor(whole.length / 2);
	await refused([], /empty/);
	await refused(["{}"], /no file of org export/);
	await refused(whole.slice(0, -1), /ends too early/);
	await refused(whole.slice(0, middle), /ends too early/);
	await refused(whole.toSpliced(middle, 1), /altered or damaged/);
	await refused(whole.with(middle, `${whole[middle]} `), /altered or damaged/);
	await refused(whole.with(0, `${whole[0]}`.replace("exportedAt", "exportedat")), /altered or damaged/);
	await refused(whole.with(-1, `${whole.at(-1)}`.replace(/"rows":\d+/, '"rows":1')), /altered or damaged/);
	await refused(whole.with(0, JSON.stringify({ ...header, version: 2 })), /format version 2/);
	const { format, version, ...rest } = header;
	const newer: string[] = [];
	for await (const line of fileLines({ ...rest, migration: "9999_later" }, read(whole.slice(1, -1))()))
		newer.push(line);
	await refused(newer, /migration 9999_later/);
	await refused(whole, /another ENCRYPTION_KEY/, { ring: parseKeyring(newKeyringSecret()) });
	await assert.rejects(importOrganization(into(local), read(whole), { shard: 7 }), /There is no shard 7/);
});

test("every changed character and every missing line is found", async () => {
	const lines = whole.filter((line) => line.length < 1_000);
	const header = JSON.parse(lines[0] ?? "");
	const { format, version, ...rest } = header;
	const short: string[] = [];
	for await (const line of fileLines(rest, read(lines.slice(1, -1))())) short.push(line);
	for (const [index, line] of short.entries()) {
		const damaged = [short.toSpliced(index, 1), short.with(index, line.replace(/[a-z](?=[^a-z]*$)/, "#"))];
		if (index > 1) damaged.push(short.with(index, short[index - 1] ?? ""));
		for (const lines of damaged)
			await assert.rejects(importOrganization(into(local), read(lines), { shard: 1 }), Error, line);
	}
	assert.equal(await copiedRows(), 0);
});

for (const [where, channel, gone] of [
	["on this machine", local, 3],
	["through wrangler", deployed, 5],
] as const)
	test(`all rows arrive, long ones and those that change meanwhile: ${where}`, async () => {
		let next = gone * 1_000;
		let isBegun = false;
		const file = await exported(HOME, async (line) => {
			if (isBegun || !line.startsWith('{"table":"lead_sources"')) return;
			isBegun = true;
			// More than one reading of the journal has.
			await addTags(next, 600);
			next += 600;
			for (const removed of [gone, next - 1])
				await execute("DELETE FROM tags WHERE id = ?", [tagId(removed)]);
			await execute("UPDATE tags SET name = 'Changed' WHERE id = 'tag_00004'", []);
			for (let count = 0; count < 3; count += 1) await addEvent(next++, LONG);
		});
		const { shard } = await importOrganization(into(channel), read(file), { shard: 1 });
		assert.equal(shard, 1);
		const [now, copy] = [await exported(), await exported(1, undefined, channel)];
		assert.deepEqual(rowsOf(copy), rowsOf(now));
		assert(now.some((line) => line.includes("Changed")));
		assert(!now.some((line) => line.includes(tagId(gone))));
		const [left] = await local.on(1)(
			"SELECT (SELECT count(*) FROM moves) + (SELECT count(*) FROM move_changes)",
			[],
		);
		assert.deepEqual(left, [0]);
		await empty();
	});

test("keys that name another shard are found there, and it says where the organization is", async () => {
	const header = JSON.parse(whole[0] ?? "");
	const { format, version, ...rest } = header;
	const file: string[] = [];
	for await (const line of fileLines({ ...rest, shard: 2, shards: [0, 2, 9] }, read(whole.slice(1, -1))()))
		file.push(line);
	const result = await importOrganization(into(local), read(file), { shard: 1 });
	assert.deepEqual(result.keysLostOfShards, [9]);
	for (const shard of [0, 2]) {
		assert.deepEqual(await local.on(shard)("SELECT home FROM organizations", []), [[1]]);
		assert.deepEqual(
			await local.on(shard)("SELECT id, hash FROM api_keys", []),
			await execute("SELECT id, hash FROM api_keys", []),
		);
	}
	await assert.rejects(importOrganization(into(local), read(file)), /exists, in shard 1/);
	await assert.rejects(
		importOrganization(into(local), read(file), { replace: true, shard: 0 }),
		/is in shard 1/,
	);
	assert.equal((await importOrganization(into(local), read(whole), { replace: true })).shard, 1);
	assert.deepEqual(rowsOf(await exported(1)), rowsOf(whole));
	await empty();
	assert.equal((await importOrganization(into(local), read(file))).shard, 2, "where it was");
	await empty();
});

test("one export at a time, and none of an organization that is being imported", async () => {
	const lines = exported(HOME, async (line) => {
		if (line.startsWith('{"table":"tags"'))
			await assert.rejects(exported(), /being moved, exported or imported/);
	});
	assert.equal(rowsOf(await lines).length > 0, true);
	assert.deepEqual(await execute("SELECT 1 FROM moves", []), []);
});

test("what npm prints before the file is left out, and a text with U+2028 is one line", async () => {
	const bytes = Buffer.from(`\n> leadwire@1.0.0 admin\n> node admin.ts\n\n{"a":"\u2028😀"}\n["x"]\n`);
	for (const size of [1, 7, bytes.length]) {
		const chunks = async function* () {
			for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
		};
		const found: string[] = [];
		for await (const line of linesOf(chunks())) found.push(line);
		assert.deepEqual(found, ['{"a":"\u2028😀"}', '["x"]']);
	}
});

test("a file changes no rows of other organizations, whatever it says", async () => {
	const { id: other } = await operator(local.on(1), 1).createOrganization("Other", { empty: true });
	const before = await copiedRows();
	const refused = async (lines: readonly string[], message: RegExp) => {
		const file = await remade(whole, (own) => [...own, ...lines]);
		await assert.rejects(importOrganization(into(local), read(file), { shard: 1 }), message);
		assert.equal(await copiedRows(), before);
	};
	await refused([JSON.stringify({ removed: "organizations" }), JSON.stringify([other])], /removes rows/);
	await refused([JSON.stringify({ removed: "deliveries" }), '["webhook_2","whd_1"]'], /webhook_2/);
	for (const table of ["deliveries", "delivery_hours"]) {
		const columns = columnsIn(table);
		const row = columns.map((column) => (column === "webhookId" ? "webhook_2" : 1));
		await refused([JSON.stringify({ table, columns }), JSON.stringify(row)], /webhook_2/);
	}
	const forged = await remade(whole, (own) => own.map((line) => line.replaceAll(organizationId, other)));
	await importOrganization(into(local), read(forged), { shard: 1 });
	assert.deepEqual(await local.on(1)("SELECT name FROM organizations WHERE id = ?", [other]), [["Other"]]);
	assert.deepEqual(rowsOf(await exported(1)), rowsOf(whole));
	await local.on(1)("UPDATE webhooks SET organizationId = ?", [other]);
	await assert.rejects(
		importOrganization(into(local), read(whole), { replace: true }),
		/webhook_1 of the file is another organization's/,
	);
	await empty();
});

test("a file of other columns is refused before anything is removed", async () => {
	await importOrganization(into(local), read(whole), { shard: 1 });
	const before = await copiedRows();
	const file = await remade(whole, (own) =>
		own.map((line) => (line.startsWith('{"table":"tags"') ? line.replace('"name"', '"title"') : line)),
	);
	await assert.rejects(
		importOrganization(into(local), read(file), { replace: true }),
		/other columns of tags/,
	);
	assert.equal(await copiedRows(), before);
	assert.deepEqual(await local.on(1)("SELECT home FROM organizations", []), [[null]]);
	await empty();
});

test("keys in the file stay known while it is written, so they get 503 and not 401", async () => {
	await importOrganization(into(local), read(whole), { shard: 1 });
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
	await assert.rejects(
		importOrganization(into(local, stopped), read(whole), { replace: true }),
		/D1 is gone/,
	);
	assert.deepEqual(await local.on(1)("SELECT name FROM api_keys", []), [["Renamed"]]);
	await importOrganization(into(local), read(whole));
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
	await assert.rejects(importOrganization(into(local), read(whole), { shard: 2 }), /is being moved/);
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
	await importOrganization(into(local), read(file), { shard: 1 });
	assert.deepEqual(rowsOf(await exported(1)), rowsOf(file));
	await empty();
});
