import { registerServerSetFields } from "../../http/server-set-fields.ts";
import { writeEndpoint } from "../../http/write.ts";
import { identities } from "../../identities.ts";
import { toWire } from "../../resources/resource.ts";
import { requireScope } from "../../scopes.ts";
import { ConvertedDeal, Deal, dealCauses } from "../deals/schema.ts";
import { planConversionOfLead } from "./convert.ts";
import { LeadConvert, LeadConverted } from "./schema.ts";

registerServerSetFields(ConvertedDeal, Deal, {
	...dealCauses,
	leadId: "It is the lead that is converted.",
	clientId: "It is the client that the lead becomes: send `clientId` beside `deal`.",
});

export const leadConversion = writeEndpoint(
	{
		method: "post",
		path: "/leads/{id}/convert",
		of: identities.leads,
		operationId: "convertLead",
		summary: "Convert a lead",
		description:
			"Makes a client from the lead (or links the client given by `clientId`) and, if requested, a deal, and moves the lead to its CONVERTED stage. A second call is a 409. Values of custom fields are copied to the client's field of the same key and type, or else to the deal's. An existing client only gets values for fields that it has not set, and only if the key may write clients.",
		conditionalScopes:
			"`clients:write` to create a client, `clients:read` to link one, `deals:write` to create a deal",
		message: "Lead converted successfully",
		body: LeadConvert,
		bodyOptional: true,
		conditional: true,
		answers: { 200: { description: "What it became.", schema: LeadConverted } },
	},
	({ ctx, id, body, condition }) => {
		requireScope(ctx.caller, body.clientId === undefined ? "clients:write" : "clients:read");
		if (body.deal) requireScope(ctx.caller, "deals:write");
		return planConversionOfLead(ctx, id, body, condition);
	},
	({ lead, client, deal }) => ({
		status: 200,
		body: { lead: toWire(lead), client: toWire(client), deal: deal && toWire(deal) },
	}),
);
