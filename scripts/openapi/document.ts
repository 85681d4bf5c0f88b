// Writes the OpenAPI document to dist/openapi.json exactly as the Worker serves it, so that the linted document is the public one.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { newKeyringSecret } from "../../src/keyring.ts";
import { startLocal } from "../local/local.ts";
import { repositoryRoot } from "../tools/tools.ts";

const secrets = { KEY_PEPPER: newKeyringSecret(), ENCRYPTION_KEY: newKeyringSecret() };
const { url, dispose } = await startLocal({ secrets });
const response = await fetch(new URL("/openapi.json", url));
const text = await response.text();
await dispose();
if (!response.ok) throw new Error(`/openapi.json answered ${response.status}: ${text}`);
mkdirSync(join(repositoryRoot, "dist"), { recursive: true });
writeFileSync(join(repositoryRoot, "dist", "openapi.json"), `${JSON.stringify(JSON.parse(text), null, 2)}\n`);
