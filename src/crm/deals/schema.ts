// Deals on the wire.

import { z } from "@hono/zod-openapi";
import {
	common,
	commonExample,
	currency,
	day,
	EXAMPLE_TIME,
	exampleId,
	id,
	ids,
	LISTED_WHOLE,
	money,
	name,
	nullable,
	nullish,
	optional,
	text,
	timestamp,
} from "../../http/fields.ts";
import { customizable } from "../../http/gather.ts";
import { identities } from "../../identities.ts";
import { assignees, clientId, ownerId, sourceId, tags } from "../fields.ts";
import { LineItem, LineItemInput, MOST_LINES, pricedInput } from "../line-item-schema.ts";
import { stageTypes } from "../pipelines/schema.ts";

export const priorities = z.enum(["LOW", "MEDIUM", "HIGH"]);

const title = name().openapi({
	description: "What is being sold, in a few words.",
	example: "Website relaunch",
});
const pipelineId = id("dpl").describe("Left out on create: the default pipeline.");
const stageId = id("dps").describe(
	"A stage of the pipeline; its type decides `status`. Left out on create, or where the pipeline changes: the pipeline's first ACTIVE stage.",
);

const settable = {
	leadId: id("ld").describe("Id of the lead it came from."),
	sourceId,
	ownerId,
	price: money().describe(
		"What the deal is worth, in `currency`; where none is given, the total of `lineItems`.",
	),
	expectedCloseDate: day().describe("The day by which it is expected to be decided."),
	priority: priorities.describe("How urgent it is."),
	lostReason: text().describe("Why it was lost."),
};

const CONTACTS = "Ids of clients of type `contact`.";
const contactIds = ids("clt").describe(CONTACTS);
const settableToo = {
	assigneeIds: assignees.written,
	contactIds,
	tagIds: tags.written,
	isInclusiveTax: pricedInput.isInclusiveTax,
	lineItems: z.array(LineItemInput).max(MOST_LINES).describe(`Its lines, in order. ${LISTED_WHOLE}`),
};

/** What a deal may be given besides its title and client. */
const rest = {
	...optional({ pipelineId, stageId, ...settableToo }),
	...nullish({ ...settable, currency: pricedInput.currency }),
};

export const dealExample = {
	...commonExample(identities.deals),
	number: 1,
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

export const DealCreate = customizable({ title, clientId, ...rest }, "DealCreate", { example });

export const DealUpdate = customizable({ ...optional({ title, clientId }), ...rest }, "DealUpdate", {
	example: { stageId: dealExample.stageId, priority: "HIGH" },
});

/** The deal that converting a lead makes: its client and lead are known, and the rest is the lead's. */
export const ConvertedDeal = customizable(
	{ title: title.optional(), ...withoutLead(rest) },
	"ConvertedDeal",
	{
		example: { title: "Website relaunch" },
	},
);

export const Deal = z
	.object({
		...common(identities.deals),
		number: z.int().openapi({ description: "Counts the organization's deals.", example: 1 }),
		title,
		clientId,
		pipelineId,
		stageId,
		status: stageTypes.describe("The type of its stage."),
		probability: z
			.int()
			.nullable()
			.describe(
				"That of its stage as it is now, in percent; it changes with the stage, without a new `version`.",
			),
		...nullable(settable),
		currency: currency(),
		assigneeIds: assignees.shown,
		contactIds: z.array(id("clt")).max(50).describe(CONTACTS),
		tagIds: tags.shown,
		isInclusiveTax: settableToo.isInclusiveTax,
		lineItems: z.array(LineItem).max(MOST_LINES).describe("Its lines, in order."),
		wonAt: timestamp().nullable().describe("When it came to be WON; `null` while it isn't."),
		lostAt: timestamp().nullable().describe("When it came to be LOST; `null` while it isn't."),
		stageChangedAt: timestamp().describe("When it came into its stage."),
	})
	.openapi("Deal", { example: dealExample });

export type DealCreateInput = z.output<typeof DealCreate>;
export type DealUpdateInput = z.output<typeof DealUpdate>;
export type ConvertedDealInput = z.output<typeof ConvertedDeal>;

function withoutLead<T extends { leadId: unknown }>({ leadId: _, ...others }: T): Omit<T, "leadId"> {
	return others;
}
