// The file of an exported organization: whether it is whole, and what becomes of it in databases.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Target } from "../../scripts/admin/importing.ts";
import { fileLines, linesOf } from "../../scripts/admin/organization-file.ts";
import { newKeyringSecret, parseKeyring } from "../../src/keyring.ts";
import {
	addEvent,
	addTags,
	copiedRows,
	deployed,
	empty,
	execute,
	exported,
	HOME,
	imported,
	LONG,
	local,
	read,
	rowsOf,
	tagId,
	whole,
} from "./support/exported-organization.ts";

test("a file that is truncated, altered or of another version is refused, and leaves nothing behind", async () => {
	const header = JSON.parse(whole[0] ?? "");
	const refused = async (lines: readonly string[], message: RegExp, more: Partial<Target> = {}) => {
		await assert.rejects(imported(lines, { shard: 1 }, more), message);
		assert.equal(await copiedRows(), 0);
	};
	const middle = Math.floor(whole.length / 2);
	await refused([], /empty/);
	await refused(["{}"], /is not a file of org export/);
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
	await assert.rejects(imported(whole, { shard: 7 }), /There is no shard 7/);
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
		for (const lines of damaged) await assert.rejects(imported(lines, { shard: 1 }), Error, line);
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
		const { shard } = await imported(file, { shard: 1 }, {}, channel);
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

test("keys that name another shard are found there, and that shard knows where the organization is", async () => {
	const header = JSON.parse(whole[0] ?? "");
	const { format, version, ...rest } = header;
	const file: string[] = [];
	for await (const line of fileLines({ ...rest, shard: 2, shards: [0, 2, 9] }, read(whole.slice(1, -1))()))
		file.push(line);
	const result = await imported(file, { shard: 1 });
	assert.deepEqual(result.keysLostOfShards, [9]);
	for (const shard of [0, 2]) {
		assert.deepEqual(await local.on(shard)("SELECT home FROM organizations", []), [[1]]);
		assert.deepEqual(
			await local.on(shard)("SELECT id, hash FROM api_keys", []),
			await execute("SELECT id, hash FROM api_keys", []),
		);
	}
	await assert.rejects(imported(file), /exists, in shard 1/);
	await assert.rejects(imported(file, { replace: true, shard: 0 }), /is in shard 1/);
	assert.equal((await imported(whole, { replace: true })).shard, 1);
	assert.deepEqual(rowsOf(await exported(1)), rowsOf(whole));
	await empty();
	assert.equal((await imported(file)).shard, 2, "where it was");
	await empty();
});

test("one export at a time, and none of an organization that is being imported", async () => {
	const lines = exported(HOME, async (line) => {
		if (line.startsWith('{"table":"tags"'))
			await assert.rejects(exported(), /being moved, exported, imported or removed/);
	});
	assert.equal(rowsOf(await lines).length > 0, true);
	assert.deepEqual(await execute("SELECT 1 FROM moves", []), []);
});

test("lines that npm prints before the file are skipped, and a text with U+2028 is one line", async () => {
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
