// `npm start` as a person meets it, killed without warning included.
import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, test } from "node:test";
import { repositoryRoot, toolEnvironment } from "../../scripts/tools/tools.ts";
import { newKeyringSecret } from "../../src/keyring.ts";

const STATE_DIR = mkdtempSync(join(tmpdir(), "leadwire-test-"));
const PORT = String(await freePort());
const environment = {
	...toolEnvironment(),
	STATE_DIR,
	PORT,
	KEY_PEPPER: newKeyringSecret(),
	ENCRYPTION_KEY: newKeyringSecret(),
};
const started = new Set<ChildProcess>();
after(() => {
	for (const { pid } of started) endGroup(pid);
	rmSync(STATE_DIR, { recursive: true, force: true });
});

test("it serves, is administered while it runs, and survives being killed", async () => {
	const first = await start("npm", "start");
	assert(first.firstWordMs < 4_000, `the first word came after ${first.firstWordMs} ms`);
	assert(first.longestSilenceMs < 8_000, `nothing was said for ${first.longestSilenceMs} ms`);
	assert.doesNotMatch(first.output(), /"type"/, "the sample data is told as a step");
	assert.equal((await list(first.key)).status, 200);
	const { items } = (await (await list(first.key)).json()) as { items: unknown[] };
	assert.equal(items.length, 20);

	const organization = await admin("org", "create", "--name", "O'Brien", "--currency", "NOK");
	const made = await admin("key", "create", "--org", String(organization.id), "--name", "first");
	assert.equal((await list(String(made.key))).status, 200);
	const client = await created(String(made.key), "/clients", { name: "First", type: "company" });
	const deal = await created(String(made.key), "/deals", { title: "First", clientId: client.id });
	assert.equal(deal.currency, "NOK");
	const lead = await created(String(made.key), "/leads", { name: "First" });
	assert.match(String(lead.stageId), /^lstg_/);
	const { items: stages } = await json(call(String(made.key), "GET", "/lead-stages"));
	assert.deepEqual(
		(stages as { type: string; position: number }[])
			.sort((one, other) => one.position - other.position)
			.map(({ type }) => type),
		["NEW", "CONTACTED", "WORKING", "CONVERTED", "UNQUALIFIED", "JUNK"],
	);
	const { items: sources } = await json(call(String(made.key), "GET", "/lead-sources"));
	assert((sources as object[]).length > 1);
	assert.match(first.output(), /^\{"type":"request",.*"path":"\/api\/v1\/leads","status":200,/m);
	assert.equal((await admin("key", "revoke", "--id", String(made.id))).effective, "at once");
	assert.equal((await list(String(made.key))).status, 401);

	const { id } = await created(first.key, "/leads", { name: "Written just before the end" });
	while ((await list(first.key)).status === 200);
	// Only npm: nobody tells the processes that it started.
	first.child.kill("SIGKILL");

	const second = await start("node", "scripts/local/start.ts");
	assert.notEqual(second.key, first.key);
	assert.equal((await call(second.key, "GET", `/leads/${id}`)).status, 200);
	assert.equal((await list(first.key)).status, 429, "the limiter's log is kept too");
	assert.equal((await admin("org", "list")).length, 2);

	assert.deepEqual(await ended("node", ["scripts/local/start.ts"]), {
		code: 1,
		errors: `Port ${PORT} is in use. Stop what runs there, or choose another: PORT=8788 npm start.\n`,
	});

	// Miniflare starts another workerd where one has ended.
	const [workerd = ""] = processes(`/workerd serve .*=127\\.0\\.0\\.1:${PORT}`);
	process.kill(Number(workerd), "SIGKILL");
	assert.equal((await admin("org", "list")).length, 2, "it is administered all the same");
	const fourth = await ended("node", ["scripts/local/start.ts"], { PORT: String(await freePort()) });
	assert.deepEqual(fourth, {
		code: 1,
		errors: `npm start (process ${second.child.pid}) works on ${STATE_DIR}. Stop it, or choose another STATE_DIR.\n`,
	});

	second.child.kill("SIGTERM");
	assert.deepEqual(await once(second.child, "exit"), [0, null]);
	await assert.rejects(list(second.key));
	assert.equal((await admin("org", "list")).length, 2);
});

test("admin tells usage from failure", async () => {
	assert.equal((await run("org", "create")).code, 2);
	for (const wrong of [
		["--currency", "EURO"],
		["--timezone", "Mars"],
	]) {
		const { code, errors } = await run("org", "create", "--name", "X", ...wrong);
		assert.equal(code, 2);
		assert.match(errors, new RegExp(`\\n${wrong[0]}: .+\\n$`));
	}
	assert.equal((await run("key", "revoke", "--id", "key_none")).code, 1);
});

/** The ids of the processes whose command line fits, the oldest first. */
function processes(pattern: string): string[] {
	return spawnSync("ps", ["-eo", "pid=,args="], { encoding: "utf8" })
		.stdout.split("\n")
		.filter((line) => new RegExp(pattern).test(line))
		.map((line) => line.trim().split(" ")[0] ?? "");
}

/** What came of a process that ends by itself. */
async function ended(tool: string, args: string[], env: Record<string, string> = {}) {
	const child = spawn(tool, args, { cwd: repositoryRoot, env: { ...environment, ...env } });
	child.stdout.resume();
	const [errors, [code]] = await Promise.all([text(child.stderr), once(child, "exit")]);
	return { code: code as unknown, errors };
}

interface Started {
	readonly child: ChildProcess;
	readonly key: string;
	/** All that it has printed. */
	readonly output: () => string;
	readonly firstWordMs: number;
	readonly longestSilenceMs: number;
}

async function start(tool: string, script: string): Promise<Started> {
	const child = spawn(tool, [script], { cwd: repositoryRoot, env: environment, detached: true });
	started.add(child);
	const errors = text(child.stderr);
	const began = Date.now();
	let [output, firstWordMs, longestSilenceMs, spokenAt] = ["", 0, 0, began];
	const key = await new Promise<string | undefined>((resolve) => {
		child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
			output += chunk;
			// What npm itself says is no word of ours.
			if (!/^[^>\n]/m.test(output)) return;
			firstWordMs ||= Date.now() - began;
			longestSilenceMs = Math.max(longestSilenceMs, Date.now() - spokenAt);
			spokenAt = Date.now();
			const found = output.match(/^API key: (lw_test_\w+)$/m)?.[1];
			if (found) resolve(found);
		});
		child.once("exit", () => resolve(undefined));
	});
	assert(key, await Promise.race([errors, "It ended without printing a key."]));
	return { child, key, output: () => output, firstWordMs, longestSilenceMs };
}

