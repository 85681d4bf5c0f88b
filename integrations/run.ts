// `npm run test:integrations`: installs each integration, and runs its checks and tests against a Worker of this source. They
// are no part of `npm test`, because they need some thousand packages. `-- zapier` runs one of them.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { operator } from "../scripts/admin/operator.ts";
import { executeOn } from "../scripts/admin/query.ts";
import { startLocal } from "../scripts/local/local.ts";
import { toolEnvironment } from "../scripts/tools/tools.ts";
import { newKeyringSecret } from "../src/keyring.ts";

const chosen = process.argv.slice(2);
const names = chosen.length > 0 ? chosen : ["zapier", "n8n"];

const secrets = { KEY_PEPPER: newKeyringSecret(), ENCRYPTION_KEY: newKeyringSecret() };
const local = await startLocal({ secrets, vars: { ALLOW_INSECURE_TARGETS: "true" } });
let failed = 0;
try {
	for (const name of names) {
		const folder = join(import.meta.dirname, name);
		if (!existsSync(folder)) throw new Error(`There is no integration named ${name}.`);
		const environment = {
			...toolEnvironment(),
			LEADWIRE_URL: local.url.origin,
			LEADWIRE_API_KEY: await newKey(name),
		};
		// None of the packages needs to build anything to run here.
		const steps = [
			["ci", "--ignore-scripts", "--no-audit", "--no-fund"],
			["run", "verify"],
		];
		let isWhole = true;
		for (const step of steps) isWhole = isWhole && (await npm(folder, step, environment));
		if (!isWhole) failed += 1;
		console.log(`${isWhole ? "passed" : "FAILED"}  ${name}`);
	}
} finally {
	await local.dispose();
}
console.log(`\n${names.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** A key that may do everything, of an organization of its own. */
async function newKey(name: string): Promise<string> {
	const admin = operator(executeOn(local.db));
	const { id: organizationId } = await admin.createOrganization(`Acme ${name}`);
	const rights = { name, mode: "live", envelope: false } as const;
	const made = await admin.createKey({
		...rights,
		scopes: ["*"],
		organizationId,
		pepper: secrets.KEY_PEPPER,
	});
	if (!made) throw new Error("The organization has vanished.");
	return made.key;
}

async function npm(folder: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<boolean> {
	const child = spawn("npm", args, {
		cwd: folder,
		env,
		stdio: "inherit",
		shell: process.platform === "win32",
	});
	const [code] = await once(child, "close");
	return code === 0;
}
