// `npm run bench`: what our Worker costs, as ratios to two yardsticks on the same machine at the same time.
import { parseArgs } from "node:util";
import { compare } from "./compare.ts";
import { countD1 } from "./counts.ts";
import { measureMemory, measureStart } from "./isolate.ts";
import { compareLists } from "./lists.ts";
import { profileOperations } from "./profiled.ts";

const USAGE = `Usage: npm run bench -- [--quick] [--only PART]

  --quick   shorter rounds and fewer leads, for a look that takes two minutes; the figures scatter
  --only    own (our isolate over the floor Worker's), bare (all processes over those of the bare and the floor Worker),
            lists (many leads over few), counts (D1), start (of an isolate, and its bundle), memory`;

const { values } = parseArgs({
	options: { quick: { type: "boolean" }, only: { type: "string" }, help: { type: "boolean" } },
});
const effort = values.quick ? { rounds: 2, seconds: 1.5 } : { rounds: 5, seconds: 4 };
const parts: Readonly<Record<string, () => Promise<void>>> = {
	counts: countD1,
	start: () => measureStart(values.quick ? 5 : 15),
	memory: () => measureMemory(values.quick ? 1_000 : 10_000),
	own: () =>
		profileOperations({
			operations: ["get", "list", "create"],
			rounds: effort.rounds,
			load: { seconds: effort.seconds, connections: 10 },
		}),
	bare: () => compare(effort),
	lists: () => compareLists(effort, values.quick ? 10_000 : 100_000, values.quick ? 400 : 1_000),
};

const chosen = values.only === undefined ? Object.values(parts) : [parts[values.only]];
for (const part of chosen) {
	if (!part || values.help) {
		console.error(USAGE);
		process.exit(values.help ? 0 : 2);
	}
	await part();
}
