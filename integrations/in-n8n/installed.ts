// A real n8n with our package in it, installed as docs/guides/n8n.md says.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot, toolEnvironment } from "../../scripts/tools/tools.ts";

/** It runs under the Node of this repository. */
const VERSION = "2.41.1";
const quiet = ["--no-audit", "--no-fund", "--loglevel=error"];

interface Manifest {
	readonly name: string;
	readonly version: string;
}

const manifestOf = (folder: string): Manifest =>
	JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));

/** Runs npm; throws an Error if it fails. */
async function npm(folder: string, ...args: string[]): Promise<void> {
	const child = spawn("npm", args, {
		cwd: folder,
		env: toolEnvironment(),
		stdio: ["ignore", "inherit", "inherit"],
		shell: process.platform === "win32",
	});
	const [code] = await once(child, "close");
	if (code !== 0) throw new Error(`npm ${args[0]} failed in ${folder}.`);
}

/** A folder with a package of its own, so that npm doesn't install into one above it. */
function packageFolder(...parts: string[]): string {
	const folder = join(...parts);
	mkdirSync(folder, { recursive: true });
	const manifest = join(folder, "package.json");
	if (!existsSync(manifest)) writeFileSync(manifest, '{ "private": true }\n');
	return folder;
}

/**
 * Installs n8n into `dist/n8n`, unless it is there: 2 GB, and some minutes. It is kept for the next run.
 * @returns the path of its command
 */
export async function installN8n(): Promise<string> {
	const folder = packageFolder(repositoryRoot, "dist", "n8n");
	const installed = join(folder, "node_modules", "n8n");
	if (!existsSync(join(installed, "package.json")) || manifestOf(installed).version !== VERSION) {
		// Of its native parts only the database is needed here; others want more of a machine than a compiler.
		await npm(folder, "install", `n8n@${VERSION}`, "--save-exact", "--ignore-scripts", ...quiet);
		await npm(folder, "rebuild", "sqlite3", ...quiet);
	}
	return join(installed, "bin", "n8n");
}

/** Packs `integrations/n8n`, and installs the package as a community node of the n8n whose data are in `userFolder`. */
export async function installNode(userFolder: string): Promise<void> {
	const source = join(repositoryRoot, "integrations", "n8n");
	const target = packageFolder(userFolder, ".n8n", "nodes");
	await npm(source, "ci", "--ignore-scripts", ...quiet);
	await npm(source, "run", "build", "--silent");
	await npm(source, "pack", "--silent", "--pack-destination", target);
	const { name, version } = manifestOf(source);
	await npm(
		target,
		"install",
		`./${name}-${version}.tgz`,
		"--ignore-scripts",
		"--legacy-peer-deps",
		...quiet,
	);
}
