import { batchEndpoint } from "../../http/batch.ts";
import { crud } from "../../http/crud.ts";
import { deals } from "./deals.ts";
import { Deal, DealCreate, DealUpdate, dealCauses, dealExample } from "./schema.ts";
import { stageTotals } from "./totals.ts";
import { dealVerbs } from "./winning.ts";

const exposure = {
	resource: deals,
	verbs: dealVerbs,
	schemas: { wire: Deal, create: DealCreate, update: DealUpdate },
	causes: dealCauses,
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
