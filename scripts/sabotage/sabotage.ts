// `npm run test:sabotage [-- words of a bug's name]`: tests the tests. Puts known bugs into a copy of the tree, one at a time,
// and runs the tests that must notice. A bug that lives is a missing test.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root, toolEnvironment } from "../tools/tools.ts";
import type { Edit, Mutant } from "./mutant.ts";
import { mutants } from "./mutants.ts";

const COPIED = [
	...["src", "test", "migrations", "assets", "dist/assets", "docs", "scripts"],
	...["package.json", "tsconfig.json", "vitest.config.ts"],
];
/** For one file; what hangs is noticed too. */
const LIMIT_MS = 120_000;

interface Report {
	readonly testResults: readonly {
		readonly name: string;
		readonly status: string;
		readonly message?: string;
		readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
	}[];
}

/** A text with an edit made. Throws unless its words stand there exactly once. */
export function edited(text: string, { file, from, to }: Edit): string {
	const times = text.split(from).length - 1;
	if (times !== 1) throw new Error(`${file} has ${times} times, not once: ${from}`);
	return text.replace(from, () => to);
}

/** The files of a mutant as they are and as it makes them. */
export function changes(mutant: Mutant): Map<string, { readonly sound: string; readonly spoiled: string }> {
	const files = new Map<string, { sound: string; spoiled: string }>();
	for (const edit of mutant.edits) {
		const sound = readFileSync(join(root, edit.file), "utf8");
		files.set(edit.file, { sound, spoiled: edited(files.get(edit.file)?.spoiled ?? sound, edit) });
	}
	return files;
}

/** Runs tests in the copy, up to the first failure; gives that, or null when all passed. */
async function failureOf(copy: string, tests: readonly Mutant["test"][]): Promise<string | null> {
	const report = join(copy, "report.json");
	rmSync(report, { force: true });
	const files = new Set(tests.map(([file]) => file));
	const names = tests.map(([, name]) => name).join("|");
	const args = ["run", ...files, "-t", names, "--bail=1", "--reporter=json", `--outputFile=${report}`];
	const child = spawn("vitest", args, { cwd: copy, env: toolEnvironment(), stdio: "ignore", detached: true });
	const limit = LIMIT_MS * files.size;
	const timer = setTimeout(() => child.pid && process.kill(-child.pid, "SIGKILL"), limit);
	const [code] = await once(child, "exit");
	clearTimeout(timer);
	if (code === null) return `(did not end within ${limit / 1_000} s)`;
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
		cpSync(join(root, name), join(copy, name), { recursive: true });
	symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
	return copy;
}

async function main(wanted: readonly string[]): Promise<void> {
	const chosen = mutants.filter(
		({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)),
	);
	const prepared = chosen.map((mutant) => ({ mutant, files: changes(mutant) }));
	const copy = copyTree();
	let lived = 0;
	try {
		const early = await failureOf(
			copy,
			chosen.map(({ test }) => test),
		);
		if (early) throw new Error(`A test fails without any bug put in: ${early}`);
		for (const { mutant, files } of prepared) {
			for (const [file, { spoiled }] of files) writeFileSync(join(copy, file), spoiled);
			const failure = await failureOf(copy, [mutant.test]);
			for (const [file, { sound }] of files) writeFileSync(join(copy, file), sound);
			if (failure === null) lived += 1;
			console.log(
				`${failure === null ? "LIVED " : "caught"}  ${mutant.name}\n        ${failure ?? mutant.test.join(": ")}`,
			);
		}
	} finally {
		rmSync(copy, { recursive: true, force: true });
	}
	console.log(`\n${chosen.length - lived} caught, ${lived} lived`);
	process.exitCode = lived === 0 ? 0 : 1;
}

if (import.meta.main) await main(process.argv.slice(2));
