// The Worker's secrets on this machine: from the environment, or else from .dev.vars, which wrangler reads too.
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { newKeyringSecret } from "../../src/keyring.ts";
import type { SecretName } from "../../src/settings.ts";
import { repositoryRoot } from "../tools/tools.ts";

export type Secrets = Record<SecretName, string>;

/**
 * Reads the secrets; a missing one is generated and written to .dev.vars. An empty one in the environment counts as not given:
 * a new one in its place would make all keys and sealed values of the local data unreadable.
 */
export function localSecrets(path = join(repositoryRoot, ".dev.vars")): Secrets {
	const written = existsSync(path) ? readFileSync(path, "utf8") : "";
	const known = parseEnv(written);
	let lineEnd = written === "" || written.endsWith("\n") ? "" : "\n";
	const secret = (name: SecretName) => {
		const given = process.env[name] || known[name];
		if (given) return given;
		const value = newKeyringSecret();
		appendFileSync(path, `${lineEnd}${name}="${value}"\n`, { mode: 0o600 });
		lineEnd = "";
		return value;
	};
	return { KEY_PEPPER: secret("KEY_PEPPER"), ENCRYPTION_KEY: secret("ENCRYPTION_KEY") };
}