function call(key: string, method: string, path: string, body?: object): Promise<Response> {
	return fetch(`http://localhost:${PORT}/api/v1${path}`, {
		method,
		headers: { "x-api-key": key, "content-type": "application/json" },
		...(body ? { body: JSON.stringify(body) } : {}),
	});
}

async function json(answer: Promise<Response>): Promise<Record<string, unknown>> {
	return (await (await answer).json()) as Record<string, unknown>;
}

async function created(key: string, path: string, body: object): Promise<Record<string, unknown>> {
	const response = await call(key, "POST", path, body);
	assert.equal(response.status, 201, await response.clone().text());
	return json(Promise.resolve(response));
}

const list = (key: string) => call(key, "GET", "/leads");

async function run(...args: string[]): Promise<{ code: unknown; output: string; errors: string }> {
	const child = spawn("node", ["scripts/admin/admin.ts", ...args, "--json"], {
		cwd: repositoryRoot,
		env: environment,
	});
	const [output, errors, [code]] = await Promise.all([
		text(child.stdout),
		text(child.stderr),
		once(child, "exit"),
	]);
	return { code, output, errors };
}

async function admin(...args: string[]): Promise<Record<string, unknown>> {
	const { code, output, errors } = await run(...args);
	assert.equal(code, 0, errors);
	return JSON.parse(output) as Record<string, unknown>;
}

/** Ends what is left of a process and all it started. */
function endGroup(pid: number | undefined): void {
	if (pid === undefined) return;
	try {
		process.kill(-pid, "SIGKILL");
	} catch {
		// Nothing is left.
	}
}

async function freePort(): Promise<number> {
	const server = createServer().listen(0, "127.0.0.1");
	await once(server, "listening");
	const address = server.address();
	server.close();
	return typeof address === "object" && address ? address.port : 0;
}
