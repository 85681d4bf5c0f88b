// The command line against a running server.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, test } from "node:test";
import { repositoryRoot } from "../../scripts/tools/tools.ts";
import { commandsOf } from "../src/cli/commands.ts";
import { columns } from "../src/cli/output.ts";
import { serve } from "./setup.ts";

const main = join(repositoryRoot, "sdk", "dist", "cli", "main.js");
const server = await serve();
const folder = mkdtempSync(join(tmpdir(), "leadwire-cli-"));
after(async () => {
	rmSync(folder, { recursive: true });
	await server.dispose();
});

/** Makes a user with a key of a new organization: runs the command and returns its exit code and output. */
async function person(environment: Record<string, string> = {}) {
	const { key } = await server.newKey();
	const env = { PATH: process.env.PATH, LEADWIRE_URL: server.url, LEADWIRE_API_KEY: key, ...environment };
	return async (args: string, input = "") => {
		// Text in quotes is one argument.
		const words = [...args.matchAll(/(["'])(.*?)\1(?= |$)|(\S+)/g)].map(
			([, , quoted, plain]) => quoted ?? plain ?? "",
		);
		const child = spawn(process.execPath, [main, ...words], { env });
		child.stdin.end(input);
		const [output, errors, [code]] = await Promise.all([
			text(child.stdout),
			text(child.stderr),
			once(child, "exit"),
		]);
		return { code, output, errors };
	};
}

type Call = Awaited<ReturnType<typeof person>>;

/** The output of a command that must succeed. */
async function printed(call: Call, args: string, input?: string): Promise<string> {
	const { code, output, errors } = await call(args, input);
	assert.deepEqual({ code, errors }, { code: 0, errors: "" }, args);
	return output;
}

const json = async (call: Call, args: string, input?: string) => JSON.parse(await printed(call, args, input));

test("every operation has its own command, and no flag has two meanings", () => {
	const document = JSON.parse(readFileSync(join(repositoryRoot, "dist", "openapi.json"), "utf8"));
	const commands = commandsOf(document);
	const operations = Object.values(document.paths as object).flatMap((item) => Object.keys(item));
	assert.equal(commands.length, operations.length);
	assert.equal(new Set(commands.map(({ words }) => words)).size, commands.length);
	assert(!commands.some(({ words }) => words === "webhooks listen"));
	for (const { words, flags } of commands) {
		const names = [...flags.map(({ name }) => name), "key", "json", "help", "data", "all"];
		assert.equal(new Set(names).size, names.length, words);
	}
});

test("a resource is created, found, changed, deleted and restored", async () => {
	const call = await person();
	const lead = await json(
		call,
		'leads create --name "Jane Smith" --score 7 --email jane@x.example --archived',
	);
	assert.deepEqual([lead.name, lead.score, lead.archived], ["Jane Smith", 7, true]);
	assert.equal((await json(call, `leads update ${lead.id} --no-archived --if-match 1`)).archived, false);
	assert.equal((await json(call, `leads get ${lead.id}`)).version, 2);
	assert.match(
		await printed(call, "leads list --search jane"),
		/^id +number +name .*\nld_\w{26} +1 +Jane Smith/,
	);
	assert.equal(await printed(call, `leads delete ${lead.id}`), "");
	assert.equal(await printed(call, "leads list"), "There are none.\n");
	assert.equal((await json(call, `leads restore ${lead.id}`)).deletedAt, null);
	const stale = await call(`leads delete ${lead.id} --if-match 1`);
	assert.equal(stale.code, 1);
	assert.match(stale.errors, /\(412 PRECONDITION_FAILED req_\w+\)\n$/);
});

test("a nested resource takes words and ids in turn", async () => {
	const call = await person();
	const { id } = await json(call, "conversations create --conversationType chat");
	await json(call, `conversations messages create ${id} --role visitor --text "Hello there"`);
	assert.match(await printed(call, `conversations messages list ${id}`), /Hello there/);
	assert.equal((await json(call, "organization update --name Acme")).name, "Acme");
	assert.equal((await json(call, "organization get")).name, "Acme");
});

test("values may begin with a dash", async () => {
	const call = await person();
	const lead = await json(call, 'leads create --name "-Jane-" --score -5');
	assert.deepEqual([lead.name, lead.score], ["-Jane-", -5]);
	assert.match(await printed(call, "leads create -h"), /--score <number>/);
});

test("a body comes from flags, as JSON, from a file or from standard input", async () => {
	const call = await person();
	writeFileSync(join(folder, "lead.json"), '{ "name": "From a file", "tagIds": [] }');
	const lead = await json(call, `leads create --data @${join(folder, "lead.json")} --score 3`);
	assert.deepEqual([lead.name, lead.score], ["From a file", 3]);
	const piped = await json(call, "leads create --data - --score 4", '{ "name": "From standard input" }');
	assert.deepEqual([piped.name, piped.score], ["From standard input", 4]);
	assert.equal((await json(call, 'leads create --data \'{"name":"Plain"}\'')).name, "Plain");
	assert.equal((await json(call, 'leads batch --items \'[{"name":"A"},{"name":"B"}]\'')).created, 2);
	const cleared = await json(call, `leads update ${lead.id} --data '{"score":null}'`);
	assert.equal(cleared.score, null);
});

test("lists accept repeated flags, print JSON, and read all pages with --all", async () => {
	const call = await person();
	const emails = ["a@x.example", "b@x.example", "c@x.example"];
	for (const email of emails) await json(call, `leads create --name ${email} --email ${email}`);
	const some = await json(call, "leads list --json --email a@x.example --email c@x.example --orderDir asc");
	assert.deepEqual(
		some.items.map(({ email }: { email: string }) => email),
		["a@x.example", "c@x.example"],
	);
	const first = await printed(call, "leads list --limit 1");
	const [, cursor = ""] = first.match(/There are more: --cursor (\S+), or --all\.\n$/) ?? [];
	assert.match(await printed(call, `leads list --limit 1 --cursor ${cursor}`), /b@x\.example/);
	const all = await json(call, "leads list --limit 1 --all --json");
	assert.equal(all.items.length, 3);
	assert.equal(all.nextCursor, null);
});

test("columns are aligned beside characters of two code units", () => {
	assert.equal(
		columns([
			{ name: "😀😀", score: 1 },
			{ name: "Ann", score: 2 },
		]),
		"name  score\n😀😀    1\nAnn   2",
	);
});

test("the organization's own fields are flags", async () => {
	const call = await person();
	await json(call, "custom-fields create --entity leads --label Size --type number");
	await json(call, "custom-fields create --entity leads --label Code --type text");
	const lead = await json(call, "leads create --name Big --cf_size 12.5 --cf_code 0012");
	assert.deepEqual([lead.cf_size, lead.cf_code], [12.5, "0012"]);
	assert.match(await printed(call, "leads list --cf_size 12.5"), /Big/);
	const { code, errors } = await call("leads create --name Big --cf_colour red");
	assert.equal(code, 2);
	assert.match(errors, /cf_colour/);
});

test("every command has help, which needs no key", async () => {
	const call = await person({ LEADWIRE_API_KEY: "" });
	assert.match(await printed(call, ""), /Usage: leadwire <resource> <action>/);
	assert.match(await printed(call, "--help"), /\n {2}leads\n/);
	assert.match(await printed(call, "leads --help"), /leads convert <id> +Convert a lead\n/);
	assert.match(await printed(call, "webhooks"), /webhooks listen --forward <url>/);
	assert.match(await printed(call, "deals create --help"), /--clientId <text> +Required\./);
	assert.match(await printed(call, "deals list --help"), /--status <text> .*One of ACTIVE, WON, LOST\./);
	assert.match(await printed(call, "webhooks listen --help"), /--events <name>/);
});

test("a wrong call prints the usage and exits with code 2", async () => {
	const call = await person();
	const wrong: [string, RegExp][] = [
		["lead list", /^There is no resource "lead"\. There are: leads, /],
		["leads lst", /^leads has no action "lst"\.\n\nActions:\n {2}leads list /],
		["leads create --nmae x", /^Unknown option '--nmae'\. See: leadwire leads create --help\n$/],
		["leads create --name --email", /^Option '--name' argument is ambiguous\. See: leadwire leads create/],
		["leads create --score high", /^--score is a number, not "high"\.\n$/],
		["leads get", /^Expected <id> after "leads get": leadwire leads get <id>\n$/],
		["leads list more", /^Expected nothing after "leads list"/],
		["leads create --data {", /^--data is not JSON: /],
		["leads create --data @nowhere.json", /nowhere\.json/],
		["leads create --data [] --name Ann", /^--data must be a JSON object when there are other flags\.\n$/],
		["leads list --key lw_live_…", /^The API key has characters that no key has\. A key is lw_live_/],
		["webhooks listen", /--forward http:\/\/localhost:3000/],
		[
			"webhooks listen --forward localhost:3000/hook",
			/^--forward is "localhost:3000\/hook", .*http:\/\/localhost:3000\/hook/,
		],
		["webhooks listen --forward ftp://localhost/hook", /^--forward is "ftp:/],
		[
			'webhooks listen --forward http://localhost:9/ --secret ""',
			/^--secret is 16 to 256 visible characters/,
		],
		["webhooks listen --forward http://localhost:9/ --secret short", /^--secret is 16 to 256/],
		["webhooks listen --forward http://localhost:9/ --since yesterday", /^--since is "yesterday"/],
		["webhooks listen --forward http://localhost:9/ --events ,", /^--events names no event/],
		["webhooks listen --forward http://localhost:9/ --interval 0", /--interval is a number/],
	];
	for (const [args, words] of wrong) {
		const { code, output, errors } = await call(args);
		assert.match(errors, words);
		assert.deepEqual({ code, output }, { code: 2, output: "" }, args);
	}
	const lost = await (await person({ LEADWIRE_URL: "nowhere" }))("leads list");
	assert.deepEqual([lost.code, lost.errors.startsWith('LEADWIRE_URL is "nowhere"')], [2, true]);
	const schemeless = await (await person({ LEADWIRE_URL: "localhost:8787" }))("leads list");
	assert.deepEqual(
		[schemeless.code, schemeless.errors.startsWith('LEADWIRE_URL is "localhost:8787"')],
		[2, true],
	);
	const keyless = await (await person({ LEADWIRE_API_KEY: "" }))("leads list");
	assert.deepEqual([keyless.code, keyless.errors.includes("set LEADWIRE_API_KEY, or give --key")], [2, true]);
});

test("output that can't be written ends with code 1", { skip: !existsSync("/dev/full") }, async () => {
	const { key } = await server.newKey();
	const child = spawn(process.execPath, [main, "export", "lead-stages"], {
		env: { PATH: process.env.PATH, LEADWIRE_URL: server.url, LEADWIRE_API_KEY: key },
		stdio: ["ignore", openSync("/dev/full", "w"), "pipe"],
	});
	assert(child.stderr);
	const [errors, [code]] = await Promise.all([text(child.stderr), once(child, "exit")]);
	assert.deepEqual([code, errors], [1, "ENOSPC: no space left on device, write\n"]);
});

test("a refusal of the API prints every wrong field and exits with code 1", async () => {
	const call = await person();
	const bad = await call("leads create --email none --mobile !");
	assert.equal(bad.code, 1);
	assert.match(bad.errors, /^email: .+\n {2}mobile: .+\n\(400 BAD_REQUEST req_\w+\)\n$/);
	const empty = await call("leads create");
	assert.deepEqual([empty.code, empty.errors.startsWith("name: ")], [1, true], empty.errors);
	const unknown = await call("leads list --key lw_test_wrong");
	assert.equal(unknown.code, 1);
	assert.match(unknown.errors, /\(401 UNAUTHORIZED /);
	const nowhere = await (await person({ LEADWIRE_URL: "http://127.0.0.1:1" }))("leads list");
	assert.equal(nowhere.code, 1);
	assert.match(
		nowhere.errors,
		/^No answer from http:\/\/127\.0\.0\.1:1: .*(ECONNREFUSED|bad port).*\n\(NO_ANSWER\)\n$/,
	);
});
