// The two test suites: the Worker's, in workerd, run by vitest; and the running system's, run by Node's test runner.
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { repositoryRoot, runTool } from "../tools/tools.ts";
import type { Counts } from "./run.ts";

/** Longer than a suite takes on a slow machine. A test that hangs is ended sooner, by its own limit. */
const MAX_MINUTES = 60;

/** Test files at the same time: more than there are cores, because tests wait for the clock, the disk and processes, too. */
export const CONCURRENT_FILES = Math.ceil(availableParallelism() * 1.5);

const REPORT = join("dist", "vitest.json");
const TAP = join("dist", "node.tap");

const SYSTEM = ["test/system/*.test.ts", "sdk/test/*.test.ts"];
const BROWSER = ["dashboard/test/*.test.ts"];

/** Runs the Worker's tests: those of `args`, which are arguments of vitest, or all. */
export async function testWorker(args: readonly string[] = []): Promise<Counts> {
	console.log("\n── the Worker");
	rmSync(join(repositoryRoot, REPORT), { force: true });
	const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${REPORT}`];
	const code = await runTool("vitest", ["run", ...reporters, ...args], MAX_MINUTES);
	const report = existsSync(join(repositoryRoot, REPORT))
		? readFileSync(join(repositoryRoot, REPORT), "utf8")
		: "{}";
	const { numPassedTests: passed = 0, numFailedTests: failed = 0 } = JSON.parse(report) as {
		readonly numPassedTests?: number;
		readonly numFailedTests?: number;
	};
	return counted(code, passed, failed);
}

/** Runs the running system's tests: the files of `args`, or all. They need the output of `npm run check` or `npm run build:sdk`. */
export async function testSystem(args: readonly string[] = []): Promise<Counts> {
	if (args.length > 0) return nodeTests("the system", args);
	const system = await nodeTests("scripts, package and a real server", [
		`--test-concurrency=${CONCURRENT_FILES}`,
		...SYSTEM,
	]);
	// After the others, because it measures how long a person waits; two at a time, because a page mostly waits itself.
	const browser = await nodeTests("dashboard in a browser", ["--test-concurrency=2", ...BROWSER]);
	return { passed: system.passed + browser.passed, failed: system.failed + browser.failed };
}

async function nodeTests(name: string, args: readonly string[]): Promise<Counts> {
	console.log(`\n── ${name}`);
	mkdirSync(join(repositoryRoot, "dist"), { recursive: true });
	rmSync(join(repositoryRoot, TAP), { force: true });
	const reporters = ["spec", "stdout", "tap", TAP].map(
		(value, index) => `--test-reporter${index % 2 === 0 ? "" : "-destination"}=${value}`,
	);
	const code = await runTool("node", ["--test", "--test-timeout=300000", ...reporters, ...args], MAX_MINUTES);
	const report = existsSync(join(repositoryRoot, TAP)) ? readFileSync(join(repositoryRoot, TAP), "utf8") : "";
	const count = (word: string) => Number(report.match(new RegExp(`^# ${word} (\\d+)$`, "m"))?.[1] ?? 0);
	return counted(code, count("pass"), count("fail") + count("cancelled"));
}

/** A file that can't be loaded, or an error outside a test, fails the run without failing a test. */
function counted(code: number, passed: number, failed: number): Counts {
	return { passed, failed: failed || (code === 0 && passed > 0 ? 0 : 1) };
}
