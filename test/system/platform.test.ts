// `npm start` runs the Worker under the platform's limits too; what is deployed does not carry the double.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { gzipSync } from "node:zlib";
import { operator } from "../../scripts/admin/operator.ts";
import { executeOn } from "../../scripts/admin/query.ts";
import { readWorkerConfig } from "../../scripts/local/config.ts";
import { bundleWorker, startLocal } from "../../scripts/local/local.ts";
import { repositoryRoot } from "../../scripts/tools/tools.ts";
import { newKeyringSecret } from "../../src/keyring.ts";

const pepper = newKeyringSecret();
// Far below the platform's, so that one may see who enforces it.
const local = await startLocal({
	secrets: { KEY_PEPPER: pepper, ENCRYPTION_KEY: newKeyringSecret() },
	vars: { PLATFORM_LIMITS: JSON.stringify({ valueBytes: 5_000 }) },
});
after(() => local.dispose());

test("what no file is looked for goes to the Worker itself, past Miniflare's Workers for files", async () => {
	assert.deepEqual(readWorkerConfig().bindings.routes, ["*/api/*", "*/f/*", "*/mcp"]);
	const get = async (path: string) => {
		const response = await fetch(new URL(path, local.url));
		return [response.status, (await response.text()).slice(0, 9)];
	};
	assert.deepEqual(await get("/api/v1/leads"), [401, '{"code":"']);
	assert.deepEqual(await get("/favicon.svg"), [200, "<svg xmln"]);
	const bare = join(repositoryRoot, "bench/workers/bare/wrangler.toml");
	assert.deepEqual(readWorkerConfig(bare).bindings.routes, [], "it has no files");
	const folder = mkdtempSync(join(tmpdir(), "leadwire-test-"));
	after(() => rmSync(folder, { recursive: true, force: true }));
	const excepting = join(folder, "wrangler.toml");
	const configuration = readFileSync(join(repositoryRoot, "wrangler.toml"), "utf8");
	writeFileSync(excepting, configuration.replace('"/api/*", ', '"/api/*", "!/api/files/*", '));
	assert.deepEqual(readWorkerConfig(excepting).bindings.routes, [], "a route can't except a path");
});

test("a value heavier than D1 takes is refused by what startLocal runs", async () => {
	const admin = operator(executeOn(local.db));
	const { id } = await admin.createOrganization("Test");
	const made = await admin.createKey({
		organizationId: id,
		name: "platform",
		mode: "test",
		scopes: ["*"],
		envelope: false,
		pepper,
	});
	const post = (notes: string) =>
		fetch(new URL("/api/v1/leads", local.url), {
			method: "POST",
			headers: { "x-api-key": made?.key ?? "", "content-type": "application/json" },
			body: JSON.stringify({ name: "Jane", notes }),
		});
	assert.equal((await post("x")).status, 201);
	assert.equal((await post("x".repeat(5_000))).status, 500);
});

/** Of the deployed script, in KiB. */
const MAX_BUNDLE_KIB = 245;

test("npm start runs just that, and a deployment does not; what is deployed is small", async () => {
	const start = readFileSync(join(repositoryRoot, "scripts/local/serve.ts"), "utf8");
	assert.match(start, /\bstartLocal\(\{/);
	assert.doesNotMatch(start, /\bmain:/);
	const folder = mkdtempSync(join(tmpdir(), "leadwire-test-"));
	after(() => rmSync(folder, { recursive: true, force: true }));
	await bundleWorker(readWorkerConfig(), folder);
	const deployed = readFileSync(join(folder, "index.js"), "utf8");
	assert.match(deployed, /KeyLimiter/);
	assert.doesNotMatch(deployed, /PLATFORM_LIMITS|async_hooks/);
	const kib = gzipSync(deployed).length / 1_024;
	assert.ok(
		kib <= MAX_BUNDLE_KIB,
		`The Worker has ${kib.toFixed(1)} KiB gzipped, ${MAX_BUNDLE_KIB} at most are wanted. See which file or library has grown: npx wrangler deploy --dry-run --metafile --outdir dist/bundle. Texts and what only the document needs belong into src/documentation, which is not deployed; parts of libraries that nobody asks for are left out by [alias] in wrangler.toml.`,
	);
});
