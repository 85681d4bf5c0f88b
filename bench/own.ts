// `npm run bench:own`: the processor time of our own code over the floor Worker's, also beside another checkout's.
import { parseArgs } from "node:util";
import { measureOwn, OWN_OPERATIONS } from "./repeated.ts";

const USAGE = `Usage: npm run bench:own -- [--rounds 7] [--times 4000] [--only get,list] [--beside FOLDER] [--functions N]

  --beside      another checkout of this repository, whose Worker is measured in the same rounds
  --functions   also list the N functions of ours that cost most`;

const { values } = parseArgs({
	options: {
		help: { type: "boolean" },
		rounds: { type: "string", default: "7" },
		times: { type: "string", default: "4000" },
		only: { type: "string", default: OWN_OPERATIONS.join() },
		beside: { type: "string" },
		functions: { type: "string", default: "0" },
	},
});
if (values.help) {
	console.log(USAGE);
	process.exit();
}
await measureOwn({
	rounds: Number(values.rounds),
	times: Number(values.times),
	operations: OWN_OPERATIONS.filter((name) => values.only.split(",").includes(name)),
	beside: values.beside,
	functions: Number(values.functions),
});
