// Leads on the wire.
import { z } from "@hono/zod-openapi";
import { leadExample } from "../../events/examples.ts";
import { customizable } from "../../http/customizable.ts";
import {
	common,
	currency,
	day,
	email,
	id,
	ids,
	money,
	name,
	nullable,
	nullish,
	optional,
	phone,
	text,
	timestamp,
	website,
} from "../../http/fields.ts";

const settable = {
	firstName: name(),
	lastName: name(),
	email: email(),
	mobile: phone(),
	secondaryMobile: phone(),
	title: name().openapi({ description: "The lead's headline.", example: "Product demo request" }),
	position: name().openapi({ description: "The person's job title." }),
	company: name(),
	website: website(),
	twitter: name(),
	linkedin: name(),
	notes: text(),
	score: z.int().min(-1_000_000).max(1_000_000),
	value: money().openapi({ description: "What the lead may be worth, in `currency`." }),
	currency: currency(),
	expectedCloseDate: day(),
	sourceId: id("src"),
	stageId: id("lstg").openapi({ description: "Left out on create: the first stage of type NEW." }),
	ownerId: id("usr"),
};

const settableToo = {
	assigneeIds: ids("usr"),
	tagIds: ids("tag"),
	archived: z.boolean(),
};

const fullName = name().openapi({
	description: "Left out on create: made of `firstName` and `lastName`.",
	example: "Jane Smith",
});

const example = {
	name: "Jane Smith",
	email: "jane@example.com",
	mobile: "+14155550123",
	title: "Product demo request",
};

export const LeadCreate = customizable(
	{ name: fullName.optional(), ...nullish(settable), ...optional(settableToo) },
	"LeadCreate",
	{ example },
);

export const LeadUpdate = customizable(
	{ ...optional({ name: fullName, ...settableToo }), ...nullish(settable) },
	"LeadUpdate",
	{ example: { score: 80, ownerId: "usr_01kaj2m5m8f7jt2n3v4w5x6y7z" } },
);

export const Lead = z
	.object({
		...common("ld"),
		number: z.int().openapi({ description: "Counts the organization's leads.", example: 1 }),
		name: fullName,
		...nullable(settable),
		assigneeIds: z.array(id("usr")),
		tagIds: z.array(id("tag")),
		archived: z.boolean(),
		convertedAt: timestamp().nullable(),
		convertedClientId: id("clt").nullable(),
		convertedDealId: id("dl").nullable(),
	})
	.openapi("Lead", { example: leadExample });

export type LeadCreateInput = z.output<typeof LeadCreate>;
export type LeadUpdateInput = z.output<typeof LeadUpdate>;

/** The body of a `save_lead` webhook, key for key as that webhook's own document has it. */
export const SaveLeadPayload = z
	.strictObject({
		data: z.strictObject({
			email: z.string(),
			company: z.string().nullable(),
			first_name: z.string().nullable(),
			last_name: z.string().nullable(),
			phone: z.string().nullable(),
			website: z.string(),
			position: z.string().nullable(),
			twitter: z.string().nullable(),
			linkedin: z.string().nullable(),
			notes: z.string().nullable(),
			score: z.int(),
		}),
	})
	.openapi("SaveLeadPayload");
