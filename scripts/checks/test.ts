// `npm test`: all checks and tests. `npm run test:worker` and `npm run test:system` run one suite each, or the files after
// `--`. The last line is the sum: N passed, N failed.
import { allChecks } from "./list.ts";
import { type Counts, runChecks } from "./run.ts";
import { testSystem, testWorker } from "./suites.ts";

const [suite, ...args] = process.argv.slice(2);

const results: Counts[] = [];
if (suite === undefined) results.push(await runChecks(allChecks));
if (suite !== "system") results.push(await testWorker(args));
if (suite !== "worker") results.push(await testSystem(args));

const sum = (of: keyof Counts) => results.reduce((total, counts) => total + counts[of], 0);
console.log(`\n${sum("passed")} passed, ${sum("failed")} failed`);
process.exitCode = sum("failed") === 0 ? 0 : 1;
