// Three databases, and `npm run admin` over them: on this machine, and through what stands for wrangler.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { type Channel, localChannel, wranglerChannel } from "../../../scripts/admin/channel.ts";
import { commands } from "../../../scripts/admin/commands.ts";
import type { Flags } from "../../../scripts/admin/flags.ts";
import { newKeyringSecret } from "../../../src/keyring.ts";

export const folder = mkdtempSync(join(tmpdir(), "leadwire-shards-"));
export const local = await localChannel(folder, 3);
after(async () => {
	await local.close();
	rmSync(folder, { recursive: true });
});

export const pepper = newKeyringSecret();
process.env.KEY_PEPPER = pepper;

// biome-ignore lint/suspicious/noExplicitAny: what an answer holds is what the test asks of it.
export type Json = any;
export const run = async (channel: Channel, name: string, flags: Flags = {}): Promise<Json> =>
	commands[name]?.check(flags)(channel);

/** The deployed databases as wrangler shows them: those of this machine, each statement told to `heard`. */
export function deployed(heard: string[][]): Channel {
	return wranglerChannel(["DB", "DB_1", "DB_2", "DELIVERIES"], async (args) => {
		heard.push([...args]);
		const [, , binding = "", , , , sql = ""] = args;
		const shard = Number(binding.slice("DB_".length) || 0);
		const rows = await local.on(shard)(sql, []);
		const meta = { size_after: await local.bytesOf(shard) };
		return JSON.stringify([{ results: rows.map((row) => ({ ...row })), meta }]);
	});
}

/** Both ways to the databases. */
export const channels = [
	["on this machine", local],
	["deployed", deployed([])],
] as const;
