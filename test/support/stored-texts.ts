// All that is stored, as texts by place, to be searched.
import { listDurableObjectIds, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { toHex } from "../../src/base64.ts";
import { run } from "./shards.ts";

const readable = (value: unknown): unknown =>
	value instanceof ArrayBuffer
		? toHex(new Uint8Array(value))
		: Array.isArray(value)
			? toHex(new Uint8Array(value))
			: value;

/** Every column of every row of every table, the full-text indexes' own included. */
export async function databaseTexts(): Promise<Record<string, string>> {
	const tables = await run<{ name: string }>(
		"SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\'",
	);
	const texts: Record<string, string> = {};
	for (const { name } of tables) {
		const results = await run<Record<string, unknown>>(`SELECT * FROM "${name}"`);
		const rows = results.map((row) =>
			Object.entries(row).map(([column, value]) => `${column}=${readable(value)}`),
		);
		texts[`table ${name}`] = rows.flat().join("\n");
	}
	return texts;
}

/** All that the limiters store, with the names of their objects. */
export async function limiterTexts(): Promise<Record<string, string>> {
	const texts: Record<string, string> = {};
	for (const id of await listDurableObjectIds(env.KEY_LIMITER)) {
		texts[`limiter ${id}`] = await runInDurableObject(env.KEY_LIMITER.get(id), async (_, { storage }) =>
			JSON.stringify([id.name, ...(await storage.list())]),
		);
	}
	return texts;
}
