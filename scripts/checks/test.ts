// `npm test`: every check there is, each shown as it runs. A failing one doesn't keep the others from running.
import { existsSync, globSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { root, show } from "../tools/tools.ts";

interface Check {
	readonly name: string;
	readonly command: readonly [tool: string, ...args: string[]];
}

const REPORT = join("dist", "vitest.json");
const DOCUMENT = join("dist", "openapi.json");
const TAP = join("dist", "node.tap");

const projects = globSync("**/tsconfig.json", { cwd: root, exclude: ["node_modules", "dist"] });
const types = projects.map((path) => ({
	name: `types of ${dirname(path) === "." ? "src" : dirname(path)}`,
	command: ["tsc", "--noEmit", "-p", path] as const,
}));

const checks: readonly Check[] = [
	{ name: "format and lint", command: ["biome", "ci", "--colors=off", "."] },
	{ name: "lengths of files", command: ["node", "scripts/checks/lengths.ts"] },
	{ name: "repetitions", command: ["jscpd"] },
	{ name: "OpenAPI document", command: ["node", "scripts/openapi/document.ts"] },
	{
		name: "OpenAPI lint",
		command: ["redocly", "lint", DOCUMENT, "--config=scripts/openapi/redocly.yaml", "--format=stylish"],
	},
	{
		name: "OpenAPI lint, OWASP",
		command: ["spectral", "lint", DOCUMENT, "-r", "scripts/openapi/spectral.yaml", "-F", "warn"],
	},
	{ name: "OpenAPI score", command: ["node", "scripts/openapi/score.ts"] },
	// Of the document, and before the types, for those of its tests and of the dashboard are made by it.
	{ name: "package", command: ["node", "scripts/sdk/sdk.ts"] },
	...types,
	{ name: "dashboard and guides", command: ["npm", "run", "build", "--silent"] },
	{ name: "schema and migrations", command: ["node", "scripts/checks/schema.ts"] },
];

let passed = 0;
let failed = 0;
for (const { name, command } of checks) {
	console.log(`\n── ${name}`);
	const [tool, ...args] = command;
	if ((await show(tool, args)) === 0) passed += 1;
	else {
		failed += 1;
		console.error(`FAILED: ${name}`);
	}
}

console.log("\n── tests");
rmSync(join(root, REPORT), { force: true });
const code = await show("vitest", [
	"run",
	"--reporter=default",
	"--reporter=json",
	`--outputFile.json=${REPORT}`,
]);
const counts = readCounts();
passed += counts.passed;
// A file that can't even be loaded, or a fault outside any test, fails the run without failing a test.
failed += counts.failed || (code === 0 && counts.passed > 0 ? 0 : 1);

await nodeTests("scripts, package and a real server", [
	"--test-concurrency=2",
	"--test-timeout=300000",
	...["test/system", "sdk/test"].map((room) => `${room}/*.test.ts`),
]);
// By itself, for it is held to the times that a person waits.
await nodeTests("dashboard in a browser", ["dashboard/test/*.test.ts"]);

console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function readCounts(): { passed: number; failed: number } {
	try {
		const report = JSON.parse(readFileSync(join(root, REPORT), "utf8")) as {
			numPassedTests: number;
			numFailedTests: number;
		};
		return { passed: report.numPassedTests, failed: report.numFailedTests };
	} catch {
		return { passed: 0, failed: 0 };
	}
}

/** Runs tests under node's own runner, and counts them. */
async function nodeTests(name: string, args: readonly string[]): Promise<void> {
	console.log(`\n── ${name}`);
	rmSync(join(root, TAP), { force: true });
	const reporters = ["spec", "stdout", "tap", TAP].map(
		(value, index) => `--test-reporter${index % 2 === 0 ? "" : "-destination"}=${value}`,
	);
	const code = await show("node", ["--test", ...reporters, ...args]);
	const report = existsSync(join(root, TAP)) ? readFileSync(join(root, TAP), "utf8") : "";
	const count = (word: string) => Number(report.match(new RegExp(`^# ${word} (\\d+)$`, "m"))?.[1] ?? 0);
	passed += count("pass");
	failed += count("fail") + count("cancelled") || (code === 0 && count("pass") > 0 ? 0 : 1);
}
