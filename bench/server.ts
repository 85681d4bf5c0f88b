// A server under test, in a process of its own so that its processor time can be measured separately.
import { join } from "node:path";
import { executeOn, operator } from "../scripts/admin/operator.ts";
import { readWorkerConfig, withShards } from "../scripts/local/config.ts";
import { type LocalOptions, startLocal } from "../scripts/local/local.ts";
import { shardCount } from "../scripts/tools/environment.ts";
import { repositoryRoot } from "../scripts/tools/tools.ts";
import { hashKey, newKey } from "../src/gate/api-key.ts";
import { newId } from "../src/ids.ts";
import { newKeyringSecret, parseKeyring } from "../src/keyring.ts";
import { databaseBindingOf, shardsAmong } from "../src/places.ts";

export type Kind = "bare" | "ours" | "counted";

const pepper = newKeyringSecret();
const ours = {
	secrets: { KEY_PEPPER: pepper, ENCRYPTION_KEY: newKeyringSecret() },
	vars: { ALLOW_INSECURE_TARGETS: "true" },
};
const workers = join(import.meta.dirname, "workers");
// As it is deployed, without the double of the platform, whose time would be measured too.
const kinds: Readonly<Record<Kind, LocalOptions>> = {
	bare: {
		config: readWorkerConfig(join(workers, "bare", "wrangler.toml")),
		main: join(workers, "bare", "index.ts"),
	},
	ours: { ...ours, main: join(repositoryRoot, "src", "index.ts") },
	counted: { ...ours, main: join(workers, "counted.ts") },
};

const [, , kind, stateDir] = process.argv;
const options = kinds[kind as Kind];
const config = withShards(options.config ?? readWorkerConfig(), kind === "bare" ? 1 : shardCount());
const { url, databases } = await startLocal({ ...options, config, ...(stateDir ? { stateDir } : {}) });
/** Organizations are in the last of the databases. */
const shard = Math.max(...shardsAmong(databases.keys()));
const db = databases.get(databaseBindingOf(shard));
if (!db) throw new Error(`There is no database of shard ${shard}.`);
const execute = executeOn(db);
const insertKeys = db.prepare(`INSERT INTO api_keys
	(organizationId, id, version, createdAt, updatedAt, name, hash, pepperId, keyPrefix, scopes, envelope)
	SELECT ?1, value->>'id', 1, ?2, ?2, 'bench', value->>'hash', ?3, 'lw_test_', '["*"]', 0 FROM json_each(?4)`);
process.on("message", (asked: { organizationWithKeys: number } | { sql: string; values: unknown[] }) => {
	const answer =
		"sql" in asked
			? execute(asked.sql, asked.values).then((rows) => ({ rows }))
			: makeOrganization(asked.organizationWithKeys).then((keys) => ({ keys }));
	answer.catch((error: Error) => ({ error: error.message })).then((reply) => process.send?.(reply));
});
process.once("disconnect", () => process.exit());
process.send?.({ url: String(url) });

/** Makes an organization with many keys, because one key allows 60 requests a minute. */
async function makeOrganization(count: number): Promise<string[]> {
	const { id } = await operator(execute).createOrganization("Bench");
	const { active } = parseKeyring(pepper);
	const now = Date.now();
	const keys = await Promise.all(Array.from({ length: count }, () => newKey("test", active.bytes, shard)));
	const rows = await Promise.all(
		keys.map(async (key) => ({ id: newId("key", now), hash: await hashKey(active.bytes, key) })),
	);
	await insertKeys.bind(id, now, active.id, JSON.stringify(rows)).run();
	return keys;
}
