// The secrets of `npm start`: once made they stay, whatever the environment says.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, test } from "node:test";
import { localSecrets } from "../../scripts/local/secrets.ts";
import { newKeyringSecret } from "../../src/keyring.ts";

const folder = mkdtempSync(join(tmpdir(), "leadwire-secrets-"));
after(() => rmSync(folder, { recursive: true }));
const path = join(folder, ".dev.vars");
beforeEach(() => {
	rmSync(path, { force: true });
	delete process.env.KEY_PEPPER;
	delete process.env.ENCRYPTION_KEY;
});

test("missing secrets are made once", () => {
	const made = localSecrets(path);
	const text = readFileSync(path, "utf8");
	assert.equal(text, `KEY_PEPPER="${made.KEY_PEPPER}"\nENCRYPTION_KEY="${made.ENCRYPTION_KEY}"\n`);
	assert.deepEqual(localSecrets(path), made);
	assert.equal(readFileSync(path, "utf8"), text);
});

test("a secret in the environment comes first, and is not written", () => {
	const made = localSecrets(path);
	const text = readFileSync(path, "utf8");
	process.env.KEY_PEPPER = newKeyringSecret();
	assert.deepEqual(localSecrets(path), { ...made, KEY_PEPPER: process.env.KEY_PEPPER });
	assert.equal(readFileSync(path, "utf8"), text);
});

test("an empty secret in the environment counts as not given", () => {
	const made = localSecrets(path);
	const text = readFileSync(path, "utf8");
	process.env.KEY_PEPPER = "";
	process.env.ENCRYPTION_KEY = "";
	assert.deepEqual(localSecrets(path), made);
	assert.equal(readFileSync(path, "utf8"), text);
});

test("what is written begins a line of its own", () => {
	const pepper = newKeyringSecret();
	writeFileSync(path, `KEY_PEPPER="${pepper}"`);
	const made = localSecrets(path);
	assert.equal(made.KEY_PEPPER, pepper);
	assert.deepEqual(localSecrets(path), made);
	assert.equal(readFileSync(path, "utf8").split("\n").length, 3);
	writeFileSync(path, "# none yet");
	const both = localSecrets(path);
	assert.deepEqual(localSecrets(path), both);
	assert.equal(readFileSync(path, "utf8").split("\n").length, 4);
});
