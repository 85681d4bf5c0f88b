// Fails when Redocly's score of the document, which measures how well agents can use it, gets worse.
import { captureTool } from "../tools/tools.ts";

// A tenth of the score depends on the number of operations only and falls by a hundredth with each. The rest is that of the
// median operation; a component that many operations share counts for the first one only.
const MIN_SCORE = 90;

const report = await captureTool("redocly", ["score", "dist/openapi.json", "--format=json"]);
const { agentReadiness, subscores } = JSON.parse(report) as {
	agentReadiness: number;
	subscores: Record<string, number>;
};
console.log(`${agentReadiness} of 100, and ${MIN_SCORE} are asked for`);
for (const [name, share] of Object.entries(subscores)) console.log(`  ${name}: ${Math.round(share * 100)} %`);
process.exitCode = agentReadiness >= MIN_SCORE ? 0 : 1;
