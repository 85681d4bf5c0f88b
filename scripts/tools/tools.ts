// Runs the tools of this repository, without telemetry, without checks for newer versions (which would use the network),
// and without log files in the user's home.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { text } from "node:stream/consumers";

/** The repository's own folder, absolute. */
export const repositoryRoot = join(import.meta.dirname, "..", "..");

const quiet = {
	WRANGLER_SEND_METRICS: "false",
	WRANGLER_HIDE_BANNER: "true",
	WRANGLER_WRITE_LOGS: "false",
	// What wrangler says as a tool is its answer.
	WRANGLER_LOG: "log",
	REDOCLY_TELEMETRY: "off",
	REDOCLY_SUPPRESS_UPDATE_NOTICE: "true",
	DO_NOT_TRACK: "1",
	...(process.stdout.isTTY ? {} : { NO_COLOR: "1" }),
};

/** The environment for a tool: ours without telemetry, with the installed tools and Node first in PATH. */
export function toolEnvironment(): NodeJS.ProcessEnv {
	const { MINIFLARE_WORKERD_PATH: _ours, PATH, ...rest } = process.env;
	return { ...rest, ...quiet, PATH: [join(repositoryRoot, "node_modules", ".bin"), PATH].join(delimiter) };
}

interface Lock {
	readonly packages: Readonly<Record<string, { readonly bin?: Readonly<Record<string, string>> }>>;
}

/**
 * The command that runs an installed tool: Node with the tool's script. On Windows the files that npm puts into `.bin` need a
 * shell, which would interpret the arguments.
 */
export function toolCommand(tool: string, args: readonly string[]): [command: string, ...args: string[]] {
	if (tool === "node") return [process.execPath, ...args];
	const { packages } = JSON.parse(readFileSync(join(repositoryRoot, "package-lock.json"), "utf8")) as Lock;
	for (const [folder, { bin }] of Object.entries(packages)) {
		const script = /^node_modules\/(@[^/]+\/)?[^/]+$/.test(folder) && bin?.[tool];
		if (script) return [process.execPath, join(repositoryRoot, folder, script), ...args];
	}
	// npm passes the path of its script; without npm, the command is looked up in PATH.
	const npm = tool === "npm" && process.env.npm_execpath;
	return npm ? [process.execPath, npm, ...args] : [tool, ...args];
}

/** Longer than any check takes, so that a hanging check fails and doesn't block CI. */
const MAX_MINUTES = 20;
const KILL = "SIGKILL";
const limitOf = (minutes: number) => ({ timeout: minutes * 60_000, killSignal: KILL }) as const;

/** What ended a tool that gave no exit code: without this, one that reached the limit would look as if it had nothing to say. */
const endedBy = (tool: string, signal: NodeJS.Signals, minutes: number): string =>
	`${tool} was ended by ${signal}${signal === KILL ? `, probably because it took more than ${minutes} minutes` : ""}.`;

/**
 * Runs a tool in the repository's folder with its output shown.
 * @param minutes how long it may take
 * @returns its exit code, 1 when a signal or the time limit ended it or it could not be started
 */
export async function runTool(tool: string, args: readonly string[], minutes = MAX_MINUTES): Promise<number> {
	const [command, ...rest] = toolCommand(tool, args);
	const child = spawn(command, rest, {
		cwd: repositoryRoot,
		env: toolEnvironment(),
		stdio: "inherit",
		...limitOf(minutes),
	});
	return new Promise((resolve) => {
		child.once("error", (error) => {
			console.error(error.message);
			resolve(1);
		});
		child.once("close", (code, signal) => {
			if (signal) console.error(endedBy(tool, signal, minutes));
			resolve(code ?? 1);
		});
	});
}

/**
 * Runs a tool in the repository's folder and returns its standard output.
 * Throws an Error with its output if it fails.
 */
export async function captureTool(tool: string, args: readonly string[]): Promise<string> {
	const [command, ...rest] = toolCommand(tool, args);
	const child = spawn(command, rest, {
		cwd: repositoryRoot,
		env: toolEnvironment(),
		stdio: ["ignore", "pipe", "pipe"],
		...limitOf(MAX_MINUTES),
	});
	const ended = new Promise<string | null>((resolve, reject) => {
		child.once("error", reject);
		child.once("close", (code, signal) =>
			resolve(signal ? endedBy(tool, signal, MAX_MINUTES) : code === 0 ? null : ""),
		);
	});
	const [failure, output, errors] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
	if (failure !== null)
		throw new Error(`${tool} ${args[0] ?? ""} failed:\n${`${output}${errors}${failure}`.trim()}`);
	return output;
}

/** The message of an error's root cause, without a stack. */
export function plain(error: unknown): string {
	if (!(error instanceof Error)) return String(error);
	return error.cause instanceof Error ? plain(error.cause) : error.message;
}
