// How `npm run admin` reaches the databases: through a running server, in the local files, or through wrangler.
import { setTimeout as sleep } from "node:timers/promises";
import { databaseBindingOf, shardsAmong } from "../../src/places.ts";
import { findServer } from "../local/control.ts";
import { holderOf, lockState } from "../local/state-lock.ts";
import { makeStateDir } from "../tools/environment.ts";
import { captureTool, plain } from "../tools/tools.ts";
import { within } from "../tools/within.ts";
import { inlineValues } from "./literal.ts";
import { bytesOf, type Execute, executeOn } from "./query.ts";

export interface Channel {
	/** The numbers of all shards, in order. */
	readonly shards: readonly number[];
	/** Runs statements in the database of a shard. */
	on(shard: number): Execute;
	/** How large the database of a shard is (bytes). */
	bytesOf(shard: number): Promise<number>;
	/** Tells the limiter of a revoked key to refuse it at once. Returns whether the limiter could be reached. */
	endKey(id: string): Promise<boolean>;
	/** Waits until no running Worker remembers where an organization was, and all that it has begun to send has ended. */
	settle(): Promise<void>;
	close(): Promise<void>;
}

/** Longer than an isolate remembers a key, and than a consumer may take for a delivery. */
const SETTLING_MS = 70_000;

const settle = () => sleep(SETTLING_MS);

/** How long a command waits for another one, or for a server that is starting. */
const PATIENCE_MS = 60_000;

const inOrder = (shards: readonly number[]) => shards.toSorted((one, other) => one - other);

/**
 * The databases of this state directory: through the server that runs on it, or by opening them, which one process at a time can.
 * @param count the number of databases, used if no server is running
 * @param by the command that this is for, as it is told to others that wait for it
 * @throws Error in plain words when another process has them and does not end in time, or when they can't be opened
 */
export async function localChannel(
	stateDir: string,
	count = 1,
	by = "npm run admin",
	patienceMs = PATIENCE_MS,
): Promise<Channel> {
	makeStateDir(stateDir);
	const found = await within(
		patienceMs,
		async () => (await findServer(stateDir)) ?? lockState(stateDir, by),
		() => console.error(`Waiting for ${holderOf(stateDir)}, which works on ${stateDir} …`),
	);
	if (!found)
		throw new Error(
			`${holderOf(stateDir)} still works on ${stateDir}. Try again when it has ended, or choose another STATE_DIR.`,
		);
	if ("shards" in found) {
		const { shards, on, bytesOf } = found;
		const endKey = (id: string) => found.endKey(id).then(() => true);
		return { shards: inOrder(shards), on, bytesOf, endKey, settle, close: async () => undefined };
	}
	try {
		const opened = await openedChannel(stateDir, count);
		return { ...opened, close: () => opened.close().finally(() => found.release()) };
	} catch (error) {
		found.release();
		throw error;
	}
}

/** The databases of a state directory that no other process works on. */
async function openedChannel(stateDir: string, count: number): Promise<Channel> {
	// Imported here because loading Miniflare and wrangler takes longer than everything else.
	const { openDatabases } = await import("../local/local.ts");
	const { readWorkerConfig, withShards } = await import("../local/config.ts");
	const { databases, dispose } = await openDatabases(stateDir, withShards(readWorkerConfig(), count));
	const databaseOf = (shard: number) => {
		const db = databases.get(databaseBindingOf(shard));
		if (!db) throw new Error(`There is no shard ${shard}.`);
		return db;
	};
	return {
		shards: inOrder(shardsAmong(databases.keys())),
		on: (shard) => executeOn(databaseOf(shard)),
		bytesOf: (shard) => bytesOf(databaseOf(shard)),
		// No Worker is running, so none remembers the key.
		endKey: async () => true,
		settle: async () => undefined,
		close: dispose,
	};
}

/** What wrangler prints of a statement. */
interface D1Answer {
	readonly results: readonly Record<string, unknown>[];
	readonly meta?: { readonly size_after?: number };
}

/** Runs wrangler and returns its output; throws an Error with what it says is wrong. */
export type Wrangler = (args: readonly string[]) => Promise<string>;

export const callWrangler: Wrangler = (args) =>
	captureTool("wrangler", args).catch((error: unknown) => {
		throw new Error(faultIn(plain(error)));
	});

/** How wrangler says with `--json` what is wrong. */
interface WranglerFault {
	readonly error: { readonly text: string; readonly notes?: readonly { readonly text: string }[] };
}

/** What is wrong, in wrangler's words and Cloudflare's, without the JSON around them. */
export function faultIn(output: string): string {
	const [json] = /^\{\s*"error": \{.*^\}/ms.exec(output) ?? [];
	if (json === undefined) return output;
	const { text, notes = [] } = (JSON.parse(json) as WranglerFault).error;
	return `wrangler says: ${[text, ...notes.map((note) => note.text)].join(" ")}`;
}

/**
 * The deployed databases, through `wrangler d1 execute`.
 * @param bindings the names of the database bindings in wrangler.toml
 */
export function wranglerChannel(bindings: Iterable<string>, wrangler: Wrangler = callWrangler): Channel {
	const execute = async (shard: number, command: string) => {
		const binding = databaseBindingOf(shard);
		const output = await wrangler(["d1", "execute", binding, "--remote", "--json", "--command", command]);
		const [result] = JSON.parse(output) as D1Answer[];
		return result;
	};
	return {
		shards: inOrder(shardsAmong(bindings)),
		on: (shard) => async (sql, values) => {
			const result = await execute(shard, inlineValues(sql, values));
			return (result?.results ?? []).map((row) => Object.values(row));
		},
		bytesOf: async (shard) => Number((await execute(shard, "SELECT 1"))?.meta?.size_after),
		endKey: async () => false,
		settle,
		close: async () => undefined,
	};
}
