// Shared by the tests of imports and exports: the command line within this process, in a folder of its own.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient, type LeadwireClient, paginate, type Schemas } from "leadwire";
import { run } from "../dist/cli/run.js";
import type { Terminal } from "../dist/cli/session.js";
import type { serve } from "./setup.ts";

/** A folder for files; `at` is the path of one. */
export function fileFolder() {
	const folder = mkdtempSync(join(tmpdir(), "leadwire-files-"));
	const at = (name: string) => join(folder, name);
	return {
		folder,
		at,
		write: (name: string, content: string | Uint8Array) => {
			writeFileSync(at(name), content);
			return at(name);
		},
		read: (name: string) => readFileSync(at(name), "utf8"),
		remove: () => rmSync(folder, { recursive: true }),
	};
}

export interface Output {
	readonly code: number;
	readonly output: string;
	readonly errors: string;
}

/** Runs a command with a key. */
export async function command(
	{ url, key }: { url: string; key: string },
	args: readonly string[],
	terminal: Terminal | null = null,
): Promise<Output> {
	const [printed, complained]: [string[], string[]] = [[], []];
	const code = await run(
		args,
		{ LEADWIRE_URL: url, LEADWIRE_API_KEY: key },
		(text) => printed.push(text),
		(text) => complained.push(text),
		terminal,
	);
	return { code, output: printed.join("\n"), errors: complained.join("\n") };
}

/** A new organization: its command line, and a client with a key of its own. */
export async function organizationOf(server: Awaited<ReturnType<typeof serve>>) {
	const { key, organizationId } = await server.newKey();
	const { key: other } = await server.newKey(organizationId);
	const client = createClient({ apiKey: other, baseUrl: server.url });
	const call = (...args: string[]) => command({ url: server.url, key }, args);
	return { organizationId, key, call, client, newKey: async () => (await server.newKey(organizationId)).key };
}

/** All leads, the oldest first. */
export async function leadsOf(client: LeadwireClient): Promise<Schemas["Lead"][]> {
	const leads = [];
	for await (const lead of paginate(client, "/leads", { query: { limit: 100, orderDir: "asc" } }))
		leads.push(lead);
	return leads;
}
