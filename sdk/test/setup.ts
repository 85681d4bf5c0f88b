// Shared by the tests of the package: the package as npm would install it, and a server to call.
import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { operator } from "../../scripts/admin/operator.ts";
import { executeOn } from "../../scripts/admin/query.ts";
import { startLocal } from "../../scripts/local/local.ts";
import { repositoryRoot, toolEnvironment } from "../../scripts/tools/tools.ts";
import { newKeyringSecret } from "../../src/keyring.ts";

/** Runs a program to its end and returns its output. Asynchronous, because it may call a server of this process. */
export async function run(program: string, args: readonly string[], cwd: string, env = toolEnvironment()) {
	const { stdout } = await promisify(execFile)(program, args, { cwd, env });
	return stdout;
}

/** The files that `npm pack` puts into the package. */
export interface Packed {
	readonly filename: string;
	readonly files: readonly { readonly path: string; readonly mode: number }[];
}

/** Makes a project folder with the package installed. */
export async function install(): Promise<{ folder: string; packed: Packed; remove: () => void }> {
	const folder = mkdtempSync(join(tmpdir(), "leadwire-sdk-"));
	const options = ["--json", "--ignore-scripts", "--pack-destination", folder];
	const [packed] = Object.values(
		JSON.parse(await run("npm", ["pack", ...options], join(repositoryRoot, "sdk"))),
	) as Packed[];
	if (!packed) throw new Error("npm packed nothing.");
	await run("tar", ["-xzf", packed.filename], folder);
	const modules = join(folder, "node_modules");
	mkdirSync(join(modules, ".bin"), { recursive: true });
	cpSync(join(folder, "package"), join(modules, "leadwire"), { recursive: true });
	for (const name of ["csv-parse", "openapi-fetch", "openapi-typescript-helpers"]) {
		cpSync(join(repositoryRoot, "node_modules", name), join(modules, name), { recursive: true });
	}
	symlinkSync(join("..", "leadwire", "dist", "cli", "main.js"), join(modules, ".bin", "leadwire"));
	writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
	return { folder, packed, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** The Node versions on this machine, one executable of each. */
export async function nodes(): Promise<{ readonly path: string; readonly version: string }[]> {
	const paths = [join(repositoryRoot, "node_modules", ".bin"), ...(process.env.PATH ?? "").split(delimiter)]
		.map((folder) => join(folder, "node"))
		.filter((path) => existsSync(path));
	const found = await Promise.all(
		paths.map(async (path) => ({ path, version: (await run(path, ["--version"], repositoryRoot)).trim() })),
	);
	return found.filter(
		({ version }, index) => found.findIndex((other) => other.version === version) === index,
	);
}

/** Starts a server and makes keys for it: each for a new organization, or for a given one. */
export async function serve() {
	const pepper = newKeyringSecret();
	const local = await startLocal({
		secrets: { KEY_PEPPER: pepper, ENCRYPTION_KEY: newKeyringSecret() },
		vars: { ALLOW_INSECURE_TARGETS: "true" },
	});
	const admin = operator(executeOn(local.db));
	const newKey = async (organization?: string, scopes = ["*"]) => {
		const organizationId = organization ?? (await admin.createOrganization("Test")).id;
		const terms = { name: "test", mode: "test" as const, scopes, envelope: false, pepper };
		const made = await admin.createKey({ ...terms, organizationId });
		if (!made) throw new Error("The organization is gone.");
		return { key: made.key, organizationId };
	};
	const { setLimits } = admin;
	return { url: local.url.origin, newKey, setLimits, dispose: () => local.dispose() };
}
