// A server under test, in a process of its own so that its processor time can be measured separately.
import { createHash } from "node:crypto";
import { operator } from "../scripts/admin/operator.ts";
import { executeOn } from "../scripts/admin/query.ts";
import { withShards } from "../scripts/local/config.ts";
import { startLocal } from "../scripts/local/local.ts";
import { shardCount } from "../scripts/tools/environment.ts";
import { hashKey, newKey } from "../src/gate/api-key.ts";
import { newId } from "../src/ids.ts";
import { newKeyringSecret, parseKeyring } from "../src/keyring.ts";
import { databaseBindingOf, shardsAmong } from "../src/places.ts";
import { isYardstick, type Kind, workerOf } from "./workers.ts";

const pepper = newKeyringSecret();
const [, , name, stateDir, inspected] = process.argv;
const kind = name as Kind;
const isOurs = !isYardstick(kind);
const { config, main } = workerOf(kind);
const { url, databases, runtime } = await startLocal({
	main,
	config: withShards(config, isOurs ? shardCount() : 1),
	...(isOurs
		? {
				secrets: { KEY_PEPPER: pepper, ENCRYPTION_KEY: newKeyringSecret() },
				vars: { ALLOW_INSECURE_TARGETS: "true" },
			}
		: {}),
	...(stateDir ? { stateDir } : {}),
	inspected: inspected !== undefined,
});
/** Organizations are in the last of the databases. */
const shard = Math.max(...shardsAmong(databases.keys()));
const db = databases.get(databaseBindingOf(shard));
if (!db) throw new Error(`There is no database of shard ${shard}.`);
const execute = executeOn(db);
const insertKeys = `INSERT INTO api_keys
	(organizationId, id, version, createdAt, updatedAt, name, hash, pepperId, keyPrefix, scopes, envelope)
	SELECT ?1, value->>'id', 1, ?2, ?2, 'bench', value->>'hash', ?3, 'lw_test_', '["*"]', 0 FROM json_each(?4)`;
process.on("message", (asked: { organizationWithKeys: number } | { sql: string; values: unknown[] }) => {
	const answer =
		"sql" in asked
			? execute(asked.sql, asked.values).then((rows) => ({ rows }))
			: (isOurs ? makeOrganization : makeKeys)(asked.organizationWithKeys).then((keys) => ({
					keys,
				}));
	answer.catch((error: Error) => ({ error: error.message })).then((reply) => process.send?.(reply));
});
process.once("disconnect", () => process.exit());
process.send?.({ url: String(url), inspector: inspected ? (await runtime.getInspectorURL()).host : "" });

/** Makes an organization with many keys, because one key allows 60 requests a minute. */
async function makeOrganization(count: number): Promise<string[]> {
	const { id } = await operator(execute).createOrganization("Bench");
	const { active } = parseKeyring(pepper);
	const now = Date.now();
	const keys = await Promise.all(Array.from({ length: count }, () => newKey("test", active.bytes, shard)));
	const rows = await Promise.all(
		keys.map(async (key) => ({ id: newId("key", now), hash: await hashKey(active.bytes, key) })),
	);
	await db?.prepare(insertKeys).bind(id, now, active.id, JSON.stringify(rows)).run();
	return keys;
}

/** The same for the floor Worker, whose organizations have no row. */
async function makeKeys(count: number): Promise<string[]> {
	const keys = Array.from({ length: count }, () => crypto.randomUUID());
	const hashes = keys.map((key) => createHash("sha256").update(key).digest("hex"));
	const insert = "INSERT INTO keys SELECT value, ? FROM json_each(?)";
	await db?.prepare(insert).bind(crypto.randomUUID(), JSON.stringify(hashes)).run();
	return keys;
}
