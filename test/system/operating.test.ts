// The operator's guide, held to what it speaks of: every command, setting and log line it names is there, and it names all.
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { costTable, idleTable } from "../../bench/cost-table.ts";
import { PRICES_DATE } from "../../bench/prices.ts";
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
		"bench:cost",
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

test("its costs are those that counts and prices give", () => {
	for (const table of [costTable(), idleTable()]) assert(guide.includes(`\n${table}\n`), `\n${table}`);
	assert(guide.includes(`list prices of ${PRICES_DATE}`));
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

test("the figures of its own limits are those of the code", () => {
	/** The value of a constant in a file of `src`. */
	const constant = (file: string, name: string) => {
		const [, product = ""] = read(`src/${file}.ts`).match(new RegExp(`const ${name} = ([\\d_ *]+);`)) ?? [];
		const value = product.split("*").reduce((all, factor) => all * Number(factor.replaceAll("_", "")), 1);
		assert(value > 1, `${file} ${name}`);
		return value;
	};
	const kilobytes = (file: string, name: string) => `${constant(file, name) / 1_024} K`;
	const count = (file: string, name: string) => constant(file, name).toLocaleString("en-US");
	const figures: Record<string, string[]> = {
		"a request body": [
			kilobytes("http/body", "MAX_BODY_BYTES"),
			`${constant("http/body", "MAX_BATCH_BODY_BYTES") / 1_024 ** 2} MB`,
			kilobytes("public-forms/sent", "MAX_BYTES"),
			kilobytes("dashboard/routes", "BODY_LIMIT"),
		],
		"its depth": [count("http/body", "MAX_DEPTH")],
		"records in a batch": [count("http/batch", "MAX_ITEMS")],
		"the records of a batch": [count("db/scan", "MAX_PAGE_BYTES")],
		"parts of a record": [
			`${count("crm/line-item-schema", "MAX_LINES")} lines`,
			`${count("crm/invoices/schema", "MAX_PAYMENTS")} payments`,
			`${count("crm/pipelines/schema", "MAX_STAGES")} stages`,
			`${count("crm/forms/schema", "MAX_FIELDS")} fields`,
			`${count("crm/forms/schema", "MAX_OPTIONS")} options`,
			kilobytes("http/fields", "MAX_OBJECT_BYTES"),
		],
		"invalid fields that an error lists": [
			count("errors", "MAX_ERRORS"),
			count("errors", "MAX_ITEM_ERRORS"),
			count("errors", "MAX_PATH_CHARACTERS"),
			count("http/plain-words", "MAX_LISTED_CHARACTERS"),
		],
		"the notes of a lead": [count("crm/form-responses/answers", "MAX_NOTES_CHARACTERS")],
		"writes that come first": [count("http/write", "MAX_TRIES")],
		"a text that binds": [count("db/chunks", "MAX_CHUNK_CHARACTERS")],
		"what an isolate remembers": [
			count("memory", "MAX_ENTRIES"),
			count("resources/reader", "MAX_CACHED_FACTS"),
			count("resources/reader", "MAX_CACHED_CHARACTERS"),
		],
		"a result of an MCP tool": [count("mcp/show", "MAX_CHARACTERS")],
		"rows that are read for a page": [count("db/scan", "MAX_SCANNED_ENTRIES")],
		"bytes of a page": [count("db/scan", "MAX_PAGE_BYTES")],
		"events that are read for a page": [count("webhooks/record-log", "MAX_EVENTS")],
		"values of a filter": [
			count("http/list-query", "MAX_VALUES"),
			count("http/list-query", "MAX_CUSTOM_FILTERS"),
			count("db/search", "MAX_SEARCH_WORDS"),
		],
		"clients whose names": [count("db/search", "MAX_MATCHED_CLIENTS")],
		"deals counted": [count("crm/deals/totals", "MAX_COUNTED_DEALS")],
		"days of a webhook's statistics": [
			count("webhooks/stats-schema", "MAX_STATS_DAYS"),
			count("webhooks/log-schema", "MAX_ATTEMPTS"),
		],
		"deliveries of a webhook in flight": [count("outbox/backlog", "WINDOW_SIZE")],
		"bytes that are read of an answer": [kilobytes("delivery/attempt", "MAX_READ_BYTES")],
		"the stored body": [kilobytes("delivery/kept-answer", "MAX_BODY_BYTES")],
		"its stored headers": [
			count("delivery/kept-answer", "MAX_HEADERS"),
			count("delivery/kept-answer", "MAX_VALUE_CHARACTERS"),
			kilobytes("delivery/kept-answer", "MAX_HEADERS_BYTES"),
		],
		"custom headers of a webhook": [
			count("delivery/headers", "MAX_HEADERS"),
			count("delivery/headers", "MAX_VALUE_CHARACTERS"),
			count("delivery/target", "MAX_CHARACTERS"),
		],
		"a webhook's filter and template": [
			count("webhooks/filter", "MAX_CONDITIONS"),
			count("webhooks/format", "MAX_TEMPLATE_CHARACTERS"),
			count("delivery/template", "MAX_TEXT_CHARACTERS"),
		],
		"deliveries of one `recover`": [count("webhooks/resend", "MAX_RECOVERED")],
		"deliveries that get new places": [count("webhooks/verbs", "MAX_REORDERED")],
		"statements of a sweep": [count("sweeper/sweep", "MAX_QUERIES")],
		"due deliveries that a sweep wakes": [count("sweeper/sweep", "MAX_SWEPT_DELIVERIES")],
		"organizations that are looked at": [count("chore", "ORGANIZATIONS_PER_TURN")],
		"time to remove": [String(constant("sweeper/purge", "MAX_PURGE_MS") / 1_000)],
		"time for one erasure": [
			String(constant("erasure/worker", "MAX_RUN_MS") / 1_000),
			count("erasure/worker", "MAX_CHUNKS"),
		],
		"rows of the request log": [
			count("request-log/store", "MAX_ROWS_A_MINUTE"),
			count("retention/request-log", "MAX_ROWS"),
		],
	};
	const rows = guide.split("\n");
	for (const [limit, all] of Object.entries(figures)) {
		const found = rows.filter((row) => row.startsWith(`| ${limit}`));
		assert.equal(found.length, 1, limit);
		const figure = (found[0] ?? "").split(" | ").slice(1, 2).join();
		for (const one of all) assert(figure.includes(one), `${limit}: ${figure} has no ${one}`);
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
