import { batchEndpoint } from "../../http/batch.ts";
import { crud } from "../../http/crud.ts";
import { upsert, upsertBody } from "../../http/upsert.ts";
import { leads, leadVerbs } from "./leads.ts";
import { Lead, LeadCreate, LeadUpdate } from "./schema.ts";

const CONVERT = "Send POST /leads/{id}/convert.";

const exposure = {
	resource: leads,
	verbs: leadVerbs,
	schemas: { wire: Lead, create: LeadCreate, update: LeadUpdate },
	causes: {
		convertedAt: CONVERT,
		convertedClientId: CONVERT,
		convertedDealId: CONVERT,
	},
};

const matchable = ["email", "mobile"] as const;
const LeadUpsert = upsertBody("LeadUpsert", matchable, () => LeadCreate.shape, {
	matchBy: "email",
	email: "jane@example.com",
	name: "Jane Smith",
	score: 80,
});

export const leadEndpoints = [
	...Object.values(crud(exposure)),
	batchEndpoint(exposure, matchable),
	upsert(exposure, matchable, LeadUpsert),
];
