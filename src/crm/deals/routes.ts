import { batchCreate } from "../../http/bulk.ts";
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
		status: "It follows from the stage: set `stageId`.",
		probability: "It is that of the stage: set `stageId`, or change the pipeline's stages.",
		wonAt: "Set `stageId` to a WON stage.",
		lostAt: "Set `stageId` to a LOST stage.",
		stageChangedAt: "Set `stageId`.",
	},
};

const { list, create, get, update, remove, restore } = crud(exposure);

// The fixed paths stand before `/deals/{id}`.
export const dealEndpoints: readonly Endpoint[] = [
	list,
	stageTotals,
	create,
	batchCreate(exposure, [
		{ title: "Website relaunch", clientId: dealExample.clientId },
		{ title: "Maintenance", clientId: dealExample.clientId, price: 1200 },
	]),
	get,
	update,
	remove,
	restore,
];
