import { batchEndpoint } from "../../http/batch.ts";
import { crud } from "../../http/crud.ts";
import { deals } from "./deals.ts";
import { Deal, DealCreate, DealUpdate, dealExample } from "./schema.ts";
import { stageTotals } from "./totals.ts";
import { dealVerbs } from "./winning.ts";

const exposure = {
	resource: deals,
	verbs: dealVerbs,
	schemas: { wire: Deal, create: DealCreate, update: DealUpdate },
	causes: {
		status: "The stage decides it: set `stageId`.",
		probability: "The stage decides it: set `stageId`, or change the stages of the pipeline.",
		wonAt: "Set `stageId` to a WON stage.",
		lostAt: "Set `stageId` to a LOST stage.",
		stageChangedAt: "Set `stageId`.",
	},
};

export const dealEndpoints = [
	// Before `/deals/{id}`, which would match its path, too.
	stageTotals,
	...Object.values(crud(exposure)),
	batchEndpoint(
		exposure,
		[],
		[
			{ title: "Website relaunch", clientId: dealExample.clientId },
			{ title: "Maintenance", clientId: dealExample.clientId, price: 1200 },
		],
	),
];
