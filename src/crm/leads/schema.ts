// Leads on the wire.

import { z } from "@hono/zod-openapi";
import {
	currency,
	day,
	email,
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
	phone,
	text,
	timestamp,
	website,
} from "../../http/fields.ts";
import { bodyWithCustomFields } from "../../http/gather.ts";
import { identities } from "../../identities.ts";

const settable = {
	firstName: name().openapi({ description: "The person's given name.", example: "Jane" }),
	lastName: name().openapi({ description: "The person's family name.", example: "Smith" }),
	email: email(),
	mobile: phone().describe("The mobile phone number."),
	secondaryMobile: phone().describe("A second phone number."),
	title: name().openapi({ description: "The lead's headline.", example: "Product demo request" }),
	position: name().openapi({ description: "The person's job title.", example: "Head of Sales" }),
	company: name().openapi({ description: "Where the person works.", example: "Acme Corp" }),
	website: website(),
	twitter: name().openapi({ description: "A profile name or a link.", example: "@janesmith" }),
	linkedin: name().openapi({
		description: "A profile name or a link.",
		example: "https://example.com/in/janesmith",
	}),
	notes: text().openapi({
		description: "Free text about the lead.",
		example: "Asked for a call after the fair.",
	}),
	score: z
		.int()
		.min(-1_000_000)
		.max(1_000_000)
		.openapi({ description: "The score of the lead, on your own scale.", example: 80 }),
	value: money().describe("What the lead may be worth, in `currency`; at most four decimal places."),
	currency: currency(),
	expectedCloseDate: day().describe("When it may become a deal."),
	sourceId: id("src").describe("The lead source it came from."),
	stageId: id("lstg").describe("Its lead stage. Default on create: the first of type NEW."),
	ownerId: id("usr").describe("The user responsible for it."),
};

const optionalFields = {
	assigneeIds: ids("usr").describe("The users who work on it."),
	tagIds: ids("tag").describe("Its tags."),
	archived: z.boolean().describe("Whether it is archived. An archived lead is not deleted."),
};

const fullName = name().openapi({
	description:
		"The full name. If a lead is created without it, it is made from `firstName` and `lastName`, and changes with them until it is set to another value. Setting it does not change them.",
	example: "Jane Smith",
});

export const leadExample = {
	...numberedExample(identities.leads),
	name: "Jane Smith",
	firstName: "Jane",
	lastName: "Smith",
	email: "jane@example.com",
	mobile: "+14155550123",
	secondaryMobile: null,
	title: "Product demo request",
	position: "Head of Sales",
	company: "Acme Corp",
	website: "https://example.com",
	twitter: null,
	linkedin: null,
	notes: null,
	score: 80,
	value: 12500,
	currency: "EUR",
	expectedCloseDate: "2026-12-31",
	sourceId: exampleId("src"),
	stageId: exampleId("lstg"),
	ownerId: exampleId("usr"),
	assigneeIds: [exampleId("usr")],
	tagIds: [exampleId("tag")],
	archived: false,
	convertedAt: null,
	convertedClientId: null,
	convertedDealId: null,
};

const example = {
	name: "Jane Smith",
	email: "jane@example.com",
	mobile: "+14155550123",
	title: "Product demo request",
};

export const LeadCreate = bodyWithCustomFields(
	{ name: fullName.optional(), ...nullish(settable), ...optional(optionalFields) },
	"LeadCreate",
	{ example },
);

export const LeadUpdate = bodyWithCustomFields(
	{ ...optional({ name: fullName, ...optionalFields }), ...nullish(settable) },
	"LeadUpdate",
	{ example: { score: 80, ownerId: exampleId("usr") } },
);

export const Lead = z
	.object({
		...numberedFields(identities.leads),
		name: fullName,
		...nullable(settable),
		assigneeIds: z.array(id("usr")).max(50).describe("The users who work on it."),
		tagIds: z.array(id("tag")).max(50).describe("Its tags."),
		archived: optionalFields.archived,
		convertedAt: timestamp().nullable().describe("When it was converted to a client."),
		convertedClientId: id("clt").nullable().describe("The client it became."),
		convertedDealId: id("dl").nullable().describe("The deal that was created from it."),
	})
	.openapi("Lead", { example: leadExample });

export type LeadCreateInput = z.output<typeof LeadCreate>;
export type LeadUpdateInput = z.output<typeof LeadUpdate>;

export const saveLeadExample = {
	data: {
		email: "jane@example.com",
		company: "Acme Corp",
		first_name: "Jane",
		last_name: "Smith",
		phone: "+14155550123",
		website: "https://example.com",
		position: "Head of Sales",
		twitter: null,
		linkedin: null,
		notes: null,
		score: 80,
	},
};

/** The body of a `save_lead` webhook, with exactly the keys of the older webhook. */
export const SaveLeadPayload = z
	.strictObject({
		data: z
			.strictObject({
				email: z.string().max(255).describe("The e-mail address; empty when unset."),
				company: z.string().max(255).nullable().describe("Where the person works."),
				first_name: z
					.string()
					.max(255)
					.nullable()
					.describe("The given name; split from the lead's `name` if the lead has none."),
				last_name: z
					.string()
					.max(255)
					.nullable()
					.describe("The family name; split from the lead's `name` if the lead has none."),
				phone: z.string().max(40).nullable().describe("The lead's `mobile`."),
				website: z.string().max(2_048).describe("The web address; empty when unset."),
				position: z.string().max(255).nullable().describe("The person's job title."),
				twitter: z.string().max(255).nullable().describe("A profile name or a link."),
				linkedin: z.string().max(255).nullable().describe("A profile name or a link."),
				notes: z.string().max(10_000).nullable().describe("Free text about the lead."),
				score: z.int().describe("The score of the lead; 0 when unset."),
			})
			.describe("The lead."),
	})
	.openapi("SaveLeadPayload");
