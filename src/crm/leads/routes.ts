import type { Answer } from "../../http/answer.ts";
import { batchCreate, upsert, upsertBody } from "../../http/bulk.ts";
import { ifMatch } from "../../http/conditions.ts";
import { crud } from "../../http/crud.ts";
import { type Endpoint, endpoint } from "../../http/endpoint.ts";
import { perform } from "../../http/write.ts";
import { present } from "../../resources/resource.ts";
import { requireScope } from "../../scopes.ts";
import { convert } from "./convert.ts";
import { LeadConvert, LeadConverted } from "./convert-schema.ts";
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
const LeadUpsert = upsertBody("LeadUpsert", matchable, LeadCreate.shape, {
	matchBy: "email",
	email: "jane@example.com",
	name: "Jane Smith",
	score: 80,
});

const { list, create, get, update, remove, restore } = crud(exposure);

const convertEndpoint = endpoint(
	{
		method: "post",
		path: "/leads/{id}/convert",
		scope: "leads:write",
		tag: leads.tag,
		operationId: "convertLead",
		summary: "Convert a lead",
		description:
			"Makes the lead a client (or joins it to the one named) and, when asked, a deal, and moves it to its CONVERTED stage. A second call is 409. Values of custom fields go to the client's field of the same key and type, or else to the deal's; of a client that is there already, to those that it has not set, provided that the key may write clients.",
		alsoNeeds: "`clients:write` to make a client, `clients:read` to join one, `deals:write` to make a deal",
		message: "Lead converted successfully",
		ids: { id: leads },
		body: LeadConvert,
		bodyOptional: true,
		conditional: true,
		answers: { 200: { description: "What it became.", schema: LeadConverted } },
	},
	({ ctx, ids, body, request }) => {
		requireScope(ctx.caller, body.clientId === undefined ? "clients:write" : "clients:read");
		if (body.deal) requireScope(ctx.caller, "deals:write");
		return perform(
			ctx,
			() => convert(ctx, ids.id ?? "", body, ifMatch(request)),
			({ lead, client, deal }): Answer => ({
				status: 200,
				body: { lead: present(lead), client: present(client), deal: deal && present(deal) },
			}),
		);
	},
);

// The fixed paths stand before `/leads/{id}`.
export const leadEndpoints: readonly Endpoint[] = [
	list,
	create,
	batchCreate(exposure),
	upsert(exposure, matchable, LeadUpsert),
	get,
	update,
	remove,
	restore,
	convertEndpoint,
];
