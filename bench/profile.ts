// `npm run bench:profile`: where the processor time of a request goes (profiled.ts).
import { parseArgs } from "node:util";
import { profileOperations } from "./profiled.ts";
import { OPERATIONS } from "./sides.ts";

const USAGE = `Usage: npm run bench:profile -- [--rounds 5] [--seconds 4] [--connections 10] [--only get,list] [--functions N]

  --only        operations: ${OPERATIONS.join(", ")}
  --functions   also list the N functions of ours that cost most`;

const { values } = parseArgs({
	options: {
		help: { type: "boolean" },
		rounds: { type: "string", default: "5" },
		seconds: { type: "string", default: "4" },
		connections: { type: "string", default: "10" },
		only: { type: "string", default: OPERATIONS.join() },
		functions: { type: "string", default: "0" },
	},
});
if (values.help) {
	console.log(USAGE);
	process.exit();
}
await profileOperations({
	operations: OPERATIONS.filter((name) => values.only.split(",").includes(name)),
	rounds: Number(values.rounds),
	load: { seconds: Number(values.seconds), connections: Number(values.connections) },
	functions: Number(values.functions),
});
