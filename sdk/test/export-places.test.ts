// Where `leadwire export` writes to, and from which host it reads.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readlinkSync, statSync, symlinkSync } from "node:fs";
import { text } from "node:stream/consumers";
import { after, test } from "node:test";
import { startFront } from "./copying.ts";
import { command, fileFolder, organizationOf } from "./importing.ts";
import { run, serve } from "./setup.ts";

const server = await serve();
const { at, write, read, remove } = fileFolder();
after(async () => {
	remove();
	await server.dispose();
});

test("a host that doesn't answer is waited for, which is said once", async (t) => {
	const { call, key } = await organizationOf(server);
	const expected = (await call("export", "lead-stages", "--format", "ndjson")).output;
	let lost = 0;
	const front = await startFront(server.url, {
		change: (_, reply) => (++lost < 3 ? { ...reply, status: 0 } : reply),
	});
	t.after(() => front.close());
	const waited = await command({ url: front.url, key }, ["export", "lead-stages", "--format", "ndjson"]);
	assert.deepEqual(waited, {
		code: 0,
		output: expected,
		errors: `No answer from ${front.url}; trying again …`,
	});
	assert.equal(lost, 3);
});

test("a link stays a link, and a pipe is written to instead of being replaced", async (t) => {
	const { call } = await organizationOf(server);
	const table = (await call("export", "lead-stages")).output;
	symlinkSync(write("real.csv", ""), at("link.csv"));
	await call("export", "lead-stages", "--to", at("link.csv"));
	assert.equal(readlinkSync(at("link.csv")), at("real.csv"));
	assert.equal(read("real.csv"), `${table}\n`);
	await run("mkfifo", [at("pipe")], at("."));
	const reader = spawn("cat", [at("pipe")], { stdio: ["ignore", "pipe", "ignore"] });
	t.after(() => reader.kill());
	const copied = await call("sync", "lead-stages", "--to", at("pipe"), "--anew");
	assert.deepEqual([copied.code, copied.errors], [2, `${at("pipe")} is not a file that can be replaced.`]);
	assert.equal((await call("export", "lead-stages", "--to", at("pipe"))).code, 0);
	assert(statSync(at("pipe")).isFIFO());
	assert.equal(await text(reader.stdout), `${table}\n`);
});
