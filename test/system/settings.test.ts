// Wrong settings are refused by name, before anything starts or is deployed.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { readWorkerConfig } from "../../scripts/local/config.ts";
import { migrationsIn } from "../../scripts/local/migrations.ts";
import { requireSettings } from "../../scripts/local/settings.ts";
import { repositoryRoot, toolEnvironment } from "../../scripts/tools/tools.ts";
import { newKeyringSecret } from "../../src/keyring.ts";

const secrets = { KEY_PEPPER: newKeyringSecret(), ENCRYPTION_KEY: newKeyringSecret() };
const right = { ...readWorkerConfig().vars, ...secrets };
const STATE_DIR = mkdtempSync(join(tmpdir(), "leadwire-settings-"));
after(() => rmSync(STATE_DIR, { recursive: true, force: true }));

const run = (environment: Readonly<Record<string, string>>, ...args: string[]) =>
	spawnSync("node", args, {
		cwd: repositoryRoot,
		env: { ...toolEnvironment(), STATE_DIR, PORT: "0", ...environment },
		encoding: "utf8",
	});

test("what wrangler.toml says is right", () => {
	requireSettings(right);
	requireSettings(readWorkerConfig().vars, true);
	assert.throws(() => requireSettings(readWorkerConfig().vars), /KEY_PEPPER is not set/);
});

test("all invalid ones are named at once, and no secret is shown", () => {
	const secret = "k1:c2hvcnQtc2VjcmV0";
	const wrong = { ...right, WEBHOOK_TIMEOUT_SECONDS: "60", WEBHOOK_RETRY_DELAYS: "soon", KEY_PEPPER: secret };
	assert.throws(
		() => requireSettings({ ...wrong, WEBHOOK_RETRY_DELAY: "0" }),
		({ message }: Error) => {
			for (const line of [
				"- WEBHOOK_TIMEOUT_SECONDS must be a whole number of seconds from 1 to 30.",
				"- WEBHOOK_RETRY_DELAYS must list",
				"- KEY_PEPPER must read",
				"- WEBHOOK_RETRY_DELAY is not a setting",
			])
				assert.ok(message.includes(line), line);
			assert.ok(!message.includes(secret.slice(3)));
			return true;
		},
	);
});

test("a value without quotes is refused by its name", () => {
	for (const [name, value] of [
		["WEBHOOK_RETRY_DELAYS", 60],
		["WEBHOOK_TIMEOUT_SECONDS", 30],
		["ALLOW_INSECURE_TARGETS", false],
		["SHARD_PLACES", { 1: "eu" }],
		["PUBLIC_HOSTS", ["api.example.com"]],
		["KEY_PEPPER", null],
	] as const) {
		const wrong: Record<string, unknown> = { ...right, [name]: value };
		assert.throws(() => requireSettings(wrong as Record<string, string>), {
			message: `These settings are wrong:\n- ${name} must be a text in quotes.`,
		});
	}
});

test("npm start refuses them", () => {
	const { status, stderr } = run(
		{ ...secrets, PORT: "8852", WEBHOOK_TIMEOUT_SECONDS: "60" },
		"scripts/local/start.ts",
	);
	assert.equal(
		stderr,
		"These settings are wrong:\n- WEBHOOK_TIMEOUT_SECONDS must be a whole number of seconds from 1 to 30.\n",
	);
	assert.equal(status, 1);
});

test("npm run deploy begins by checking them", () => {
	const deploy = ["scripts/deploy/deploy.ts", "--dry-run"];
	const { stdout } = run({}, ...deploy);
	const migrations = migrationsIn(join(repositoryRoot, "migrations"));
	assert.equal(
		stdout,
		[
			"DB (leadwire) is yet to be made and would get all migrations:",
			...migrations.map((name) => `  ${name}`),
			"Then the Worker would be replaced.\n",
		].join("\n"),
	);
	const { status, stderr } = run({ KEY_PEPPER: "nonsense" }, ...deploy);
	assert.equal(status, 1);
	assert.match(stderr, /^These settings are wrong:\n- KEY_PEPPER must read/);
	assert.ok(!stderr.includes("nonsense"));
});
