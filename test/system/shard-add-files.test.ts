// `shard add` on files that people have edited: names of their own, comments, line ends.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { addShard } from "../../scripts/admin/shard.ts";
import { placeOf } from "../../scripts/admin/shard-place.ts";
import { requireConsumers } from "../../scripts/deploy/queues.ts";
import { type ConfigTable, readTables, readWorkerConfig } from "../../scripts/local/config.ts";
import { repositoryRoot, toolEnvironment } from "../../scripts/tools/tools.ts";

const folder = mkdtempSync(join(tmpdir(), "leadwire-shard-add-"));
after(() => rmSync(folder, { recursive: true }));
const path = join(folder, "wrangler.toml");
const original = readFileSync(join(repositoryRoot, "wrangler.toml"), "utf8");

/** Writes the repository's wrangler.toml after a change that must have changed it. */
function edited(change: (text: string) => string): string {
	const text = change(original);
	assert.notEqual(text, original);
	writeFileSync(path, text);
	return text;
}

const consumers = () => readTables(path).queues?.consumers ?? [];
const consumerOf = (queue: string) => consumers().find((table) => table.queue === queue);

/** Its terms: all that is not a name. */
const termsOf = ({ queue: _, dead_letter_queue: __, ...terms }: ConfigTable = {}) => terms;

for (const [named, change] of [
	["named otherwise", (text: string) => text.replaceAll('"leadwire', '"acme')],
	["with a comment behind a name", (text: string) => text.replace(/^queue = ".*"$/gm, "$& # ours")],
	[
		"with their keys in another order",
		(text: string) => text.replace(/^(binding = .*)\n(queue = .*)$/gm, "$2\n$1"),
	],
] as const)
	test(`a jurisdiction gets all queues, each with a consumer, when they are ${named}`, () => {
		edited(change);
		const prefix = named === "named otherwise" ? "acme" : "leadwire";
		const { next } = addShard({ jurisdiction: "eu" }, path);
		assert.deepEqual(
			next.filter((command) => command.includes("queues create")),
			["deliveries", "slow-deliveries", "deliveries-dead"].map(
				(kind) => `npx wrangler queues create ${prefix}-eu-${kind} --jurisdiction eu`,
			),
		);
		assert.deepEqual(readWorkerConfig(path).unreadQueues, []);
		assert.equal(consumers().length, 6);
		for (const kind of ["deliveries", "slow-deliveries", "deliveries-dead"]) {
			const own = consumerOf(`${prefix}-eu-${kind}`);
			assert.deepEqual(termsOf(own), termsOf(consumerOf(`${prefix}-${kind}`)));
			if (kind !== "deliveries-dead") assert.equal(own?.dead_letter_queue, `${prefix}-eu-deliveries-dead`);
		}
	});

test("a jurisdiction with producers alone gets the consumers that it lacks", () => {
	const producers = ["", "SLOW_"].map(
		(slow) =>
			`[[queues.producers]]\nbinding = "${slow}DELIVERIES_EU"\nqueue = "eu-${slow ? "slow-" : ""}deliveries"\n\n`,
	);
	edited((text) => text.replace("[[queues.consumers]]", `${producers.join("")}[[queues.consumers]]`));
	assert.throws(
		() => requireConsumers(readWorkerConfig(path).unreadQueues),
		/no \[\[queues\.consumers\]\] for "eu-deliveries", "eu-slow-deliveries"/,
	);
	const { next } = addShard({ jurisdiction: "eu" }, path);
	assert.deepEqual(
		next.filter((command) => command.includes("queues create")),
		["npx wrangler queues create leadwire-eu-deliveries-dead --jurisdiction eu"],
	);
	requireConsumers(readWorkerConfig(path).unreadQueues);
	assert.deepEqual(
		termsOf(consumerOf("eu-slow-deliveries")),
		termsOf(consumerOf("leadwire-slow-deliveries")),
	);
	assert.equal(readTables(path).queues?.producers?.length, 4);
});

