// Every sample of docs/guides/verifying-webhooks.md, taken from the page and run where its runtime is installed, against
// deliveries made by our own signer.
import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { after, test } from "node:test";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import { repositoryRoot } from "../../scripts/tools/tools.ts";
import { type Case, casesFor, type Scheme } from "./support/signed-cases.ts";

const MAX_LINES = 25;
const page = readFileSync(join(repositoryRoot, "docs", "guides", "verifying-webhooks.md"), "utf8");
const samples = new Map(
	[...page.matchAll(/^```\w+ (\S+)\n([\s\S]*?)^```$/gm)].map(([, name = "", text = ""]) => [name, text]),
);
const folder = mkdtempSync(join(tmpdir(), "leadwire-samples-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** What stands around a sample: reads the cases from standard input and writes what the sample says of each. */
const drivers = {
	node: (module: string) => `
		import { json } from "node:stream/consumers";
		import { verified } from "./${module}";
		const cases = await json(process.stdin);
		console.log(JSON.stringify(cases.map((one) => verified(one.secret, one.headers, Buffer.from(one.body)))));`,
	python: (module: string) => `
import json, sys
from email.message import Message
from ${module.replace(".py", "")} import verified
def ask(one):
    headers = Message()
    for name, value in one["headers"].items():
        headers[name] = value
    return verified(one["secret"], headers, one["body"].encode())
print(json.dumps([ask(one) for one in json.load(sys.stdin)]))`,
	php: (module: string) => `<?php
		require __DIR__ . "/${module}";
		function ask(array $one): bool {
			$server = [];
			foreach ($one["headers"] as $name => $value) $server["HTTP_" . strtoupper(str_replace("-", "_", $name))] = $value;
			return verified($one["secret"], $server, $one["body"]);
		}
		echo json_encode(array_map("ask", json_decode(file_get_contents("php://stdin"), true)));`,
	go: () => `package main
		import ("encoding/json"; "net/http"; "os")
		type one struct { Secret, Body string; Headers map[string]string }
		func main() {
			var cases []one
			json.NewDecoder(os.Stdin).Decode(&cases)
			answers := []bool{}
			for _, c := range cases {
				header := http.Header{}
				for name, value := range c.Headers { header.Set(name, value) }
				answers = append(answers, Verified(c.Secret, header, []byte(c.Body)))
			}
			json.NewEncoder(os.Stdout).Encode(answers)
		}`,
	worker: (module: string) => `
		import { verified } from "./${module}";
		export default { async fetch(request) {
			const cases = await request.json();
			return Response.json(await Promise.all(cases.map((one) => verified(one.secret, new Headers(one.headers), one.body))));
		} };`,
};

type Ask = (sample: string, cases: readonly Case[]) => Promise<boolean[]>;

/** Runs a sample beside its driver with a tool that takes file names. */
function by(tool: string, args: string[], driver: (module: string) => string, extension: string): Ask {
	return async (sample, cases) => {
		const file = join(folder, `${sample.replace(/\W/g, "_")}_driver.${extension}`);
		writeFileSync(file, driver(sample));
		const modules = tool === "go" ? [join(folder, sample), file] : [file];
		const child = spawn(tool, [...args, ...modules], { stdio: ["pipe", "pipe", "inherit"] });
		child.stdin.end(JSON.stringify(cases));
		return answerOf(child);
	};
}

async function answerOf({ stdout }: ChildProcess): Promise<boolean[]> {
	assert(stdout);
	return (await json(stdout)) as boolean[];
}

const inWorkerd: Ask = async (sample, cases) => {
	const modules = [
		{ type: "ESModule" as const, path: "driver.mjs", contents: drivers.worker(sample) },
		{ type: "ESModule" as const, path: sample, contents: samples.get(sample) ?? "" },
	];
	const options = { modules, compatibilityDate: "2026-10-20", name: "sample" };
	const log = new Log(LogLevel.ERROR);
	const runtime = new Miniflare(convertV4MiniflareOptions({ cf: false, log, workers: [options] }));
	try {
		const response = await runtime.dispatchFetch("http://sample/", {
			method: "POST",
			body: JSON.stringify(cases),
		});
		return (await response.json()) as boolean[];
	} finally {
		await runtime.dispose();
	}
};

const isInstalled = (tool: string, flag: string) => spawnSync(tool, [flag]).status === 0;
const missing = (tool: string, flag = "--version") =>
	isInstalled(tool, flag) ? false : `${tool} is not installed`;

const runtimes: readonly (readonly [file: string, ask: Ask, skip: string | false])[] = [
	[".mjs", by(process.execPath, [], drivers.node, "mjs"), false],
	[".worker.mjs", inWorkerd, false],
	[".py", by("python3", [], drivers.python, "py"), missing("python3")],
	[".php", by("php", [], drivers.php, "php"), missing("php")],
	[".go", by("go", ["run"], drivers.go, "go"), missing("go", "version")],
];

for (const [name, text] of samples) writeFileSync(join(folder, name), text);

test(`the page has a sample of at most ${MAX_LINES} lines for each runtime and scheme`, () => {
	assert.equal(samples.size, 2 * runtimes.length);
	for (const [name, text] of samples) {
		const lines = text.trimEnd().split("\n").length;
		assert(lines <= MAX_LINES, `${name} has ${lines} lines`);
	}
});

for (const scheme of ["standard", "older"] satisfies Scheme[]) {
	for (const [ending, ask, skip] of runtimes) {
		const sample = [...samples.keys()].find((name) => {
			const [base = ""] = name.split(".");
			return name === base + ending && /[-_](\w+)$/.exec(base)?.[1] === scheme;
		});
		test(`${scheme}${ending} judges every delivery right`, { skip }, async () => {
			assert(sample, `there is no sample for ${scheme}${ending}`);
			const cases = await casesFor(scheme);
			const said = await ask(sample, cases);
			const judged = cases.map(({ name }, index) => [name, said[index]]);
			assert.deepEqual(
				judged,
				cases.map(({ name, good }) => [name, good]),
			);
		});
	}
}
