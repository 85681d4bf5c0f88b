// The package as a user installs it.
import assert from "node:assert/strict";
import { copyFileSync, globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { repositoryRoot, toolEnvironment } from "../../scripts/tools/tools.ts";
import { install, nodes, run, serve } from "./setup.ts";

const { folder, packed, remove } = await install();
const server = await serve();
const versions = await nodes();
after(async () => {
	remove();
	await server.dispose();
});

const readme = readFileSync(join(repositoryRoot, "sdk", "README.md"), "utf8");
const blocks = (language: string) =>
	[...readme.matchAll(/^```(\w+)\n(.*?)^```/gms)]
		.filter((match) => match[1] === language)
		.map((match) => match[2] ?? "");

/** A code block of the README with the address of a running server and a valid key. */
const real = (block: string, key: string) =>
	block.replaceAll("https://api.example.com", server.url).replaceAll("lw_live_…", key);

test("it contains the needed files and no others", () => {
	const paths = packed.files.map(({ path }) => path);
	for (const needed of [
		"README.md",
		"LICENSE",
		"package.json",
		"dist/index.js",
		"dist/index.d.ts",
		"dist/cli/main.js",
	])
		assert(paths.includes(needed), needed);
	const others = paths.filter(
		(path) =>
			!/^(README\.md|LICENSE|package\.json|dist\/cjs\/package\.json|dist\/.+\.(js|d\.ts))$/.test(path),
	);
	assert.deepEqual(others, []);
	const { mode } = packed.files.find(({ path }) => path === "dist/cli/main.js") ?? { mode: 0 };
	assert.equal(mode & 0o111, 0o111, "the command may be executed");
	const { dependencies } = JSON.parse(readFileSync(join(repositoryRoot, "sdk", "package.json"), "utf8"));
	assert.deepEqual(dependencies, { "csv-parse": "7.0.3", "openapi-fetch": "0.17.0" });
});

for (const { path, version } of versions) {
	test(`it is imported and run by Node ${version}`, async () => {
		const print = 'console.log(Object.keys(await import("leadwire")).sort().join())';
		const names = await run(path, ["--input-type=module", "-e", print], folder);
		assert.equal(
			names.trim(),
			"LeadwireError,WebhookVerificationError,createClient,paginate,signWebhook,verifyWebhook",
		);
		const required = 'console.log(Object.keys(require("leadwire")).sort().join())';
		assert.equal(await run(path, ["--input-type=commonjs", "-e", required], folder), names);
		for (const help of ["--help", "-h"])
			assert.match(
				await run(path, ["node_modules/leadwire/dist/cli/main.js", help], folder),
				/^Usage: leadwire/,
			);
		const { version: released } = JSON.parse(
			readFileSync(join(repositoryRoot, "sdk", "package.json"), "utf8"),
		);
		const told = await run(path, ["node_modules/leadwire/dist/cli/main.js", "--version"], folder);
		assert.equal(told.trim(), released);
	});
}

for (const [module, moduleResolution] of [
	["nodenext", "nodenext"],
	["esnext", "bundler"],
]) {
	test(`its types hold under ${moduleResolution}, the README's code among them`, async () => {
		copyFileSync(join(repositoryRoot, "sdk", "test", "consumer.ts"), join(folder, "consumer.ts"));
		const sources = blocks("ts").map((text, index) => {
			writeFileSync(join(folder, `readme-${index}.ts`), text);
			return `readme-${index}.ts`;
		});
		assert(sources.length >= 5);
		const compilerOptions = {
			...{ module, moduleResolution, strict: true, noEmit: true, target: "es2022", types: [] },
			...{ lib: ["es2022", "dom"], exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true },
		};
		writeFileSync(
			join(folder, "tsconfig.json"),
			JSON.stringify({ compilerOptions, files: ["consumer.ts", ...sources] }),
		);
		await run("tsc", ["-p", "."], folder).catch((error: { stdout: string }) => assert.fail(error.stdout));
	});
}

test("its types hold in a CommonJS project", async () => {
	const project = join(folder, "commonjs");
	mkdirSync(project, { recursive: true });
	writeFileSync(join(project, "package.json"), '{ "type": "commonjs" }');
	copyFileSync(join(repositoryRoot, "sdk", "test", "consumer.ts"), join(project, "consumer.ts"));
	const compilerOptions = {
		...{ module: "nodenext", moduleResolution: "nodenext", strict: true, noEmit: true, target: "es2022" },
		...{ lib: ["es2022", "dom"], types: [] },
	};
	writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["consumer.ts"] }));
	await run("tsc", ["-p", "."], project).catch((error: { stdout: string }) => assert.fail(error.stdout));
});

