// `npm test`: all checks and tests. `npm run test:worker` and `npm run test:system` run one suite each, or the files after
// `--`; `npm run test:shards` runs all of the Worker's tests with three databases, of which `npm test` leaves out a part. The
// last line is the sum: N passed, N failed.
import { allChecks } from "./list.ts";
import { type Counts, runChecks } from "./run.ts";
import { testSystem, testWorker } from "./suites.ts";

const [suite, ...args] = process.argv.slice(2);

const results: Counts[] = [];
if (suite === undefined) results.push(await runChecks(allChecks));
if (suite === "shards") {
	process.env.SHARDS = "all";
	results.push(await testWorker(["--project", "three databases", ...args]));
}
if (suite === undefined || suite === "worker") results.push(await testWorker(args));
if (suite === undefined || suite === "system") results.push(await testSystem(args));

const sum = (of: keyof Counts) => results.reduce((total, counts) => total + counts[of], 0);
console.log(`\n${sum("passed")} passed, ${sum("failed")} failed`);
process.exitCode = sum("failed") === 0 ? 0 : 1;
