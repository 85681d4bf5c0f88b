// The ways to the database that `npm run admin` can take: a running server's, the local files', or wrangler's.
import { mkdirSync } from "node:fs";
import { findServer } from "../local/control.ts";
import { capture } from "../tools/tools.ts";
import { inline } from "./literal.ts";
import { type Execute, executeOn } from "./operator.ts";

export interface Channel {
	readonly execute: Execute;
	/** Makes a revoked key's limiter refuse it at once, where we can reach it. Gives whether we could. */
	endKey(id: string): Promise<boolean>;
	close(): Promise<void>;
}

/** The database of this state directory: through the server that runs on it, or by opening it. */
export async function localChannel(stateDir: string): Promise<Channel> {
	const server = await findServer(stateDir);
	if (server) {
		const endKey = (id: string) => server.endKey(id).then(() => true);
		return { execute: server.execute, endKey, close: async () => undefined };
	}
	mkdirSync(stateDir, { recursive: true });
	// Only now: loading Miniflare and wrangler takes longer than all the rest.
	const { openDatabase } = await import("../local/local.ts");
	const { db, dispose } = await openDatabase(stateDir);
	return {
		execute: executeOn(db),
		// No Worker runs, so none remembers the key.
		endKey: async () => true,
		close: dispose,
	};
}

/** A database through `wrangler d1 execute DB`; the deployed one unless `where` says otherwise. */
export function wranglerChannel(where: readonly string[] = ["--remote"]): Channel {
	return {
		async execute(sql, values) {
			const command = inline(sql, values);
			const output = await capture("wrangler", [
				"d1",
				"execute",
				"DB",
				...where,
				"--json",
				"--command",
				command,
			]);
			const [result] = JSON.parse(output) as { results: Record<string, unknown>[] }[];
			return (result?.results ?? []).map((row) => Object.values(row));
		},
		endKey: async () => false,
		close: async () => undefined,
	};
}
