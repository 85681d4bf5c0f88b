// Body and answer of the conversion of a lead.

import { z } from "@hono/zod-openapi";
import { id } from "../../http/fields.ts";
import { strictObjectOf } from "../../http/objects.ts";
import { Client, clientExample } from "../clients/schema.ts";
import { ConvertedDeal, Deal, dealExample } from "../deals/schema.ts";
import { Lead, leadExample } from "../leads/schema.ts";

export const LeadConvert = strictObjectOf(() => ({
	clientId: id("clt")
		.optional()
		.describe(
			"An existing client to link. Default: a new client, made from the lead's company or, without a company, from the person.",
		),
	deal: ConvertedDeal.optional().describe(
		"A deal to create as well, with its custom fields. Fields that are left out are taken from the lead.",
	),
})).openapi("LeadConvert", { example: { deal: { title: "Website relaunch" } } });

export const LeadConverted = z
	// A union, because `nullable()` of a named schema is documented as a schema that `null` does not match.
	.object({
		lead: Lead.describe("The lead, in its CONVERTED stage."),
		client: Client.describe("The client it became."),
		deal: z.union([Deal, z.null()]).describe("The new deal; `null` if none was requested."),
	})
	.openapi("LeadConverted", {
		example: {
			lead: {
				...leadExample,
				version: 2,
				convertedAt: leadExample.updatedAt,
				convertedClientId: clientExample.id,
				convertedDealId: dealExample.id,
			},
			client: clientExample,
			deal: dealExample,
		},
	});

export type LeadConvertInput = z.output<typeof LeadConvert>;
