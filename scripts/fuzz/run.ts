// `npm run fuzz -- [--minutes N] [--seed N]`: fuzzing, which `npm test` does for a few seconds, for as long as you like.
import { parseArgs } from "node:util";
import { fuzzNewServer } from "./server.ts";

const { values } = parseArgs({ options: { minutes: { type: "string" }, seed: { type: "string" } } });
const minutes = Number(values.minutes ?? 10);
const seed = Number(values.seed ?? Date.now() % 1_000_000);
if (!(minutes > 0) || !Number.isSafeInteger(seed)) throw new Error("--minutes and --seed are numbers.");
const until = Date.now() + minutes * 60_000;

console.log(`seed ${seed}, ${minutes} min`);
const {
	requests: sent,
	operations,
	statuses,
	problems,
} = await fuzzNewServer(seed, () => Date.now() < until);
console.log(`${sent} requests to ${operations.size} operations`);
for (const [status, count] of [...statuses].sort(([a], [b]) => a - b)) console.log(`  ${status}  ${count}`);
for (const problem of problems) console.log(`\n${problem}`);
console.log(`\n${problems.length} problems`);
process.exitCode = problems.length > 0 ? 1 : 0;
