// `npm start`: runs the whole system on this machine, without an account, a network or questions.
import { spawnSync } from "node:child_process";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { sessionLimiterOf } from "../../src/limiter/window.ts";
import { databaseBindingOf, shardsAmong } from "../../src/places.ts";
import { MINUTE_MS } from "../../src/time.ts";
import { notOpen } from "../admin/homes.ts";
import { operator } from "../admin/operator.ts";
import { bytesOf, type Execute, executeOn } from "../admin/query.ts";
import { buildDashboard, buildPages } from "../assets/build.ts";
import { makeStateDir, portInUse, portNumber, shardCount, stateDir } from "../tools/environment.ts";
import { plain } from "../tools/tools.ts";
import { within } from "../tools/within.ts";
import { readWorkerConfig, type WorkerConfig, withShards } from "./config.ts";
import { findServer, serveControl } from "./control.ts";
import { demoShard, prepareDemo } from "./demo.ts";
import { type Local, startLocal } from "./local.ts";
import { formatLogLine, isSuccessfulRequest } from "./log-lines.ts";
import { runStep } from "./progress.ts";
import { localSecrets } from "./secrets.ts";
import { requireSettings } from "./settings.ts";
import { holderOf, lockState } from "./state-lock.ts";

/** How long to wait for a server that is shutting down. */
const END_PATIENCE_MS = 15_000;
/** How long to wait for a command that works on the data. */
const COMMAND_PATIENCE_MS = 60_000;
const MAX_UNREAD_BYTES = 1_000_000;

const port = portNumber();
const state = stateDir();
let stopping = false;

// The reader of our output may close the pipe or stop reading; the server must neither end nor fill its memory.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
function print(line: string): void {
	if (process.stdout.writableLength <= MAX_UNREAD_BYTES) console.log(line);
}

/**
 * Starts everything, prints the address, and serves until it is stopped.
 * @param json whether to print the Worker's log as JSON instead of readable lines
 * Throws an Error in plain words if it can't start.
 */
export async function serve(json: boolean): Promise<void> {
	const isPortFree = await patiently(
		END_PATIENCE_MS,
		() => `port ${port}`,
		() => isFree(port),
	);
	if (!isPortFree) throw new Error(portInUse(port));
	makeStateDir(state);
	const holder = () => `${holderOf(state)}, which works on ${state}`;
	const hasNoServer = async () => ((await findServer(state)) === null ? true : null);
	const lock =
		(await patiently(END_PATIENCE_MS, holder, hasNoServer)) &&
		(await patiently(COMMAND_PATIENCE_MS, holder, async () => lockState(state, "npm start")));
	if (!lock) throw new Error(`${holderOf(state)} works on ${state}. Stop it, or choose another STATE_DIR.`);
	process.once("exit", () => lock.release());
	const secrets = localSecrets();
	const config = withShards(readWorkerConfig(), shardCount());
	const vars = { ALLOW_INSECURE_TARGETS: "true", ...varsFromEnvironment(config) };
	requireSettings({ ...config.vars, ...vars, ...secrets });
	await runStep(print, "Building the guides", buildPages);
	await runStep(print, "Building the dashboard", buildDashboard);
	let isReady = false;
	const local = await runStep(print, "Starting the Worker and its database", () =>
		startLocal({
			config,
			port,
			stateDir: state,
			secrets: { ...secrets },
			vars,
			// The requests that make the sample data are shown as progress of a step.
			onLog: (line) =>
				isReady || !isSuccessfulRequest(line) ? print(json ? line : formatLogLine(line)) : undefined,
		}),
	);
	stopWith(local);
	await forgetQueue(local);
	// Fetched each time: when workerd has ended, Miniflare starts another one, and the old reference no longer works.
	const databaseOf = (shard: number) => local.runtime.getD1Database(databaseBindingOf(shard));
	const on =
		(shard: number): Execute =>
		async (sql, values) =>
			executeOn(await databaseOf(shard))(sql, values);
	const shards = shardsAmong(local.databases.keys());
	await serveControl(state, {
		shards,
		on,
		bytesOf: async (shard) => bytesOf(await databaseOf(shard)),
		endKey: (id) => endKey(local, id),
	});
	const shard = await demoShard({ shards, on });
	// The sweeper, which begins below, goes on with what keeps the organization from being used.
	const key =
		shard === null || !shards.includes(shard)
			? null
			: await runStep(print, "Preparing the demo organization", (report) =>
					prepareDemo(local, operator(on(shard), shard), secrets.KEY_PEPPER, report),
				);
	await announce(local, key ?? { shard });
	isReady = true;
	await keepTime(local);
}

