// Quotations on the wire.

import { z } from "@hono/zod-openapi";
import * as field from "../../http/fields.ts";
import { bodyWithCustomFields } from "../../http/gather.ts";
import { objectOf } from "../../http/objects.ts";
import { once } from "../../http/once.ts";
import { nullable } from "../../http/shapes.ts";
import { identities } from "../../identities.ts";
import { clientId, dealId, ownerId, tags } from "../fields.ts";
import { givenPriced, pricedBodies, pricedExample, pricedOutput } from "../line-item-schema.ts";

export const quotationStatus = z.enum(["DRAFT", "SENT", "ACCEPTED", "REJECTED"]);

const required = once(() => ({
	clientId: clientId(),
	date: field.day().describe("The day of the quotation."),
}));

const settable = once(() => ({
	contactId: field.id("clt").describe("The person it is addressed to."),
	dealId: dealId(),
	expiryDate: field.day().describe("The last day on which it is valid; not before `date`."),
	subject: field.name().describe("What it is about, in a few words."),
	internalNotes: field.text().describe("Free text for internal use."),
	ownerId: ownerId(),
}));

const written = pricedBodies(required, settable, () => ({
	status: quotationStatus.describe(
		"Whether it was sent, and what the client decided. Default on create: `DRAFT`.",
	),
	tagIds: tags.input(),
}));

export const quotationExample = {
	...field.numberedExample(identities.quotations),
	clientId: field.exampleId("clt"),
	contactId: null,
	dealId: field.exampleId("dl"),
	date: "2026-01-31",
	expiryDate: "2026-02-28",
	subject: "Consulting in spring",
	status: "ACCEPTED",
	acceptedAt: field.EXAMPLE_TIME,
	rejectedAt: null,
	...pricedExample,
	internalNotes: null,
	ownerId: field.exampleId("usr"),
	tagIds: [field.exampleId("tag")],
};

export const QuotationCreate = bodyWithCustomFields(written.create, "QuotationCreate", {
	example: givenPriced({ expiryDate: "2026-02-28" }),
});

export const QuotationUpdate = bodyWithCustomFields(written.update, "QuotationUpdate", {
	example: { status: "ACCEPTED" },
});

export const Quotation = objectOf(() => ({
	...field.numberedFields(identities.quotations),
	...required(),
	...nullable(settable()),
	status: quotationStatus.describe("Whether it was sent, and what the client decided."),
	acceptedAt: field.timestamp().nullable().describe("When `status` became `ACCEPTED`; `null` otherwise."),
	rejectedAt: field.timestamp().nullable().describe("When `status` became `REJECTED`; `null` otherwise."),
	...pricedOutput(),
	tagIds: tags.output(),
})).openapi("Quotation", { example: quotationExample });

export type QuotationCreateInput = z.output<typeof QuotationCreate>;
export type QuotationUpdateInput = z.output<typeof QuotationUpdate>;
