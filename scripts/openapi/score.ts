// Fails when the document is harder to read for programs than it was, by Redocly's own measure.
import { capture } from "../tools/tools.ts";

// A tenth of the measure is the number of operations alone: it falls by a hundredth with each, however it is written.
// The rest is the median operation's; a part that many share counts for the first of them in the document alone.
const LEAST = 90;

const report = await capture("redocly", ["score", "dist/openapi.json", "--format=json"]);
const { agentReadiness, subscores } = JSON.parse(report) as {
	agentReadiness: number;
	subscores: Record<string, number>;
};
console.log(`${agentReadiness} of 100, and ${LEAST} are asked for`);
for (const [name, share] of Object.entries(subscores)) console.log(`  ${name}: ${Math.round(share * 100)} %`);
process.exitCode = agentReadiness >= LEAST ? 0 : 1;
