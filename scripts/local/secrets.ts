// The Worker's secrets on this machine: from the environment, or else from .dev.vars, which wrangler reads too.
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { newKeyringSecret } from "../../src/keyring.ts";
import type { SecretName } from "../../src/settings.ts";
import { repositoryRoot } from "../tools/tools.ts";

export type Secrets = Record<SecretName, string>;

/** Reads the secrets; a missing one is generated and written to .dev.vars. */
export function localSecrets(): Secrets {
	const path = join(repositoryRoot, ".dev.vars");
	const written = existsSync(path) ? readFileSync(path, "utf8") : "";
	const known = { ...parseEnv(written), ...process.env };
	const secret = (name: SecretName) => {
		const value = known[name] || newKeyringSecret();
		if (!known[name]) appendFileSync(path, `${name}="${value}"\n`, { mode: 0o600 });
		return value;
	};
	return { KEY_PEPPER: secret("KEY_PEPPER"), ENCRYPTION_KEY: secret("ENCRYPTION_KEY") };
}
