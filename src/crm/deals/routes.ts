import { batchEndpoint } from "../../http/batch.ts";
import { crud } from "../../http/crud.ts";
import type { Endpoint } from "../../http/endpoint.ts";
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

const { list, create, get, update, remove, restore } = crud(exposure);

// Fixed paths are registered before `/deals/{id}`, which would match them too.
export const dealEndpoints: readonly Endpoint[] = [
	list,
	stageTotals,
	create,
	batchEndpoint(
		exposure,
		[],
		[
			{ title: "Website relaunch", clientId: dealExample.clientId },
			{ title: "Maintenance", clientId: dealExample.clientId, price: 1200 },
		],
	),
	get,
	update,
	remove,
	restore,
];
