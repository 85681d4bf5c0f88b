// Deals on the wire.

import { z } from "@hono/zod-openapi";
import {
	currency,
	day,
	EXAMPLE_TIME,
	exampleId,
	id,
	ids,
	money,
	name,
	nullable,
	nullish,
	numberedExample,
	numberedFields,
	optional,
	PATCH_REPLACES_LIST,
	text,
	timestamp,
} from "../../http/fields.ts";
import { bodyWithCustomFields } from "../../http/gather.ts";
import { identities } from "../../identities.ts";
import { assignees, clientId, ownerId, sourceId, tags } from "../fields.ts";
import { LineItem, LineItemInput, MAX_LINES, pricedInput } from "../line-item-schema.ts";
import { stageTypes } from "../pipelines/schema.ts";

export const priorities = z.enum(["LOW", "MEDIUM", "HIGH"]);

const title = name().openapi({
	description: "What is sold, in a few words.",
	example: "Website relaunch",
});
const pipelineId = id("dpl").describe("Default on create: the default pipeline.");
const stageId = id("dps").describe(
	"A stage of the pipeline; its type decides `status`. Default on create, and when the pipeline changes: the first ACTIVE stage of the pipeline.",
);

const settable = {
	leadId: id("ld").describe("Id of the lead it came from."),
	sourceId,
	ownerId,
	price: money().describe("What the deal is worth, in `currency`. Default: the total of `lineItems`."),
	expectedCloseDate: day().describe("The day by which the deal is expected to be won or lost."),
	priority: priorities.describe("How urgent it is."),
	lostReason: text().describe("Why it was lost."),
};

const CONTACTS = "Ids of clients of type `contact`.";
const contactIds = ids("clt").describe(CONTACTS);
const optionalFields = {
	assigneeIds: assignees.input,
	contactIds,
	tagIds: tags.input,
	isInclusiveTax: pricedInput.isInclusiveTax,
	lineItems: z.array(LineItemInput).max(MAX_LINES).describe(`Its lines, in order. ${PATCH_REPLACES_LIST}`),
};

/** The fields of a body other than title and client. */
const otherFields = {
	...optional({ pipelineId, stageId, ...optionalFields }),
	...nullish({ ...settable, currency: pricedInput.currency }),
};

export const dealExample = {
	...numberedExample(identities.deals),
	title: "Website relaunch",
	clientId: exampleId("clt"),
	pipelineId: exampleId("dpl"),
	stageId: exampleId("dps"),
	status: "ACTIVE",
	probability: 40,
	leadId: exampleId("ld"),
	sourceId: exampleId("src"),
	ownerId: exampleId("usr"),
	assigneeIds: [exampleId("usr")],
	contactIds: [],
	tagIds: [exampleId("tag")],
	price: 12500,
	lineItems: [],
	currency: "EUR",
	isInclusiveTax: false,
	expectedCloseDate: "2026-12-31",
	priority: "HIGH",
	lostReason: null,
	wonAt: null,
	lostAt: null,
	stageChangedAt: EXAMPLE_TIME,
};

const example = { title: "Website relaunch", clientId: dealExample.clientId, price: 12500 };

export const DealCreate = bodyWithCustomFields({ title, clientId, ...otherFields }, "DealCreate", {
	example,
});

export const DealUpdate = bodyWithCustomFields(
	{ ...optional({ title, clientId }), ...otherFields },
	"DealUpdate",
	{
		example: { stageId: dealExample.stageId, priority: "HIGH" },
	},
);

/** The deal that converting a lead creates. Client and lead are known; other fields default to those of the lead. */
export const ConvertedDeal = bodyWithCustomFields(
	{ title: title.optional(), ...withoutLead(otherFields) },
	"ConvertedDeal",
	{
		example: { title: "Website relaunch" },
	},
);

export const Deal = z
	.object({
		...numberedFields(identities.deals),
		title,
		clientId,
		pipelineId,
		stageId,
		status: stageTypes.describe("The type of its stage."),
		probability: z
			.int()
			.nullable()
			.describe(
				"The present probability of its stage, in percent. It changes with the stage, without a new `version`.",
			),
		...nullable(settable),
		currency: currency(),
		assigneeIds: assignees.output,
		contactIds: z.array(id("clt")).max(50).describe(CONTACTS),
		tagIds: tags.output,
		isInclusiveTax: optionalFields.isInclusiveTax,
		lineItems: z.array(LineItem).max(MAX_LINES).describe("Its lines, in order."),
		wonAt: timestamp().nullable().describe("When it was won; `null` unless the status is WON."),
		lostAt: timestamp().nullable().describe("When it was lost; `null` unless the status is LOST."),
		stageChangedAt: timestamp().describe("When it entered its stage."),
	})
	.openapi("Deal", { example: dealExample });

export type DealCreateInput = z.output<typeof DealCreate>;
export type DealUpdateInput = z.output<typeof DealUpdate>;
export type ConvertedDealInput = z.output<typeof ConvertedDeal>;

function withoutLead<T extends { leadId: unknown }>({ leadId: _, ...others }: T): Omit<T, "leadId"> {
	return others;
}
