// Follows the README as a new user: runs its quick start unchanged, and checks that everything it names exists.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, globSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { after, test } from "node:test";
import { promisify } from "node:util";
import { operator } from "../../scripts/admin/operator.ts";
import { executeOn } from "../../scripts/admin/query.ts";
import { startLocal } from "../../scripts/local/local.ts";
import { repositoryRoot, toolEnvironment } from "../../scripts/tools/tools.ts";
import { newKeyringSecret } from "../../src/keyring.ts";

const readme = readFileSync(join(repositoryRoot, "README.md"), "utf8");
const blocks = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, code = ""]) => code);
const pepper = newKeyringSecret();
const local = await startLocal({
	secrets: { KEY_PEPPER: pepper, ENCRYPTION_KEY: newKeyringSecret() },
	vars: { ALLOW_INSECURE_TARGETS: "true" },
});
after(() => local.dispose());
const admin = operator(executeOn(local.db));

test("the quick start works as it stands", async () => {
	const { id } = await admin.createOrganization("Test");
	const made = await admin.createKey({
		organizationId: id,
		name: "readme",
		mode: "test",
		scopes: ["*"],
		envelope: false,
		pepper,
	});
	const start = blocks.filter((code) => /\bapi\b|listen\(3000\)/.test(code)).join("");
	const receiver = String(await freePort());
	const script = start
		.replace("lw_test_…", made?.key ?? "")
		.replaceAll("http://localhost:8787", local.url.origin)
		.replace("listen(3000)", `listen(${receiver})`)
		.replace("localhost:3000", `localhost:${receiver}`)
		// What a person does: wait a moment, look, and stop the receiver.
		.replace(/&\n/, "&\nsleep 1\n");
	const { stdout } = await promisify(execFile)("bash", ["-c", `${script}\nsleep 3\nkill %1`], {
		env: toolEnvironment(),
		timeout: 60_000,
	});
	assert.match(stdout, /"secret":"whsec_/);
	assert.match(stdout, /"email":"jane@example.com"/);
	// It may stand right behind an answer, before the line break that ends it.
	assert.match(stdout, /v1,[\w+/=]{44}$/m);
	assert.match(stdout, /"event":"lead.created"/);
	assert.match(stdout, /"hasMore":false/);
	assert.doesNotMatch(stdout, /"code":"/);
});

test("what is to be pasted has no comments: zsh, the shell of macOS, takes them for arguments", () => {
	const documents = globSync(["*.md", "docs/**/*.md", "sdk/*.md"], { cwd: repositoryRoot });
	assert(documents.length > 5);
	const pasted = documents.flatMap((path) =>
		[
			...readFileSync(join(repositoryRoot, path), "utf8").matchAll(
				/^ *```(?:sh|bash|shell)\n([\s\S]*?)^ *```/gm,
			),
		].flatMap(([, code = ""]) => code.split("\n").map((line) => `${path}: ${line}`)),
	);
	assert.deepEqual(
		pasted.filter((line) => /(^|\s)#/.test(line.replaceAll(/'[^']*'|"[^"]*"/g, ""))),
		[],
	);
});

/** Whether a file is there, and the heading in it that a `#` names. */
function isThere(path: string): boolean {
	const [name = "", anchor] = path.split("#");
	const file = join(repositoryRoot, name);
	if (!existsSync(file)) return false;
	const headings = anchor === undefined ? [] : [...readFileSync(file, "utf8").matchAll(/^#+ (.+)$/gm)];
	return (
		anchor === undefined ||
		headings.some(([, title = ""]) => title.toLowerCase().replaceAll(" ", "-") === anchor)
	);
}

test("every page that it names is there", async () => {
	const links = [...readme.matchAll(/\]\(([^)]+)\)/g)].map(([, path = ""]) => path);
	assert.deepEqual(
		links.filter((path) => !isThere(path)),
		[],
	);
	for (const [, path = ""] of readme.matchAll(/<http:\/\/localhost:8787([^>]*)>/g)) {
		if (!path.startsWith("/dashboard"))
			assert.equal((await fetch(new URL(path, local.url))).status, 200, path);
	}
});

async function freePort(): Promise<number> {
	const probe = createServer().listen(0, "127.0.0.1");
	await new Promise((listening) => probe.once("listening", listening));
	const address = probe.address();
	await new Promise((closed) => probe.close(closed));
	return typeof address === "object" && address ? address.port : 0;
}
