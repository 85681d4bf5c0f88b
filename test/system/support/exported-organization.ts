// An organization to be exported, its file, and databases for copies: on this machine, and through what stands for wrangler.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { type Channel, localChannel, wranglerChannel } from "../../../scripts/admin/channel.ts";
import { exportOrganization } from "../../../scripts/admin/exporting.ts";
import { type ImportOptions, importOrganization, type Target } from "../../../scripts/admin/importing.ts";
import { operator } from "../../../scripts/admin/operator.ts";
import { fileLines } from "../../../scripts/admin/organization-file.ts";
import { queryWith } from "../../../scripts/admin/query.ts";
import { limits } from "../../../scripts/platform/limits.ts";
import { sql } from "../../../src/db/sql.ts";
import { newKeyringSecret, parseKeyring } from "../../../src/keyring.ts";
import { columnsOf, movables } from "../../../src/moving/tables.ts";
import { seal } from "../../../src/sealed.ts";

const folder = mkdtempSync(join(tmpdir(), "leadwire-export-"));
export const local = await localChannel(folder, 4);
after(async () => {
	await local.close();
	rmSync(folder, { recursive: true });
});

/** The deployed databases as wrangler shows them; a statement that is too long for D1 is refused. */
export const deployed = wranglerChannel(
	["DB", "DB_1", "DB_2"],
	async ([, , binding = "", , , , text = ""]) => {
		assert(Buffer.byteLength(text) <= limits.statementBytes.max, "the statement is too long");
		const rows = await local.on(Number(binding.slice("DB_".length) || 0))(text, []);
		return JSON.stringify([{ results: rows.map((row) => ({ ...row })) }]);
	},
);

/** The organization to be exported is in this shard, and copies go to the others. */
export const HOME = 3;
const ring = parseKeyring(newKeyringSecret());
export const execute = local.on(HOME);
await execute("DELETE FROM refolds", []);
const admin = operator(execute, HOME);
export const { id: organizationId } = await admin.createOrganization("O'Brien");
await admin.createKey({
	organizationId,
	name: "First",
	mode: "test",
	scopes: ["*"],
	envelope: false,
	pepper: newKeyringSecret(),
});

export const LONG = "\"'é😀".repeat(100_000);
export const tagId = (number: number) => `tag_${String(number).padStart(5, "0")}`;
export const addTags = (from: number, count: number) =>
	execute(
		`WITH RECURSIVE n(i) AS (SELECT CAST(? AS INTEGER) UNION ALL SELECT i + 1 FROM n WHERE i < ?)
			INSERT INTO tags (organizationId, id, version, createdAt, updatedAt, name)
			SELECT ?, 'tag_' || printf('%05d', i), 1, 1, 1, 'It''s tag ' || i FROM n`,
		[from, from + count - 1, organizationId],
	);
export const addEvent = (number: number, payload: string) =>
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
export async function exported(
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
export const read = (lines: readonly string[]) =>
	async function* () {
		yield* lines;
	};
/** A file like this one with other lines between its header and its checksum. */
export async function remade(
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
export const columnsIn = (table: string) => {
	const movable = movables.find(({ name }) => name === table);
	assert(movable, table);
	return columnsOf(movable);
};
export const rowsOf = (lines: readonly string[]) => lines.slice(1, -1).filter((line) => line.startsWith("["));

/** The databases without the one of the original. */
const into = ({ on }: Channel, more: Partial<Target> = {}): Target => ({
	shards: [0, 1, 2],
	on: (shard) => queryWith(on(shard)),
	settle: async () => undefined,
	ring,
	...more,
});

/** Imports a file into the shards for copies. */
export const imported = (
	file: readonly string[],
	options: ImportOptions = {},
	more: Partial<Target> = {},
	channel: Channel = local,
) => importOrganization(into(channel, more), read(file), options);

/** The number of rows in the shards for copies. */
export async function copiedRows(): Promise<number> {
	const counts = movables.map(({ name }) => `(SELECT count(*) FROM "${name}")`);
	let sum = 0;
	for (const shard of [0, 1, 2])
		sum += Number((await queryWith(local.on(shard))(sql.raw(`SELECT ${counts.join(" + ")}`)))[0]?.[0]);
	return sum;
}

/** Makes the copies' shards empty again. */
export async function empty(): Promise<void> {
	for (const shard of [0, 1, 2])
		for (const { name } of [...movables, { name: "moves" }])
			await local.on(shard)(`DELETE FROM "${name}"`, []);
}

export const whole = await exported();
