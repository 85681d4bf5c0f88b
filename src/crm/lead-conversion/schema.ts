// What converting a lead takes and gives.
import { z } from "@hono/zod-openapi";
import { id } from "../../http/fields.ts";
import { Client, clientExample } from "../clients/schema.ts";
import { ConvertedDeal, Deal, dealExample } from "../deals/schema.ts";
import { Lead, leadExample } from "../leads/schema.ts";

export const LeadConvert = z
	.strictObject({
		clientId: id("clt")
			.optional()
			.describe(
				"The client it already is. Left out: one is made, of the lead's company or, without one, of the person.",
			),
		deal: ConvertedDeal.optional().describe(
			"A deal to make as well, with its custom fields; what it leaves out is taken from the lead.",
		),
	})
	.openapi("LeadConvert", { example: { deal: { title: "Website relaunch" } } });

export const LeadConverted = z
	// A union, because a named schema that is made nullable is documented as one that `null` fails.
	.object({
		lead: Lead.describe("The lead, in its CONVERTED stage."),
		client: Client.describe("The client it became."),
		deal: z
			.union([Deal, z.null()])
			.describe("The deal that was made of it; `null` where none was asked for."),
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
