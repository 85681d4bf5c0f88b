// `npm run admin -- shard add`: what it writes into wrangler.toml.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
	chmodSync,
	copyFileSync,
	cpSync,
	lstatSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { commands } from "../../scripts/admin/commands.ts";
import { UsageError } from "../../scripts/admin/flags.ts";
import { addShard } from "../../scripts/admin/shard.ts";
import { readWorkerConfig } from "../../scripts/local/config.ts";
import { repositoryRoot } from "../../scripts/tools/tools.ts";
import { parsePlaces } from "../../src/places.ts";

const folder = mkdtempSync(join(tmpdir(), "leadwire-shard-add-"));
after(() => rmSync(folder, { recursive: true }));

test("shard add writes bindings that the Worker takes, and keeps the rest of the file", () => {
	const path = join(folder, "wrangler.toml");
	copyFileSync(join(repositoryRoot, "wrangler.toml"), path);
	const before = readFileSync(path, "utf8").split("\n");
	assert.deepEqual(addShard({ location: "apac" }, path), {
		shard: 1,
		binding: "DB_1",
		next: [
			"npx wrangler d1 create leadwire-1 --location apac",
			"Put the database_id that the first prints into wrangler.toml, under DB_1.",
			"npm run deploy",
		],
	});
	assert.deepEqual(addShard({ jurisdiction: "eu" }, path).next.slice(0, 4), [
		"npx wrangler d1 create leadwire-2 --jurisdiction eu",
		"npx wrangler queues create leadwire-eu-deliveries --jurisdiction eu",
		"npx wrangler queues create leadwire-eu-slow-deliveries --jurisdiction eu",
		"npx wrangler queues create leadwire-eu-deliveries-dead --jurisdiction eu",
	]);
	assert.equal(addShard({ jurisdiction: "eu" }, path).next.length, 3, "its queues are there");
	assert.equal(addShard({ jurisdiction: "us" }, path).next.length, 6);
	const text = readFileSync(path, "utf8");
	const lines = new Set(text.split("\n"));
	assert.deepEqual(
		before.filter((line) => !lines.has(line)),
		['SHARD_PLACES = ""'],
	);
	const { names, vars, databases, migrationsDir, bindings } = readWorkerConfig(path);
	const files = Object.values(bindings.d1Databases).map(({ id }) => id);
	assert.equal(new Set(files).size, databases.length, "each is one of its own on this machine");
	assert.deepEqual(
		databases.map(({ binding, name }) => [binding, name]),
		[
			["DB", "leadwire"],
			["DB_1", "leadwire-1"],
			["DB_2", "leadwire-2"],
			["DB_3", "leadwire-3"],
			["DB_4", "leadwire-4"],
		],
	);
	assert.equal(migrationsDir, join(folder, "migrations"));
	assert.deepEqual(
		[...parsePlaces(vars.SHARD_PLACES ?? "", "SHARD_PLACES", names)],
		[
			[2, "eu"],
			[3, "eu"],
			[4, "us"],
		],
	);
	// Each queue that is written to has a consumer with the same terms as the one for everybody.
	for (const [, queue] of text.matchAll(/^\[\[queues\.producers\]\].*\n.*\nqueue = "(.*)"$/gm)) {
		const terms = text.match(
			new RegExp(`^\\[\\[queues\\.consumers\\]\\]\\nqueue = "${queue}"\\n((?:.+\\n)+)`, "m"),
		)?.[1];
		const common = text.match(
			new RegExp(
				`^\\[\\[queues\\.consumers\\]\\]\\nqueue = "${queue?.replace(/-(?:eu|us)-/, "-")}"\\n((?:.+\\n)+)`,
				"m",
			),
		)?.[1];
		assert.equal(terms?.replace(/-(?:eu|us)-/, "-"), common);
		assert.match(terms ?? "", /^dead_letter_queue = "leadwire-(?:eu-|us-)?deliveries-dead"$/m);
	}
	for (const wrong of [
		{},
		{ location: "moon" },
		{ jurisdiction: "mars" },
		{ location: "apac", jurisdiction: "eu" },
	])
		assert.throws(() => commands["shard add"]?.check(wrong), UsageError);
});

test("shard add replaces the file as a whole, and where a link leads", () => {
	const [file, link] = [join(folder, "linked.toml"), join(folder, "link.toml")];
	copyFileSync(join(repositoryRoot, "wrangler.toml"), file);
	chmodSync(file, 0o640);
	symlinkSync(file, link);
	const { ino } = statSync(file);
	assert.equal(addShard({ location: "apac" }, link).shard, 1);
	assert.ok(lstatSync(link).isSymbolicLink());
	assert.match(readFileSync(file, "utf8"), /^binding = "DB_1"$/m);
	assert.equal(statSync(file).mode & 0o777, 0o640);
	assert.notEqual(statSync(file).ino, ino, "it was not written in place");
	assert.deepEqual(
		readdirSync(folder).filter((name) => name.endsWith(".next")),
		[],
	);
});

test("shard add is a command of the command line too", () => {
	const copy = join(folder, "copy");
	for (const name of ["scripts", "src", "package.json", "wrangler.toml"])
		cpSync(join(repositoryRoot, name), join(copy, name), { recursive: true });
	symlinkSync(join(repositoryRoot, "node_modules"), join(copy, "node_modules"));
	const args = ["scripts/admin/admin.ts", "shard", "add", "--location", "apac", "--json"];
	const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: copy, encoding: "utf8" });
	assert.equal(status, 0, stderr);
	assert.equal(JSON.parse(stdout).binding, "DB_1");
	assert.match(readFileSync(join(copy, "wrangler.toml"), "utf8"), /^binding = "DB_1"$/m);
});
