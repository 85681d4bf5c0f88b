// `npm run check`: checks the sources within a minute. The tests are run by `npm test`.
import { quickChecks } from "./list.ts";
import { runChecks } from "./run.ts";

const { passed, failed } = await runChecks(quickChecks);
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