test("the README's command installs it from the clone, and refuses what is not a project", async () => {
	const [command = ""] = blocks("sh");
	assert.match(command, /^npm --prefix \.\.\/leadwire run package/);
	const project = join(folder, "project");
	mkdirSync(project);
	// Without building, because other tests use the built files at the same time.
	const { scripts } = JSON.parse(readFileSync(join(repositoryRoot, "package.json"), "utf8"));
	assert.equal(scripts.package, "npm run build:sdk --silent && node scripts/sdk/package.ts");
	const script = command.replace(
		"npm --prefix ../leadwire run package --",
		`node ${repositoryRoot}/scripts/sdk/package.ts`,
	);
	const sh = () => run("sh", ["-ec", script], project);
	await assert.rejects(sh, ({ stderr }: { stderr: string }) => /it has no package\.json/.test(stderr));
	writeFileSync(join(project, "package.json"), '{ "name": "mine", "type": "module" }');
	assert.match(await sh(), /^Installed leadwire-\d+\.\d+\.\d+\.tgz into /m);
	assert.match(await run("npx", ["--no-install", "leadwire", "--version"], project), /^\d+\.\d+\.\d+\n$/);
	const { dependencies } = JSON.parse(readFileSync(join(project, "package.json"), "utf8"));
	assert.deepEqual(Object.keys(dependencies), ["leadwire"]);
});

test("no document tells readers to install the package from a registry", () => {
	const { name } = JSON.parse(readFileSync(join(repositoryRoot, "sdk", "package.json"), "utf8"));
	const pages = globSync(["README.md", "sdk/README.md", "docs/**/*.md", "src/site/*.ts"], {
		cwd: repositoryRoot,
	});
	for (const page of pages) {
		const text = readFileSync(join(repositoryRoot, page), "utf8");
		// A sentence may warn against it; a line of its own is a command that readers paste.
		assert.doesNotMatch(text, new RegExp(`^(npm (i|install|add) |npx (?!--no-install ))${name}`, "m"), page);
	}
});

test("the README's code runs", async () => {
	const { key } = await server.newKey();
	for (const [index, block] of blocks("ts").entries()) {
		const file = join(folder, `run-${index}.ts`);
		writeFileSync(file, real(block, key));
		const output = await run(process.execPath, [file], folder);
		if (index === 0) assert.match(output, /^ld_\w{26} 1\n$/);
		if (block.includes("LeadwireError"))
			assert.match(output, /^400 BAD_REQUEST email: .+\nemail .+\nreq_\w+ null\n$/);
	}
});

test("the README's receiver accepts signed requests and refuses others", async () => {
	const index = blocks("ts").findIndex((block) => block.includes("verifyWebhook"));
	const { default: receiver } = (await import(join(folder, `run-${index}.ts`))) as {
		default: { fetch(request: Request): Promise<Response> };
	};
	const { signWebhook } = await import(join(folder, "node_modules", "leadwire", "dist", "index.js"));
	const body = '{"event":"client.created"}';
	const timestamp = Math.floor(Date.now() / 1_000);
	const headers = await signWebhook(body, "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", {
		id: "whd_1",
		timestamp,
	});
	const send = (text: string) =>
		receiver.fetch(new Request("http://localhost/", { method: "POST", headers, body: text }));
	assert.equal((await send(body)).status, 200);
	const refused = await send(`${body} `);
	assert.deepEqual([refused.status, await refused.text()], [400, "no_match"]);
});

test("the README's commands run", async () => {
	const { key } = await server.newKey();
	const [, commands = "", syncing = "", files = "", listening = ""] = blocks("sh");
	const bin = join(folder, "node_modules", ".bin");
	const env = { ...toolEnvironment(), PATH: `${bin}:${toolEnvironment().PATH}` };
	const sh = (script: string) =>
		run("sh", ["-ec", script.replaceAll("npx --no-install leadwire", "leadwire")], folder, env);
	writeFileSync(join(folder, "contacts.csv"), "E-mail,Name\nann@example.com,Ann\n");
	const output = await sh(real(`${commands}\n${syncing}\n${files}`, key));
	assert.match(output, /^There are none\.\n\{\n {2}"id": "ld_/);
	assert.match(output, /webhooks listen/);
	assert.match(output, /^leads\.ndjson has 1 record: 1 read, 0 removed\.$/m);
	assert.match(
		output,
		/\n1 of 1 rows are ready\..*\n1 row: 1 created, 0 updated, 0 refused\.\nleads\.csv has 2 records\.\n$/s,
	);
	// It never ends. `--help` checks its flags here; listen.test.ts checks what it does.
	const help = await sh("leadwire webhooks listen --help");
	for (const [flag] of listening.replace("--no-install", "").matchAll(/--\w+/g))
		assert(help.includes(`${flag} <`), flag);
});
