// Two commands at a time on the data of this machine: one waits for the other.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { globSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, test } from "node:test";
import { localChannel } from "../../scripts/admin/channel.ts";
import { holderOf, lockState } from "../../scripts/local/state-lock.ts";
import { makeStateDir } from "../../scripts/tools/environment.ts";
import { repositoryRoot } from "../../scripts/tools/tools.ts";
import { runAdmin } from "./support/started.ts";

const folder = mkdtempSync(join(tmpdir(), "leadwire-lock-"));
after(() => rmSync(folder, { recursive: true }));

/** A new folder of data. */
function newState(name: string): string {
	const path = join(folder, name);
	makeStateDir(path);
	return path;
}

/** A process of its own that has a folder until it is killed. */
const held = (stateDir: string, by: string) =>
	running(`import { lockState } from "./scripts/local/state-lock.ts";
		console.log(lockState(${JSON.stringify(stateDir)}, ${JSON.stringify(by)}) !== null);`);

/** A process of its own that runs a script, which prints true, until it is killed. */
async function running(lines: string) {
	const script = `${lines}; setInterval(() => undefined, 1_000);`;
	const child = spawn("node", ["--input-type=module-typescript", "--eval", script], {
		cwd: repositoryRoot,
		stdio: ["ignore", "pipe", "inherit"],
	});
	assert.equal(String((await once(child.stdout, "data"))[0]), "true\n");
	return {
		pid: child.pid,
		async kill() {
			child.kill("SIGKILL");
			await once(child, "exit");
		},
	};
}

test("of commands at the same time each does its work", async () => {
	const state = newState("at-once");
	const names = ["A", "B", "C"];
	const made = await Promise.all(names.map((name) => runAdmin(state, {}, "org", "create", "--name", name)));
	for (const { code, errors } of made) {
		assert.equal(code, 0, errors);
		assert.match(
			errors,
			/^(?:Waiting for (?:npm run admin -- org create \(process \d+\)|another process), which works on .* …\n)?$/,
		);
	}
	const { output } = await runAdmin(state, {}, "org", "list");
	assert.deepEqual(
		JSON.parse(output)
			.map(({ name }: { name: string }) => name)
			.sort(),
		names,
	);
});

test("a server that ends while a command asks it is said in plain words", async () => {
	const state = newState("ended");
	const server = await running(`import { serveControl } from "./scripts/local/control.ts";
		const own = { shards: [0], on: () => async () => [[1]], bytesOf: async () => 0, endKey: async () => undefined };
		await serveControl(${JSON.stringify(state)}, own);
		console.log(true)`);
	const channel = await localChannel(state);
	assert.deepEqual(await channel.on(0)("SELECT 1", []), [[1]]);
	await server.kill();
	const message = `The npm start that works on ${state} has ended meanwhile. Run the command again.`;
	for (const ask of [
		() => channel.on(0)("SELECT 1", []),
		() => channel.bytesOf(0),
		() => channel.endKey("x"),
	])
		await assert.rejects(ask, { message });
});

test("who does not end is named, and one that was killed holds nobody up", async () => {
	const state = newState("held");
	const holder = await held(state, "npm start");
	const message = `npm start (process ${holder.pid}) still works on ${state}. Try again when it has ended, or choose another STATE_DIR.`;
	await assert.rejects(localChannel(state, 1, "npm run admin -- org list", 300), { message });
	await holder.kill();
	const channel = await localChannel(state);
	try {
		assert.equal(lockState(state, "another"), null);
		assert.equal(holderOf(state), `npm run admin (process ${process.pid})`);
		// What knows nothing of the lock.
		const [path = ""] = globSync(join(state, "**", "*[0-9a-f].sqlite"));
		const file = new DatabaseSync(path);
		file.exec("BEGIN EXCLUSIVE");
		await assert.rejects(
			channel.on(0)("SELECT 1 FROM organizations", []),
			/^Error: Another program, such as sqlite3/,
		);
		file.close();
	} finally {
		await channel.close();
	}
	lockState(state, "another")?.release();
	assert.match(holderOf(state), /^another \(process/);
});
