// docs/operating.md, "To restore one organization to yesterday": its commands, run as they are written.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { operator } from "../../scripts/admin/operator.ts";
import { executeOn } from "../../scripts/admin/query.ts";
import { startLocal } from "../../scripts/local/local.ts";
import { repositoryRoot, toolEnvironment } from "../../scripts/tools/tools.ts";
import { newKeyringSecret } from "../../src/keyring.ts";

const folder = mkdtempSync(join(tmpdir(), "leadwire-restoring-"));
after(() => rmSync(folder, { recursive: true }));
const stateDir = join(folder, "state");
const secrets = { KEY_PEPPER: newKeyringSecret(), ENCRYPTION_KEY: newKeyringSecret() };

/** Calls the API of a server that runs for it alone, and after it whatever the sweeper has to do. */
async function calling(key: (admin: ReturnType<typeof operator>) => Promise<string>) {
	const local = await startLocal({ stateDir, secrets });
	const own = await key(operator(executeOn(local.db)));
	const call = async (method: string, path: string, body?: object) => {
		const response = await fetch(new URL(`/api/v1${path}`, local.url), {
			method,
			headers: { "x-api-key": own, "content-type": "application/json" },
			...(body ? { body: JSON.stringify(body) } : {}),
		});
		return (await response.json()) as Record<string, unknown>;
	};
	const end = async () => {
		await local.runScheduled();
		await local.dispose();
	};
	return { key: own, call, end };
}

const section = /^### One organization$(.*?)^## /ms.exec(
	readFileSync(join(repositoryRoot, "docs/operating.md"), "utf8"),
)?.[1];
const [nightly = "", restoring = ""] = [...(section ?? "").matchAll(/^```sh\n(.*?)^```$/gms)].map(
	([, commands = ""]) => commands,
);

/** Runs commands of the guide on the local state. */
function run(commands: string, organizationId: string): string {
	const script = commands
		.replaceAll("org_…", organizationId)
		.replaceAll(" --remote", "")
		.replaceAll(/"k1:…"/g, `"${secrets.ENCRYPTION_KEY}"`)
		.replaceAll(/(?<= )acme(?=[-.])/g, `${folder}/acme`);
	const { status, stdout, stderr } = spawnSync("sh", ["-e", "-c", script], {
		cwd: repositoryRoot,
		env: { ...toolEnvironment(), ...secrets, STATE_DIR: stateDir },
		encoding: "utf8",
	});
	assert.equal(status, 0, stderr);
	return stdout;
}

test("after a restore, later writes are gone and earlier ones are back", async () => {
	let organizationId = "";
	const first = await calling(async (admin) => {
		organizationId = (await admin.createOrganization("Acme")).id;
		const terms = { name: "Acme", mode: "live" as const, scopes: ["*"], envelope: false };
		return (await admin.createKey({ ...terms, organizationId, pepper: secrets.KEY_PEPPER })).key;
	});
	const { id } = await first.call("POST", "/leads", { name: "Of yesterday" });
	await first.end();
	run(nightly, organizationId);

	const second = await calling(async () => first.key);
	await second.call("PATCH", `/leads/${id}`, { name: "By mistake" });
	const late = await second.call("POST", "/leads", { name: "Too many" });
	await second.end();
	assert.match(run(restoring, organizationId), /^id: org_/m);

	const third = await calling(async () => first.key);
	assert.deepEqual(
		[(await third.call("GET", `/leads/${id}`)).name, (await third.call("GET", `/leads/${late.id}`)).code],
		["Of yesterday", "NOT_FOUND"],
	);
	assert.equal((await third.call("POST", "/leads", { name: "Next" })).number, 2);
	await third.end();
});

test("an export that is refused at night leaves the last good file", () => {
	const file = join(folder, "acme-yesterday.ndjson");
	writeFileSync(file, "the last good one");
	assert.throws(() => run(nightly, "org_none"), /no organization org_none/);
	assert.equal(readFileSync(file, "utf8"), "the last good one");
});