for (const [what, change, message] of [
	[
		"a queue without a consumer",
		(text: string) =>
			text.replace('[[queues.consumers]]\nqueue = "leadwire-slow-', '[[queues.consumers]]\nqueue = "x-slow-'),
		/no \[\[queues\.consumers\]\] with queue = "leadwire-slow-deliveries"/,
	],
	[
		"dead letters that go nowhere",
		(text: string) => text.replace(/^dead_letter_queue = .*\n/gm, ""),
		/names no queue/,
	],
	[
		"a queue with a name that the Worker can't read",
		(text: string) => text.replaceAll("leadwire-deliveries-dead", "graveyard"),
		/The queue graveyard/,
	],
] as const)
	test(`a jurisdiction is not added beside ${what}`, () => {
		const text = edited(change);
		assert.throws(() => addShard({ jurisdiction: "eu" }, path), message);
		assert.equal(readFileSync(path, "utf8"), text);
	});

const first = 'binding = "DB"';
const whole = (text: string) => text;

for (const [what, change] of [
	["a comment behind a binding", (text: string) => text.replace(first, `${first} # main`)],
	["no comment", whole],
	["CRLF line ends", (text: string) => text.replaceAll("\n", "\r\n")],
	["a comment behind SHARD_PLACES", (text: string) => text.replace('SHARD_PLACES = ""', "$& # none yet")],
	[
		"spaces and single quotes",
		(text: string) =>
			text.replace(first, "  binding   =  'DB'").replace('SHARD_PLACES = ""', "SHARD_PLACES=''"),
	],
	[
		"the database at the end, without a line end",
		(text: string) => {
			const [table = ""] = /^\[\[d1_databases\]\](?:.*\n)+?(?=\n)/m.exec(text) ?? [];
			return `${text.replace(`${table}\n`, "")}\n${table}`.trimEnd();
		},
	],
	[
		"an empty line in a table, and none behind it",
		(text: string) => text.replace(first, `${first}\n`).replace('"migrations"\n\n', '"migrations"\n'),
	],
	[
		"a value that is commented out",
		(text: string) => text.replace('"migrations"\n', '"migrations"\n# preview = "x"\n'),
	],
] as const)
	test(`three databases are added one after the other to a file with ${what}`, () => {
		writeFileSync(path, change(original));
		const before = readTables(path);
		const lines = readFileSync(path, "utf8").split("\n");
		for (const [place, binding] of [
			[{ location: "oc" }, "DB_1"],
			[{ jurisdiction: "eu" }, "DB_2"],
			[{ location: "apac" }, "DB_3"],
		] as const)
			assert.equal(addShard(place, path).binding, binding);
		const text = readFileSync(path, "utf8");
		const { d1_databases, queues, vars, ...others } = readTables(path);
		const { d1_databases: _, queues: __, vars: ___, ...othersBefore } = before;
		assert.deepEqual(others, othersBefore);
		assert.deepEqual(
			d1_databases?.map(({ binding, database_name, migrations_dir }) => [
				binding,
				database_name,
				migrations_dir,
			]),
			["", "1", "2", "3"].map((shard) => [
				["DB", shard].filter(Boolean).join("_"),
				["leadwire", shard].filter(Boolean).join("-"),
				"migrations",
			]),
		);
		assert.deepEqual(vars, { ...before.vars, SHARD_PLACES: "2=eu" });
		assert.deepEqual([queues?.producers?.length, queues?.consumers?.length], [4, 6]);
		assert.deepEqual(
			[placeOf(text, 0), placeOf(text, 1), placeOf(text, 2), placeOf(text, 3)],
			[null, { location: "oc" }, { jurisdiction: "eu" }, { location: "apac" }],
		);
		const isWindows = what.startsWith("CRLF");
		assert.equal(/(?<!\r)\n/.test(text), !isWindows, "line ends of Unix");
		assert.equal(text.includes("\r"), isWindows, "line ends of Windows");
		assert.doesNotMatch(text, /\n\r?\n\r?\n/, "two empty lines");
		const now = new Set(text.split("\n"));
		const gone = lines.filter((line) => !now.has(line) && !line.startsWith("SHARD_PLACES"));
		assert.deepEqual(gone, []);
	});

