// Quotations on the wire.

import { z } from "@hono/zod-openapi";
import {
	common,
	commonExample,
	day,
	EXAMPLE_TIME,
	exampleId,
	id,
	name,
	nullable,
	nullish,
	optional,
	text,
	timestamp,
} from "../../http/fields.ts";
import { customizable } from "../../http/gather.ts";
import { identities } from "../../identities.ts";
import { clientId, dealId, ownerId, tags } from "../fields.ts";
import { givenLine, pricedExample, pricedInput, pricedOutput } from "../line-item-schema.ts";

export const quotationStatus = z.enum(["DRAFT", "SENT", "ACCEPTED", "REJECTED"]);

const required = {
	clientId,
	date: day().describe("The day of the quotation."),
	lineItems: pricedInput.lineItems,
};

const settable = {
	contactId: id("clt").describe("The person it is addressed to."),
	dealId,
	expiryDate: day().describe("The last day on which it is valid; not before `date`."),
	subject: name().describe("What it is about, in a few words."),
	internalNotes: text().describe("Free text for internal use."),
	ownerId,
};

const optionalFields = {
	status: quotationStatus.describe(
		"Whether it was sent, and what the client decided. Default on create: `DRAFT`.",
	),
	isInclusiveTax: pricedInput.isInclusiveTax,
	tagIds: tags.written,
};

export const quotationExample = {
	...commonExample(identities.quotations),
	number: 1,
	clientId: exampleId("clt"),
	contactId: null,
	dealId: exampleId("dl"),
	date: "2026-01-31",
	expiryDate: "2026-02-28",
	subject: "Consulting in spring",
	status: "ACCEPTED",
	acceptedAt: EXAMPLE_TIME,
	rejectedAt: null,
	...pricedExample,
	internalNotes: null,
	ownerId: exampleId("usr"),
	tagIds: [exampleId("tag")],
};

export const QuotationCreate = customizable(
	{
		...required,
		...nullish({ ...settable, currency: pricedInput.currency }),
		...optional(optionalFields),
	},
	"QuotationCreate",
	{
		example: {
			clientId: exampleId("clt"),
			date: "2026-01-31",
			expiryDate: "2026-02-28",
			lineItems: [givenLine],
		},
	},
);

export const QuotationUpdate = customizable(
	{
		...optional({ ...required, ...optionalFields }),
		...nullish({ ...settable, currency: pricedInput.currency }),
	},
	"QuotationUpdate",
	{ example: { status: "ACCEPTED" } },
);

export const Quotation = z
	.object({
		...common(identities.quotations),
		number: z.int().openapi({ description: "Numbers the organization's quotations from 1.", example: 1 }),
		clientId: required.clientId,
		date: required.date,
		...nullable(settable),
		status: quotationStatus.describe("Whether it was sent, and what the client decided."),
		acceptedAt: timestamp().nullable().describe("When `status` became `ACCEPTED`; `null` otherwise."),
		rejectedAt: timestamp().nullable().describe("When `status` became `REJECTED`; `null` otherwise."),
		...pricedOutput,
		tagIds: tags.shown,
	})
	.openapi("Quotation", { example: quotationExample });

export type QuotationCreateInput = z.output<typeof QuotationCreate>;
export type QuotationUpdateInput = z.output<typeof QuotationUpdate>;
