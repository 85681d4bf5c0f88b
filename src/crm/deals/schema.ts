// Deals on the wire.

import { z } from "@hono/zod-openapi";
import * as field from "../../http/fields.ts";
import { bodyWithCustomFields } from "../../http/gather.ts";
import { objectOf } from "../../http/objects.ts";
import { once } from "../../http/once.ts";
import { nullable, nullish, optional } from "../../http/shapes.ts";
import { identities } from "../../identities.ts";
import { assignees, clientId, ownerId, sourceId, tags } from "../fields.ts";
import { LineItem, LineItemInput, MAX_LINES, pricedInput } from "../line-item-schema.ts";
import { stageTypes } from "../pipelines/schema.ts";

export const priorities = z.enum(["LOW", "MEDIUM", "HIGH"]);

const title = once(() =>
	field.name().openapi({
		description: "What is sold, in a few words.",
		example: "Website relaunch",
	}),
);
const pipelineId = once(() => field.id("dpl").describe("Default on create: the default pipeline."));
const stageId = once(() =>
	field
		.id("dps")
		.describe(
			"A stage of the pipeline; its type decides `status`. Default on create, and when the pipeline changes: the first ACTIVE stage of the pipeline.",
		),
);

const settable = once(() => ({
	leadId: field.id("ld").describe("Id of the lead it came from."),
	sourceId: sourceId(),
	ownerId: ownerId(),
	price: field.money().describe("What the deal is worth, in `currency`. Default: the total of `lineItems`."),
	expectedCloseDate: field.day().describe("The day by which the deal is expected to be won or lost."),
	priority: priorities.describe("How urgent it is."),
	lostReason: field.text().describe("Why it was lost."),
}));

const CONTACTS = "Ids of clients of type `contact`.";
const contactIds = once(() => field.ids("clt").describe(CONTACTS));
const optionalFields = once(() => ({
	assigneeIds: assignees.input(),
	contactIds: contactIds(),
	tagIds: tags.input(),
	isInclusiveTax: pricedInput().isInclusiveTax,
	lineItems: z
		.array(LineItemInput)
		.max(MAX_LINES)
		.describe(`Its lines, in order. ${field.PATCH_REPLACES_LIST}`),
}));

/** The fields of a body other than title and client. */
const otherFields = once(() => ({
	...optional({ pipelineId: pipelineId(), stageId: stageId(), ...optionalFields() }),
	...nullish({ ...settable(), currency: pricedInput().currency }),
}));

export const dealExample = {
	...field.numberedExample(identities.deals),
	title: "Website relaunch",
	clientId: field.exampleId("clt"),
	pipelineId: field.exampleId("dpl"),
	stageId: field.exampleId("dps"),
	status: "ACTIVE",
	probability: 40,
	leadId: field.exampleId("ld"),
	sourceId: field.exampleId("src"),
	ownerId: field.exampleId("usr"),
	assigneeIds: [field.exampleId("usr")],
	contactIds: [],
	tagIds: [field.exampleId("tag")],
	price: 12500,
	lineItems: [],
	currency: "EUR",
	isInclusiveTax: false,
	expectedCloseDate: "2026-12-31",
	priority: "HIGH",
	lostReason: null,
	wonAt: null,
	lostAt: null,
	stageChangedAt: field.EXAMPLE_TIME,
};

const example = { title: "Website relaunch", clientId: dealExample.clientId, price: 12500 };

export const DealCreate = bodyWithCustomFields(
	() => ({ title: title(), clientId: clientId(), ...otherFields() }),
	"DealCreate",
	{
		example,
	},
);

export const DealUpdate = bodyWithCustomFields(
	() => ({ ...optional({ title: title(), clientId: clientId() }), ...otherFields() }),
	"DealUpdate",
	{
		example: { stageId: dealExample.stageId, priority: "HIGH" },
	},
);

/** The deal that converting a lead creates. Client and lead are known; other fields default to those of the lead. */
export const ConvertedDeal = bodyWithCustomFields(
	() => ({ title: title().optional(), ...withoutLead(otherFields()) }),
	"ConvertedDeal",
	{
		example: { title: "Website relaunch" },
	},
);

export const Deal = objectOf(() => ({
	...field.numberedFields(identities.deals),
	title: title(),
	clientId: clientId(),
	pipelineId: pipelineId(),
	stageId: stageId(),
	status: stageTypes.describe("The type of its stage."),
	probability: z
		.int()
		.nullable()
		.describe(
			"The present probability of its stage, in percent. It changes with the stage, without a new `version`.",
		),
	...nullable(settable()),
	currency: field.currency(),
	assigneeIds: assignees.output(),
	contactIds: z.array(field.id("clt")).max(50).describe(CONTACTS),
	tagIds: tags.output(),
	isInclusiveTax: optionalFields().isInclusiveTax,
	lineItems: z.array(LineItem).max(MAX_LINES).describe("Its lines, in order."),
	wonAt: field.timestamp().nullable().describe("When it was won; `null` unless the status is WON."),
	lostAt: field.timestamp().nullable().describe("When it was lost; `null` unless the status is LOST."),
	stageChangedAt: field.timestamp().describe("When it entered its stage."),
})).openapi("Deal", { example: dealExample });

/** What a caller can do about fields that the server sets. */
export const dealCauses = {
	status: "The stage decides it: set `stageId`.",
	probability: "The stage decides it: set `stageId`, or change the stages of the pipeline.",
	wonAt: "Set `stageId` to a WON stage.",
	lostAt: "Set `stageId` to a LOST stage.",
	stageChangedAt: "Set `stageId`.",
};

export type DealCreateInput = z.output<typeof DealCreate>;
export type DealUpdateInput = z.output<typeof DealUpdate>;
export type ConvertedDealInput = z.output<typeof ConvertedDeal>;

function withoutLead<T extends { leadId: unknown }>({ leadId: _, ...others }: T): Omit<T, "leadId"> {
	return others;
}
