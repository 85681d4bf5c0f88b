// The operator's guide, held to what it speaks of: every command, setting and log line it names is there, and it names all.
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { commands } from "../../scripts/admin/commands.ts";
import { readWorkerConfig } from "../../scripts/local/config.ts";
import { limits } from "../../scripts/platform/limits.ts";
import { captureTool, repositoryRoot } from "../../scripts/tools/tools.ts";
import { newKeyringSecret } from "../../src/keyring.ts";
import { quotas } from "../../src/quotas/quotas.ts";

const read = (path: string) => readFileSync(join(repositoryRoot, path), "utf8");
const guide = read("docs/operating.md");
const config = readWorkerConfig();
const manifest = JSON.parse(read("package.json")) as {
	scripts: Record<string, string>;
	cloudflare: { bindings: Record<string, { description: string }> };
};
const SECRETS = ["KEY_PEPPER", "ENCRYPTION_KEY"];
const sources = globSync("src/**/*.ts", { cwd: repositoryRoot }).map(read).join("\n");

/** The first column of the tables whose head begins with this word. */
function column(head: string): string[] {
	const [, rows = ""] =
		guide.match(new RegExp(`^\\| ${head} \\|.*\\n\\|[-|]+\\|\\n((?:\\|.*\\n)+)`, "m")) ?? [];
	return [...rows.matchAll(/^\| `([^`]+)`/gm)].map(([, name = ""]) => name).sort();
}

const unique = (names: Iterable<RegExpMatchArray>) =>
	[...new Set([...names].map(([, name = ""]) => name))].sort();

test("every npm script it names is one", () => {
	const named = unique(guide.matchAll(/npm (?:run )?(start|test|admin|deploy|[a-z]+:[a-z]+)\b/g));
	assert.deepEqual(named, [
		"admin",
		"bench:capacity",
		"bench:chores",
		"bench:delivery",
		"bench:migration",
		"bench:space",
		"deploy",
		"start",
		"test",
	]);
	for (const name of named) assert(manifest.scripts[name], name);
	for (const [, command = ""] of guide.matchAll(/npm run admin -- (\w+ \w+)/g))
		assert(commands[command], command);
});

test("its settings are the vars, with their defaults", () => {
	assert.deepEqual(column("var"), Object.keys(config.vars).sort());
	for (const [name, value] of Object.entries(config.vars))
		assert(guide.includes(`| \`${name}\` | ${value ? `\`${value}\`` : "none"} |`), name);
	const others = unique(guide.matchAll(/`([A-Z]{2,}(?:_[A-Z]+)+)/g)).filter(
		(name) => !(name in config.vars) && !/^(?:SLOW_)?DELIVERIES_/.test(name),
	);
	assert.deepEqual(others, [
		"ADDRESS_LIMITER",
		"CLOUDFLARE_ACCOUNT_ID",
		"ENCRYPTION_KEY",
		"FORM_LIMITER",
		"KEY_PEPPER",
		"STATE_DIR",
	]);
});

test("what one organization can store at the standard quotas fits into a database", () => {
	for (const name of ["bytes", "idempotencyBytes", "logBytes"] as const)
		assert(guide.includes(`| \`${name}\` | ${quotas[name].standard.toLocaleString("en-US")} |`), name);
	const [, rows = ""] = guide.match(/^\| what is created \| limit \| GB \|\n.*\n((?:\|.*\n)+)/m) ?? [];
	const gigabytes = [...rows.matchAll(/^\|.*\| ([^|]*) \|$/gm)].map(([, cell = ""]) =>
		Number.parseFloat(cell),
	);
	assert.equal(gigabytes.length, 17);
	assert(gigabytes.reduce((sum, one) => sum + one, 0) < 10, gigabytes.join(" + "));
});

test("it lists every limit of the platform that is enforced here, or by nobody", () => {
	assert.deepEqual(column("platform limit"), Object.keys(limits).sort());
	for (const [name, { max: most, enforcedBy: by }] of Object.entries(limits)) {
		const row = guide.split("\n").find((line) => line.startsWith(`| \`${name}\` |`)) ?? "";
		assert(row.startsWith(`| \`${name}\` | ${most.toLocaleString("en-US")} | `), name);
		assert(
			row.endsWith(
				`| ${{ tests: "the suite, after each test file", none: "nobody", double: by, runtime: by }[by]} |`,
			),
			name,
		);
	}
});

test("its log lines are those that the code writes", () => {
	assert.deepEqual(column("type"), [...unique(sources.matchAll(/\blog\(\s*"([a-z_]+)"/g)), "fault"].sort());
	assert.deepEqual(column("what"), unique(sources.matchAll(/\blogFault\(\s*"([a-z_]+)", ?\{/g)));
});

test("its wrangler commands exist, with the options they are given", async () => {
	const calls = [...guide.matchAll(/npx wrangler ((?:[a-z][a-z0-9-]*(?: |$|\n|`))+)([^\n`]*)/gm)];
	assert(calls.length > 12);
	const helps = new Map<string, string>();
	for (const [, words = "", rest = ""] of calls) {
		// What is none of wrangler's words is a name of ours, and none of its commands.
		const command = words
			.trim()
			.split(" ")
			.filter((word) => !word.startsWith("leadwire"))
			.join(" ");
		const help = helps.get(command) ?? (await captureTool("wrangler", [...command.split(" "), "--help"]));
		helps.set(command, help);
		assert.match(help, new RegExp(`^wrangler ${command}\\b`, "m"), command);
		for (const [option] of rest.matchAll(/--[a-z-]+/g)) assert(help.includes(option), `${command} ${option}`);
	}
});

test("its SQL runs, its queues and its database are those of the configuration", () => {
	const toml = read("wrangler.toml");
	for (const [, name = ""] of guide.matchAll(/queues (?:create|info) ([\w-]+)/g))
		assert(toml.includes(`queue = "${name}"`), name);
	assert(toml.includes('database_name = "leadwire"'));
	const db = new DatabaseSync(":memory:");
	for (const path of globSync("migrations/*.sql", { cwd: repositoryRoot }).sort()) db.exec(read(path));
	const statements = [...guide.matchAll(/--command "([^"]+)"/g)];
	assert(statements.length > 2);
	for (const [, sql = ""] of statements) db.prepare(sql).all();
});

test("its own links lead to its headings", () => {
	const anchors = [...guide.matchAll(/^#+ (.+)$/gm)].map(([, text = ""]) =>
		text.toLowerCase().replaceAll(" ", "-"),
	);
	for (const [, anchor = ""] of guide.matchAll(/\]\(#([^)]+)\)/g)) assert(anchors.includes(anchor), anchor);
});

test("whoever deploys by the button is told of every binding, and asked for the secrets in their form", () => {
	const toml = read("wrangler.toml");
	// Without further shards: whoever has some has deployed before.
	const bindings = [...toml.matchAll(/^(?:binding|name) = "([A-Z_]+)"/gm)]
		.map(([, name = ""]) => name)
		.filter((name) => !/^(?:SLOW_)?DELIVERIES_/.test(name));
	const asked = [...bindings.filter((name) => name !== "ASSETS"), ...SECRETS, ...Object.keys(config.vars)];
	assert.deepEqual(Object.keys(manifest.cloudflare.bindings).sort(), asked.sort());
	for (const { description } of Object.values(manifest.cloudflare.bindings))
		assert.match(description, /^[A-Z].+\.$/);
	const example = read(".dev.vars.example");
	for (const name of SECRETS) assert.match(example, new RegExp(`^${name}="k1:"$`, "m"));
	assert.match(newKeyringSecret(), /^k1:/);
});
