// Runs a Worker on this machine as Cloudflare would: in workerd, with every binding of wrangler.toml. It uses Miniflare's
// API, because the proxy of `wrangler dev` costs more than the Worker itself.
import { join, parse, resolve } from "node:path";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare, type V4WorkerOptions } from "miniflare";
import { buildPages } from "../assets/build.ts";
import { portInUse } from "../tools/environment.ts";
import { captureTool, plain, repositoryRoot } from "../tools/tools.ts";
import { readWorkerConfig, type WorkerConfig } from "./config.ts";
import { type Lifeline, openLifeline } from "./lifeline.ts";
import { applyMigrations } from "./migrations.ts";
import { isLocked, USED_ELSEWHERE } from "./state-lock.ts";

/** A D1 database as a Worker sees it. */
export type Database = Awaited<ReturnType<Miniflare["getD1Database"]>>;

export interface LocalOptions {
	/** The Worker's configuration; ours by default. */
	readonly config?: WorkerConfig;
	/** The entry point; by default our Worker under the platform's limits. */
	readonly main?: string;
	/** The port on 127.0.0.1; any free one by default. */
	readonly port?: number;
	/** The folder of the data, as for `wrangler dev --persist-to`; by default the data is deleted with the process. */
	readonly stateDir?: string;
	/** Override `[vars]`. */
	readonly vars?: Readonly<Record<string, string>>;
	readonly secrets?: Readonly<Record<string, string>>;
	/** Whether the runtime's inspector listens, on any free port. */
	readonly inspected?: boolean;
	/** Gets each line that the Worker logs; by default they are dropped. */
	readonly onLog?: (line: string) => void;
}

export interface OpenDatabases {
	/** The binding `DB`, with all migrations applied. */
	readonly db: Database;
	/** All databases by binding name. */
	readonly databases: ReadonlyMap<string, Database>;
	dispose(): Promise<void>;
}

export interface Local extends OpenDatabases {
	readonly url: URL;
	readonly runtime: Miniflare;
	/** Runs the cron handler once; the platform does it each minute. */
	runScheduled(): Promise<void>;
}

/** The double that enforces the limits which Cloudflare has and the local runtime doesn't. */
const PLATFORM = join(repositoryRoot, "scripts/platform/worker.ts");
/** Compatibility flags that the double needs to distinguish invocations. */
const FLAGS = ["nodejs_als"];

/** Bundles the Worker, serves it and migrates its databases. Needs no network and no account. */
export async function startLocal(options: LocalOptions = {}): Promise<Local> {
	const lifeline = openLifeline();
	const bundle = join(lifeline.folder, "bundle");
	const { config = readWorkerConfig(), main = PLATFORM, vars, secrets } = options;
	await bundleWorker(config, bundle, main);
	const worker = {
		...config.bindings,
		compatibilityFlags: [...config.bindings.compatibilityFlags, ...FLAGS],
		bindings: { ...config.bindings.bindings, ...vars, ...secrets },
		modulesRoot: bundle,
		modules: [{ type: "ESModule" as const, path: join(bundle, `${parse(main).name}.js`) }],
	};
	return run(config, worker, lifeline, options);
}

/** Bundles the Worker into a folder, as for a deployment. */
export async function bundleWorker(config: WorkerConfig, folder: string, main?: string): Promise<void> {
	// Wrangler refuses a Worker whose assets folder doesn't exist.
	buildPages();
	const entry = main ? [main, ...FLAGS.flatMap((flag) => ["--compatibility-flags", flag])] : [];
	await captureTool("wrangler", [
		"deploy",
		...entry,
		"--dry-run",
		"--config",
		config.path,
		"--outdir",
		folder,
	]);
}

/** Opens the databases alone, for when no Worker runs on this state. */
export function openDatabases(stateDir: string, config = readWorkerConfig()): Promise<OpenDatabases> {
	const { d1Databases } = config.bindings;
	const worker = { modules: true, script: "export default {}", d1Databases };
	return run(config, worker, openLifeline(), { stateDir });
}

async function run(
	config: WorkerConfig,
	worker: V4WorkerOptions,
	lifeline: Lifeline,
	{ port = 0, stateDir, inspected = false, onLog = () => undefined }: LocalOptions,
): Promise<Local> {
	const runtime = new Miniflare(
		convertV4MiniflareOptions({
			// Not "localhost", which may be an IPv4 or an IPv6 address.
			host: "127.0.0.1",
			port,
			// Otherwise Miniflare asks a server on the network for this machine's location.
			cf: false,
			log: new Log(LogLevel.ERROR),
			handleStructuredLogs: ({ message }) => onLog(message),
			unsafeRuntimeEnv: lifeline.environment,
			resourceTmpPath: lifeline.folder,
			...(inspected ? { inspectorPort: 0 } : {}),
			...(stateDir ? { resourcePersistencePath: join(resolve(stateDir), "v3") } : {}),
			workers: [{ ...worker, name: config.name }],
		}),
	);
	const dispose = async () => {
		// A runtime that could not start says so again.
		await runtime.dispose().finally(() => lifeline.release());
	};
	try {
		const url = await runtime.ready;
		const databases = new Map<string, Database>();
		for (const name of Object.keys(config.bindings.d1Databases)) {
			const database = await runtime.getD1Database(name);
			await applyMigrations(database, config.migrationsDir).catch((cause: unknown) => {
				const why = isLocked(cause) ? USED_ELSEWHERE : plain(cause);
				throw new Error(`The database ${name} can't be used: ${why}`);
			});
			databases.set(name, database);
		}
		const db = await runtime.getD1Database("DB");
		const runScheduled = async () => {
			const fetcher = await runtime.getWorker();
			for (const cron of config.crons) await fetcher.scheduled({ cron });
		};
		return { url, db, databases, runtime, runScheduled, dispose };
	} catch (error) {
		await dispose().catch(() => undefined);
		// Miniflare's own message names a flag of wrangler. The port was free a moment ago.
		const isTaken = error instanceof Error && "code" in error && error.code === "ERR_ADDRESS_IN_USE";
		throw isTaken ? new Error(portInUse(port)) : error;
	}
}
