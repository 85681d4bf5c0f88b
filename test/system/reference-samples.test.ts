// The code samples of the reference, run as a reader would run them: each operation's own curl, JavaScript and Python.
import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { operator } from "../../scripts/admin/operator.ts";
import { executeOn } from "../../scripts/admin/query.ts";
import { type Local, startLocal } from "../../scripts/local/local.ts";
import { newKeyringSecret } from "../../src/keyring.ts";

const run = promisify(execFile);
const secrets = { KEY_PEPPER: newKeyringSecret(), ENCRYPTION_KEY: newKeyringSecret() };

const TAG = /tag_[0-9a-z]{26}/g;

/** What runs a sample of each label, if this machine has it. */
const RUNNERS: Readonly<Record<string, readonly [tool: string, ...args: string[]]>> = {
	curl: ["bash", "-euo", "pipefail", "-c"],
	JavaScript: ["node", "--input-type=module", "-e"],
	Python: ["python3", "-c"],
};
const hasPython = spawnSync("python3", ["-c", "import requests"]).status === 0;

interface Operation {
	readonly operationId: string;
	readonly "x-codeSamples": readonly { readonly label: string; readonly source: string }[];
}

let local: Local;
let operations: Operation[];

before(async () => {
	local = await startLocal({ secrets });
	const document = (await (await fetch(new URL("/openapi.json", local.url))).json()) as {
		paths: Record<string, Record<string, Operation>>;
	};
	operations = Object.values(document.paths).flatMap((item) => Object.values(item));
});
after(() => local.dispose());

test("every operation has a sample in each language, that of curl and JavaScript without a mistake in its grammar", () => {
	assert(operations.length > 100);
	const scripts = { curl: "", JavaScript: "" };
	for (const { operationId, "x-codeSamples": samples } of operations) {
		assert.deepEqual(
			samples.map(({ label }) => label),
			Object.keys(RUNNERS),
			operationId,
		);
		scripts.curl += `${samples[0]?.source}\n`;
		scripts.JavaScript += `async () => {\n${samples[1]?.source}\n};\n`;
	}
	reads("bash", ["-n"], scripts.curl);
	// Functions that nobody calls are read and not run.
	reads("node", ["--input-type=module"], scripts.JavaScript);
});

test("every Python sample is Python", {
	skip: spawnSync("python3", ["-V"]).status !== 0,
}, () => {
	const sources = operations.map((operation) => operation["x-codeSamples"][2]?.source);
	const check = "import ast, json, sys\nfor source in json.load(sys.stdin): ast.parse(source)";
	reads("python3", ["-c", check], JSON.stringify(sources));
});

for (const label of Object.keys(RUNNERS)) {
	// The caller of each language is another organization's, so that none finds what another made.
	test(`${label}: they create, read, change and delete`, {
		skip: label === "Python" && !hasPython,
	}, async () => {
		const environment = await givenCaller();
		const [id = assert.fail("no id")] = (await sample("createTag", label, environment)).match(TAG) ?? [];
		const inPlace = (source: string) => source.replaceAll(TAG, id);
		for (const operationId of ["listTags", "getTag", "updateTag"])
			assert.match(await sample(operationId, label, environment, inPlace), new RegExp(id), operationId);
		assert.equal((await sample("deleteTag", label, environment, inPlace)).trim(), "");
		assert.doesNotMatch(await sample("listTags", label, environment), TAG);
		assert.match(await sample("restoreTag", label, environment, inPlace), new RegExp(id));
		assert.match(await sample("createLead", label, environment), /Jane Smith/);
		assert.match(await sample("createWebhook", label, environment), /whsec_/);
	});
}

function reads(tool: string, args: readonly string[], input: string): void {
	const { status, stderr } = spawnSync(tool, args, { input, encoding: "utf8" });
	assert.equal(status, 0, stderr);
}

async function sample(
	operationId: string,
	label: string,
	environment: NodeJS.ProcessEnv,
	change = (source: string) => source,
): Promise<string> {
	const [tool = "", ...args] = RUNNERS[label] ?? [];
	const operation = operations.find((one) => one.operationId === operationId);
	const source =
		operation?.["x-codeSamples"].find((one) => one.label === label)?.source ?? assert.fail(operationId);
	const { stdout } = await run(tool, [...args, change(source)], { env: environment });
	assert.doesNotMatch(stdout, /\bcode\b/, `${operationId}: ${stdout}`);
	return stdout;
}

async function givenCaller(): Promise<NodeJS.ProcessEnv> {
	const admin = operator(executeOn(local.db));
	const { id: organizationId } = await admin.createOrganization("Acme Corp");
	const rights = { name: "samples", mode: "live", envelope: false } as const;
	const made = await admin.createKey({
		...rights,
		scopes: ["*"],
		organizationId,
		pepper: secrets.KEY_PEPPER,
	});
	return { ...process.env, LEADWIRE_URL: local.url.origin, LEADWIRE_API_KEY: made?.key };
}
