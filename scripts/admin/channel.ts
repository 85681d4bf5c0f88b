// How `npm run admin` reaches the database: through a running server, by opening the local files, or through wrangler.
import { mkdirSync } from "node:fs";
import { findServer } from "../local/control.ts";
import { capture } from "../tools/tools.ts";
import { inline } from "./literal.ts";
import { type Execute, executeOn } from "./operator.ts";

export interface Channel {
	readonly execute: Execute;
	/** Tells the limiter of a revoked key to refuse it at once. Returns whether the limiter could be reached. */
	endKey(id: string): Promise<boolean>;
	close(): Promise<void>;
}

/** Opens the database of a state directory: through the server that uses it, or directly. */
export async function localChannel(stateDir: string): Promise<Channel> {
	const server = await findServer(stateDir);
	if (server) {
		const endKey = (id: string) => server.endKey(id).then(() => true);
		return { execute: server.execute, endKey, close: async () => undefined };
	}
	mkdirSync(stateDir, { recursive: true });
	// Imported here because loading Miniflare and wrangler takes longer than everything else.
	const { openDatabase } = await import("../local/local.ts");
	const { db, dispose } = await openDatabase(stateDir);
	return {
		execute: executeOn(db),
		// No Worker is running, so none remembers the key.
		endKey: async () => true,
		close: dispose,
	};
}

/** Reaches a database through `wrangler d1 execute DB`; the deployed one, unless `where` has other arguments. */
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
