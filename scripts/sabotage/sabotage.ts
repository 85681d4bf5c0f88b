// `npm run test:sabotage [-- part of a mutant's name]`: tests the tests. Puts known bugs into a copy of the repository, one at
// a time, and runs the test that must fail. A bug that survives shows a missing test.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { repositoryRoot, toolEnvironment } from "../tools/tools.ts";
import type { Edit, Mutant } from "./mutant.ts";
import { mutants } from "./mutants.ts";

const COPIED = [
	...["src", "test", "migrations", "assets", "dist/assets", "docs", "scripts"],
	...["package.json", "tsconfig.json", "vitest.config.ts"],
];
/** For one test file; a test that hangs counts as failed. */
const MAX_MS_PER_FILE = 120_000;
/** The same for a test file of the system, which starts databases or servers first. */
const MAX_MS_PER_SYSTEM_FILE = 300_000;

interface Report {
	readonly testResults: readonly {
		readonly name: string;
		readonly status: string;
		readonly message?: string;
		readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
	}[];
}

/** Applies an edit to a text. Throws unless the text to replace occurs exactly once. */
export function applyEdit(text: string, { file, from, to }: Edit): string {
	const times = text.split(from).length - 1;
	if (times !== 1) throw new Error(`${file} has ${times} times, not once: ${from}`);
	return text.replace(from, () => to);
}

/** The files that a mutant changes, before and after its edits. */
export function changedFiles(
	mutant: Mutant,
): Map<string, { readonly original: string; readonly mutated: string }> {
	const files = new Map<string, { original: string; mutated: string }>();
	for (const edit of mutant.edits) {
		const original = readFileSync(join(repositoryRoot, edit.file), "utf8");
		files.set(edit.file, { original, mutated: applyEdit(files.get(edit.file)?.mutated ?? original, edit) });
	}
	return files;
}

/** Tests that Node runs, not vitest. */
const isOfSystem = ([file]: Mutant["test"]) => file.startsWith("test/system/");

/** Runs tests in the copy; returns the name of the first that failed, or null if all passed. */
async function failureOf(copy: string, tests: readonly Mutant["test"][]): Promise<string | null> {
	const worker = tests.filter((one) => !isOfSystem(one));
	const failure = worker.length > 0 ? await failureInWorker(copy, worker) : null;
	for (const one of tests.filter(isOfSystem))
		if (failure === null && (await failsInSystem(copy, one))) return one[1];
	return failure;
}

async function failsInSystem(copy: string, [file, name]: Mutant["test"]): Promise<boolean> {
	const args = ["--test", `--test-name-pattern=${name}`, "--test-reporter=tap", file];
	const child = spawn(process.execPath, args, {
		cwd: copy,
		env: toolEnvironment(),
		stdio: ["ignore", "pipe", "ignore"],
		timeout: MAX_MS_PER_SYSTEM_FILE,
	});
	const [report, [code]] = await Promise.all([text(child.stdout), once(child, "exit")]);
	const count = (word: string) => Number(report.match(new RegExp(`^# ${word} (\\d+)$`, "m"))?.[1] ?? 0);
	if (code === 0 && count("pass") === 0) throw new Error(`${file} has no test ${name}`);
	return code !== 0;
}

async function failureInWorker(copy: string, tests: readonly Mutant["test"][]): Promise<string | null> {
	const report = join(copy, "report.json");
	rmSync(report, { force: true });
	const files = new Set(tests.map(([file]) => file));
	const names = tests.map(([, name]) => name).join("|");
	// Not up to the first failure: that ends what another project is running before the checks after its test, as if it had passed.
	const args = ["run", ...files, "-t", names, "--reporter=json", `--outputFile=${report}`];
	const child = spawn("vitest", args, { cwd: copy, env: toolEnvironment(), stdio: "ignore", detached: true });
	const maxMs = MAX_MS_PER_FILE * files.size;
	const timer = setTimeout(() => child.pid && process.kill(-child.pid, "SIGKILL"), maxMs);
	const [code] = await once(child, "exit");
	clearTimeout(timer);
	if (code === null) return `(did not end within ${maxMs / 1_000} s)`;
	const { testResults } = JSON.parse(readFileSync(report, "utf8")) as Report;
	const ran = testResults.flatMap(({ assertionResults }) => assertionResults);
	const failed = ran.find(({ status }) => status === "failed");
	if (failed) return failed.fullName;
	const broken = testResults.find(({ status }) => status === "failed");
	if (broken) throw new Error(`The tests did not run: ${broken.message}`);
	const passed = ran.filter(({ status }) => status === "passed");
	for (const [file, name] of tests)
		if (!passed.some(({ fullName }) => fullName.includes(name)))
			throw new Error(`${file} has no test ${name}`);
	return null;
}

function copyTree(): string {
	const copy = mkdtempSync(join(tmpdir(), "leadwire-sabotage-"));
	for (const name of [...COPIED, "wrangler.toml"])
		cpSync(join(repositoryRoot, name), join(copy, name), { recursive: true });
	symlinkSync(join(repositoryRoot, "node_modules"), join(copy, "node_modules"));
	return copy;
}

async function main(nameParts: readonly string[]): Promise<void> {
	const unknown = nameParts.filter((part) => !mutants.some(({ name }) => name.includes(part)));
	if (unknown.length > 0) throw new Error(`No mutant's name contains: ${unknown.join(", ")}`);
	const selected = mutants.filter(
		({ name }) => nameParts.length === 0 || nameParts.some((part) => name.includes(part)),
	);
	const prepared = selected.map((mutant) => ({ mutant, files: changedFiles(mutant) }));
	const copy = copyTree();
	let survived = 0;
	try {
		const baselineFailure = await failureOf(
			copy,
			selected.map(({ test }) => test),
		);
		if (baselineFailure) throw new Error(`A test fails without any bug put in: ${baselineFailure}`);
		for (const { mutant, files } of prepared) {
			for (const [file, { mutated }] of files) writeFileSync(join(copy, file), mutated);
			const failure = await failureOf(copy, [mutant.test]);
			for (const [file, { original }] of files) writeFileSync(join(copy, file), original);
			if (failure === null) survived += 1;
			console.log(
				`${failure === null ? "SURVIVED" : "caught  "}  ${mutant.name}\n        ${failure ?? mutant.test.join(": ")}`,
			);
		}
	} finally {
		rmSync(copy, { recursive: true, force: true });
	}
	console.log(`\n${selected.length - survived} caught, ${survived} survived`);
	process.exitCode = survived === 0 ? 0 : 1;
}

if (import.meta.main) await main(process.argv.slice(2));
