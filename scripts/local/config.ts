// Reads a wrangler.toml with wrangler's own reader, so that bindings are named nowhere else. Its types name a package
// that it does not bring along, so what we take from it is given its form here, and only here.
import { dirname, join, resolve } from "node:path";
import type { V4WorkerOptions } from "miniflare";
import { unstable_getMiniflareWorkerOptions, unstable_readConfig } from "wrangler";
import { root } from "../tools/tools.ts";

interface WranglerConfig {
	readonly name: string;
	readonly vars: Readonly<Record<string, string>>;
	readonly d1_databases: readonly { readonly binding: string; readonly migrations_dir?: string }[];
	readonly triggers: { readonly crons?: readonly string[] };
}

/** Every binding, in the form of Miniflare's options. */
interface Bindings {
	readonly bindings: Record<string, string>;
	readonly d1Databases: NonNullable<V4WorkerOptions["d1Databases"]>;
	readonly compatibilityFlags: readonly string[];
	readonly [other: string]: unknown;
}

export interface WorkerConfig {
	readonly path: string;
	readonly name: string;
	readonly vars: Readonly<Record<string, string>>;
	readonly crons: readonly string[];
	/** The migrations of the binding `DB`. */
	readonly migrationsDir: string;
	readonly bindings: Bindings;
}

/** What a wrangler.toml says, by default the one that is deployed. */
export function readWorkerConfig(path = join(root, "wrangler.toml")): WorkerConfig {
	process.env.WRANGLER_LOG ??= "error";
	const { name, vars, d1_databases, triggers } = unstable_readConfig({ config: path }) as WranglerConfig;
	const database = d1_databases.find(({ binding }) => binding === "DB");
	return {
		path,
		name,
		vars,
		crons: triggers.crons ?? [],
		migrationsDir: resolve(dirname(path), database?.migrations_dir ?? "migrations"),
		bindings: unstable_getMiniflareWorkerOptions(path).workerOptions as Bindings,
	};
}
