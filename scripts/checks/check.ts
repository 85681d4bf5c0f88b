// `npm run check`: what is wrong with the sources as they stand, within a minute. The tests are `npm test`.
import { quick } from "./list.ts";
import { runChecks } from "./run.ts";

const { passed, failed } = await runChecks(quick);
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
