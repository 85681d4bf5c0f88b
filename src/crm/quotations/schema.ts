// Quotations on the wire.

import { z } from "@hono/zod-openapi";
import {
	day,
	EXAMPLE_TIME,
	exampleId,
	id,
	name,
	nullable,
	numberedExample,
	numberedFields,
	text,
	timestamp,
} from "../../http/fields.ts";
import { bodyWithCustomFields } from "../../http/gather.ts";
import { identities } from "../../identities.ts";
import { clientId, dealId, ownerId, tags } from "../fields.ts";
import { givenPriced, pricedBodies, pricedExample, pricedOutput } from "../line-item-schema.ts";

export const quotationStatus = z.enum(["DRAFT", "SENT", "ACCEPTED", "REJECTED"]);

const required = {
	clientId,
	date: day().describe("The day of the quotation."),
};

const settable = {
	contactId: id("clt").describe("The person it is addressed to."),
	dealId,
	expiryDate: day().describe("The last day on which it is valid; not before `date`."),
	subject: name().describe("What it is about, in a few words."),
	internalNotes: text().describe("Free text for internal use."),
	ownerId,
};

const written = pricedBodies(required, settable, {
	status: quotationStatus.describe(
		"Whether it was sent, and what the client decided. Default on create: `DRAFT`.",
	),
	tagIds: tags.input,
});

export const quotationExample = {
	...numberedExample(identities.quotations),
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

export const QuotationCreate = bodyWithCustomFields(written.create, "QuotationCreate", {
	example: givenPriced({ expiryDate: "2026-02-28" }),
});

export const QuotationUpdate = bodyWithCustomFields(written.update, "QuotationUpdate", {
	example: { status: "ACCEPTED" },
});

export const Quotation = z
	.object({
		...numberedFields(identities.quotations),
		...required,
		...nullable(settable),
		status: quotationStatus.describe("Whether it was sent, and what the client decided."),
		acceptedAt: timestamp().nullable().describe("When `status` became `ACCEPTED`; `null` otherwise."),
		rejectedAt: timestamp().nullable().describe("When `status` became `REJECTED`; `null` otherwise."),
		...pricedOutput,
		tagIds: tags.output,
	})
	.openapi("Quotation", { example: quotationExample });

export type QuotationCreateInput = z.output<typeof QuotationCreate>;
export type QuotationUpdateInput = z.output<typeof QuotationUpdate>;
