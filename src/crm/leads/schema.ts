// Leads on the wire.

import { z } from "@hono/zod-openapi";
import * as field from "../../http/fields.ts";
import { bodyWithCustomFields } from "../../http/gather.ts";
import { objectOf, strictObjectOf } from "../../http/objects.ts";
import { once } from "../../http/once.ts";
import { nullable, nullish, optional } from "../../http/shapes.ts";
import { identities } from "../../identities.ts";
import { assignmentExample } from "../fields.ts";

const settable = once(() => ({
	firstName: field.name().openapi({ description: "The person's given name.", example: "Jane" }),
	lastName: field.name().openapi({ description: "The person's family name.", example: "Smith" }),
	email: field.email(),
	mobile: field.phone().describe("The mobile phone number."),
	secondaryMobile: field.phone().describe("A second phone number."),
	title: field.name().openapi({ description: "The lead's headline.", example: "Product demo request" }),
	position: field.name().openapi({ description: "The person's job title.", example: "Head of Sales" }),
	company: field.name().openapi({ description: "Where the person works.", example: "Acme Corp" }),
	website: field.website(),
	twitter: field.name().openapi({ description: "A profile name or a link.", example: "@janesmith" }),
	linkedin: field.name().openapi({
		description: "A profile name or a link.",
		example: "https://example.com/in/janesmith",
	}),
	notes: field.text().openapi({
		description: "Free text about the lead.",
		example: "Asked for a call after the fair.",
	}),
	score: z
		.int()
		.min(-1_000_000)
		.max(1_000_000)
		.openapi({ description: "The score of the lead, on your own scale.", example: 80 }),
	value: field.money().describe("What the lead may be worth, in `currency`; at most four decimal places."),
	currency: field.currency(),
	expectedCloseDate: field.day().describe("When it may become a deal."),
	sourceId: field.id("src").describe("The lead source it came from."),
	stageId: field.id("lstg").describe("Its lead stage. Default on create: the first of type NEW."),
	ownerId: field.id("usr").describe("The user responsible for it."),
}));

/** The fields to which the answer of a form may be mapped: those that are no id. */
export const answerableFields = once(() => [
	"name",
	...Object.keys(settable()).filter((key) => !key.endsWith("Id")),
]);

const optionalFields = once(() => ({
	assigneeIds: field.ids("usr").describe("The users who work on it."),
	tagIds: field.ids("tag").describe("Its tags."),
	archived: z.boolean().describe("Whether it is archived. An archived lead is not deleted."),
}));

const fullName = once(() =>
	field.name().openapi({
		description:
			"The full name. If a lead is created without it, it is made from `firstName` and `lastName`, and changes with them until it is set to another value. Setting it does not change them.",
		example: "Jane Smith",
	}),
);

export const leadExample = {
	...field.numberedExample(identities.leads),
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
	sourceId: field.exampleId("src"),
	stageId: field.exampleId("lstg"),
	...assignmentExample,
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
	() => ({ name: fullName().optional(), ...nullish(settable()), ...optional(optionalFields()) }),
	"LeadCreate",
	{ example },
);

export const LeadUpdate = bodyWithCustomFields(
	() => ({ ...optional({ name: fullName(), ...optionalFields() }), ...nullish(settable()) }),
	"LeadUpdate",
	{ example: { score: 80, ownerId: field.exampleId("usr") } },
);

export const Lead = objectOf(() => ({
	...field.numberedFields(identities.leads),
	name: fullName(),
	...nullable(settable()),
	assigneeIds: z.array(field.id("usr")).max(50).describe("The users who work on it."),
	tagIds: z.array(field.id("tag")).max(50).describe("Its tags."),
	archived: optionalFields().archived,
	convertedAt: field.timestamp().nullable().describe("When it was converted to a client."),
	convertedClientId: field.id("clt").nullable().describe("The client it became."),
	convertedDealId: field.id("dl").nullable().describe("The deal that was created from it."),
})).openapi("Lead", { example: leadExample });

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
export const SaveLeadPayload = strictObjectOf(() => ({
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
})).openapi("SaveLeadPayload");
