// Reads wrangler.toml with wrangler's own reader, so that bindings are named nowhere else. Wrangler's types need a package
// that it doesn't install, so the types of what we use are declared here.
import { dirname, join, resolve } from "node:path";
import {
	experimental_readRawConfig,
	unstable_getMiniflareWorkerOptions,
	unstable_readConfig,
} from "wrangler";
import { databaseBindingOf } from "../../src/places.ts";
import { repositoryRoot } from "../tools/tools.ts";

interface WranglerConfig {
	readonly name: string;
	readonly vars: Readonly<Record<string, string>>;
	readonly d1_databases: readonly {
		readonly binding: string;
		readonly database_name?: string;
		readonly database_id?: string;
		readonly migrations_dir?: string;
	}[];
	readonly queues: {
		readonly producers?: readonly { readonly binding: string; readonly queue: string }[];
		readonly consumers?: readonly { readonly queue: string }[];
	};
	readonly triggers: { readonly crons?: readonly string[] };
	readonly assets?: { readonly run_worker_first?: boolean | readonly string[] };
}

/** A table of wrangler.toml, as it is written there. */
export type ConfigTable = Readonly<Record<string, unknown>>;

/** What is edited of wrangler.toml, as it is written there. */
export interface ConfigTables {
	readonly d1_databases?: readonly ConfigTable[];
	readonly queues?: {
		readonly producers?: readonly ConfigTable[];
		readonly consumers?: readonly ConfigTable[];
	};
	readonly vars?: ConfigTable;
}

/** All bindings, as options of Miniflare. */
interface Bindings {
	readonly bindings: Record<string, string>;
	/** By binding name. */
	readonly d1Databases: Readonly<Record<string, { readonly id: string }>>;
	readonly compatibilityFlags: readonly string[];
	readonly [other: string]: unknown;
}

export interface WorkerConfig {
	readonly path: string;
	readonly name: string;
	readonly vars: Readonly<Record<string, string>>;
	readonly crons: readonly string[];
	/** The queues that are written to, and that nobody reads. */
	readonly unreadQueues: readonly string[];
	/** The names of the bindings that settings refer to: databases and queues. */
	readonly names: ReadonlySet<string>;
	readonly databases: readonly DeployedDatabase[];
	/** The migrations folder of the binding `DB`, shared by the other shards. */
	readonly migrationsDir: string;
	readonly bindings: Bindings;
}

/** A database as it is deployed. */
export interface DeployedDatabase {
	readonly binding: string;
	readonly name: string;
	/** All zeros until one was made. */
	readonly id: string;
}

/** Whether a database exists: its id in wrangler.toml is then more than zeros. */
export const isMade = ({ id }: Pick<DeployedDatabase, "id">): boolean => /[^0-]/.test(id);

/** The id on this machine of a further database that has none at Cloudflare. */
const localIdOf = (binding: string) => `local-${binding}`;

/** Those that are yet to be made have the same id, and each is one of its own on this machine. */
const apart = (d1Databases: Bindings["d1Databases"]): Bindings["d1Databases"] =>
	Object.fromEntries(
		Object.entries(d1Databases).map(([name, one]) => [
			name,
			name === databaseBindingOf(0) || isMade(one) ? one : { ...one, id: localIdOf(name) },
		]),
	);

/** The same configuration with at least `count` databases; added ones exist on this machine only. */
export function withShards(config: WorkerConfig, count: number): WorkerConfig {
	const further = Array.from({ length: Math.max(0, count - 1) }, (_, index) => databaseBindingOf(index + 1));
	const made = Object.fromEntries(further.map((name) => [name, { id: localIdOf(name) }]));
	const d1Databases = { ...made, ...config.bindings.d1Databases };
	return { ...config, bindings: { ...config.bindings, d1Databases } };
}

/**
 * The routes of the paths under which no file is looked for. Miniflare hands their requests to the Worker itself, and all others
 * through two Workers of its own, which take a sixth of the processor time of a read and which Cloudflare does not bill.
 * None if some paths are excepted (`!/docs/*`): a route can't say that.
 */
function routesPastAssets({ assets }: WranglerConfig): string[] {
	const paths = Array.isArray(assets?.run_worker_first) ? assets.run_worker_first : [];
	return paths.some((path) => path.startsWith("!")) ? [] : paths.map((path) => `*${path}`);
}

/** Has wrangler read something and say nothing of it: what we print may be read by programs. */
function silently<T>(read: () => T): T {
	const { WRANGLER_LOG } = process.env;
	process.env.WRANGLER_LOG = "error";
	try {
		return read();
	} finally {
		if (WRANGLER_LOG === undefined) delete process.env.WRANGLER_LOG;
		else process.env.WRANGLER_LOG = WRANGLER_LOG;
	}
}

/** Reads a wrangler.toml, by default the deployed one. */
export function readWorkerConfig(path = join(repositoryRoot, "wrangler.toml")): WorkerConfig {
	const [config, bindings] = silently(() => [
		unstable_readConfig({ config: path }) as WranglerConfig,
		unstable_getMiniflareWorkerOptions(path).workerOptions as Bindings,
	]);
	const { name, vars, d1_databases, queues, triggers } = config;
	const { producers = [], consumers = [] } = queues;
	const database = d1_databases.find(({ binding }) => binding === "DB");
	return {
		path,
		name,
		vars,
		names: new Set([...d1_databases, ...producers].map(({ binding }) => binding)),
		unreadQueues: producers
			.map(({ queue }) => queue)
			.filter((queue) => !consumers.some((consumer) => consumer.queue === queue)),
		databases: d1_databases.map(({ binding, database_name = "", database_id = "" }) => ({
			binding,
			name: database_name,
			id: database_id,
		})),
		crons: triggers.crons ?? [],
		migrationsDir: resolve(dirname(path), database?.migrations_dir ?? "migrations"),
		bindings: { ...bindings, routes: routesPastAssets(config), d1Databases: apart(bindings.d1Databases) },
	};
}

/** Reads a wrangler.toml as it is written, with nothing added and nothing checked. Throws an Error when it is no TOML. */
export const readTables = (path: string): ConfigTables =>
	// Cloned, since the parser's objects have no prototype, and so are equal to no others.
	structuredClone(experimental_readRawConfig({ config: path }).rawConfig) as ConfigTables;
