import type { Answer } from "../../http/answer.ts";
import { ifMatch } from "../../http/conditions.ts";
import { endpoint } from "../../http/endpoint.ts";
import { perform } from "../../http/write.ts";
import { identities } from "../../identities.ts";
import { present } from "../../resources/resource.ts";
import { requireScope } from "../../scopes.ts";
import { convert } from "./convert.ts";
import { LeadConvert, LeadConverted } from "./schema.ts";

export const leadConversion = endpoint(
	{
		method: "post",
		path: "/leads/{id}/convert",
		scope: "leads:write",
		tag: identities.leads.tag,
		operationId: "convertLead",
		summary: "Convert a lead",
		description:
			"Makes the lead a client (or joins it to the one named) and, when asked, a deal, and moves it to its CONVERTED stage. A second call is 409. Values of custom fields go to the client's field of the same key and type, or else to the deal's; of a client that is there already, to those that it has not set, provided that the key may write clients.",
		alsoNeeds: "`clients:write` to make a client, `clients:read` to join one, `deals:write` to make a deal",
		message: "Lead converted successfully",
		ids: { id: identities.leads },
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