test("the number of a database is found behind a comment, and its place", () => {
	edited((text) =>
		text.replace(
			"[[durable_objects",
			`[[d1_databases]] # by hand\nbinding = "DB_1" # Sydney\ndatabase_name = "sydney"\ndatabase_id = "1"\n\n[[durable_objects`,
		),
	);
	assert.equal(addShard({ location: "weur" }, path).binding, "DB_2");
	assert.equal(placeOf(readFileSync(path, "utf8"), 1), null);
	const text = edited(() => readFileSync(path, "utf8").replace('binding = "DB_2"', "$& # Paris"));
	assert.deepEqual(placeOf(text, 2), { location: "weur" });
});

test("where the first database has its migrations, the others have them", () => {
	edited((text) =>
		text.replace('migrations_dir = "migrations"', 'migrations_dir = "m"\nmigrations_table = "applied"'),
	);
	addShard({ location: "weur" }, path);
	const {
		binding: _,
		database_name: __,
		database_id: ___,
		...migrations
	} = readTables(path).d1_databases?.[1] ?? {};
	assert.deepEqual(migrations, { migrations_dir: "m", migrations_table: "applied" });
});

const table = /^\[\[d1_databases\]\](?:.*\n)+?(?=\n)/m;
for (const [what, change, message] of [
	[
		"no database",
		(text: string) => text.replace(table, ""),
		/has no \[\[d1_databases\]\] with binding = "DB"/,
	],
	[
		"no SHARD_PLACES",
		(text: string) => text.replace('SHARD_PLACES = ""\n', ""),
		/no SHARD_PLACES = "" under \[vars\]/,
	],
	[
		"databases in one line",
		(text: string) => `d1_databases = [{ binding = "DB", database_name = "x" }]\n${text.replace(table, "")}`,
		/left as it is: It has no \[\[d1_databases\]\]\. Put this into it by hand:\n\n\[\[d1_databases\]\] # shard 1: .*\nbinding = "DB_1"\ndatabase_name = "x-1"/,
	],
	[
		"the same name in two tables",
		(text: string) => text.replace("[vars]", '[env.staging.vars]\nSHARD_PLACES = ""\n\n[vars]'),
		/left as it is: The result would not say what it should\.[\s\S]*SHARD_PLACES = "1=eu"$/,
	],
	[
		"a table in a text of many lines",
		(text: string) => `${text}\n[env.x]\nname = """\n[[d1_databases]]\nbinding = "DB"\n[y]\n"""\n`,
		/left as it is: The result would not say/,
	],
	["a mistake", (text: string) => text.replace(first, 'binding = "DB'), /./],
] as const)
	test(`nothing is written into a file with ${what}`, () => {
		const text = edited(change);
		assert.throws(() => addShard({ jurisdiction: "eu" }, path), message);
		assert.equal(readFileSync(path, "utf8"), text);
	});

test("npm run deploy refuses a queue that nobody reads", () => {
	const text = edited((whole) =>
		whole.replace(/^\[\[queues\.consumers\]\]\nqueue = "leadwire-deliveries"\n(?:.+\n)+/m, ""),
	);
	const copy = join(folder, "copy");
	for (const name of ["scripts", "src", "migrations", "package.json"])
		cpSync(join(repositoryRoot, name), join(copy, name), { recursive: true });
	symlinkSync(join(repositoryRoot, "node_modules"), join(copy, "node_modules"));
	const deploy = (config: string) => {
		writeFileSync(join(copy, "wrangler.toml"), config);
		const args = ["scripts/deploy/deploy.ts", "--dry-run"];
		return spawnSync(process.execPath, args, { cwd: copy, env: toolEnvironment(), encoding: "utf8" });
	};
	const refused = deploy(text);
	assert.match(refused.stderr, /^wrangler\.toml has no \[\[queues\.consumers\]\] for "leadwire-deliveries":/);
	assert.equal(refused.status, 1);
	assert.equal(deploy(original).status, 0);
});
