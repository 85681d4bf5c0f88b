// Writes the OpenAPI document to dist/openapi.json, as the Worker itself serves it: what is linted is what users get. Beside
// it, in dist/api-types.d.ts, what it says in TypeScript: the dashboard knows the API by these types alone.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import openapiTypescript, { astToString, type OpenAPI3 } from "openapi-typescript";
import { newKeyringSecret } from "../src/keyring.ts";
import { startLocal } from "./local.ts";
import { root } from "./tools.ts";

const secrets = { KEY_PEPPER: newKeyringSecret(), ENCRYPTION_KEY: newKeyringSecret() };
const { url, dispose } = await startLocal({ secrets });
const response = await fetch(new URL("/openapi.json", url));
const text = await response.text();
await dispose();
if (!response.ok) throw new Error(`/openapi.json answered ${response.status}: ${text}`);
const document: OpenAPI3 = JSON.parse(text);
const dist = join(root, "dist");
mkdirSync(dist, { recursive: true });
writeFileSync(join(dist, "openapi.json"), `${JSON.stringify(document, null, 2)}\n`);
writeFileSync(join(dist, "api-types.d.ts"), astToString(await openapiTypescript(document)));
