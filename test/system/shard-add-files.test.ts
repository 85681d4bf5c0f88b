// `shard add` on files that people have edited: names of their own, comments, line ends.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { addShard } from "../../scripts/admin/shard.ts";
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

test("npm run deploy refuses a queue that nobody reads", () => {
	const text = edited((whole) =>
		whole.replace(/^\[\[queues\.consumers\]\]\nqueue = "leadwire-deliveries"\n(?:.+\n)+/m, ""),
	);
	const copy = join(folder, "copy");
	for (const name of ["scripts", "src", "package.json"])
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