/** The queue of the previous process is gone: clears the leases, so that the first sweep wakes all deliveries. */
async function forgetQueue({ databases }: Local): Promise<void> {
	for (const database of databases.values())
		await database
			.prepare(
				`UPDATE "deliveries" SET "lease" = NULL, "leaseUntil" = NULL WHERE "dueAt" IS NOT NULL AND "leaseUntil" IS NOT NULL`,
			)
			.run();
}

/** Prints the addresses, and the key or why there is none: where the demo organization is, null while that is in no shard. */
async function announce({ url }: Local, key: string | { readonly shard: number | null }): Promise<void> {
	const home = `http://localhost:${url.port}`;
	console.log(`\nLeadwire is running.\n\nAPI: ${home}/api/v1`);
	for (const [name, path] of [
		["Docs", "/docs"],
		["Dashboard", "/dashboard"],
	] as const) {
		const { ok } = await fetch(new URL(path, url));
		if (ok) console.log(`${name}: ${home}${path}`);
	}
	if (typeof key === "string")
		console.log(`API key: ${key}\n\nTry: curl -H "x-api-key: ${key}" "${home}/api/v1/leads?limit=1"\n`);
	else {
		const where = key.shard === null ? "being moved, imported or removed" : notOpen(key.shard);
		console.log(`API key: none, because the demo organization is ${where}.\n`);
	}
}

/** Runs the cron handler now and at the beginning of each minute, never twice at the same time. */
async function keepTime(local: Local): Promise<void> {
	while (!stopping) {
		const next = sleep(MINUTE_MS);
		await local.runScheduled().catch((error: unknown) => stopping || console.error(plain(error)));
		await next;
	}
}

/** Stops on a signal, and when npm has ended: a killed npm doesn't forward signals. */
function stopWith(local: Local): void {
	const stop = () => {
		if (stopping) return;
		stopping = true;
		local.dispose().finally(() => process.exit(0));
	};
	// Miniflare's own listeners would exit at once with a failure code.
	for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.removeAllListeners(signal).on(signal, stop);
	if (process.env.npm_lifecycle_event !== "start") return;
	const ended = lineage().map((pid) => () => !isRunning(pid));
	const parent = process.ppid;
	setInterval(() => (process.ppid !== parent || ended.some((is) => is())) && stop(), 250).unref();
}

/** The parent process, and npm if the parent is the shell that npm started. Windows has no `ps`, and no such shell. */
function lineage(): number[] {
	const { stdout } = spawnSync("ps", ["-o", "ppid=,comm=", "-p", String(process.ppid)], { encoding: "utf8" });
	const [, grandparent = "", name = ""] = stdout?.match(/^\s*(\d+)\s+(.*\S)/) ?? [];
	return /(^|\/)-?(ba|da|z|a|k)?sh$/.test(name) ? [process.ppid, Number(grandparent)] : [process.ppid];
}

function isRunning(pid: number): boolean {
	try {
		return process.kill(pid, 0);
	} catch {
		return false;
	}
}

/** Isolates may remember a revoked key for a minute; its limiter refuses it at once. */
async function endKey(local: Local, id: string): Promise<void> {
	const limiters = await local.runtime.getDurableObjectNamespace("KEY_LIMITER");
	for (const name of [id, sessionLimiterOf(id)]) {
		const limiter = limiters.getByName(name) as unknown as { endAt(instant: number): Promise<void> };
		await limiter.endAt(Date.now());
	}
}

function varsFromEnvironment({ vars }: WorkerConfig): Record<string, string> {
	const set = Object.keys(vars).map((name) => [name, process.env[name]] as const);
	return Object.fromEntries(
		set.filter((entry): entry is readonly [string, string] => entry[1] !== undefined),
	);
}

/** Whether a port is free; null if it is not. */
function isFree(port: number): Promise<true | null> {
	return new Promise((resolve) => {
		const server = createServer();
		server.once("error", () => resolve(null));
		server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
	});
}

/** Asks until there is an answer other than null, and says what it waits for. Resolves to null when the time is up. */
async function patiently<T>(ms: number, what: () => string, ask: () => Promise<T | null>): Promise<T | null> {
	return (await ask()) ?? runStep(print, `Waiting for ${what()}`, () => within(ms, ask));
}
