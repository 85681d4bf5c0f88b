// Invoices on the wire, and the payments made on them.

import { z } from "@hono/zod-openapi";
import * as field from "../../http/fields.ts";
import { bodyWithCustomFields } from "../../http/gather.ts";
import { objectOf, strictObjectOf } from "../../http/objects.ts";
import { once } from "../../http/once.ts";
import { nullable } from "../../http/shapes.ts";
import { identities } from "../../identities.ts";
import { clientId, dealId, ownerId, tags } from "../fields.ts";
import { givenPriced, pricedBodies, pricedCauses, pricedExample, pricedOutput } from "../line-item-schema.ts";

export const invoiceStatus = z.enum(["DRAFT", "SENT", "PARTIALLY_PAID", "PAID", "VOID"]);

const required = once(() => ({
	clientId: clientId(),
	date: field.day().describe("The day of the invoice."),
	dueDate: field.day().describe("The day by which it is to be paid; not before `date`."),
}));

const settable = once(() => ({
	quotationId: field.id("qtn").describe("The quotation that it is based on."),
	dealId: dealId(),
	subject: field.name().describe("What it is about, in a few words."),
	notes: field.text().describe("Free text on the invoice."),
	ownerId: ownerId(),
}));

const written = pricedBodies(required, settable, () => ({
	status: z
		.enum(["DRAFT", "SENT"])
		.describe(
			"Default on create: `DRAFT`. The other statuses follow from payments and voiding, and can't be set.",
		),
	tagIds: tags.input(),
}));

export const invoiceExample = {
	...field.numberedExample(identities.invoices),
	clientId: field.exampleId("clt"),
	quotationId: field.exampleId("qtn"),
	dealId: field.exampleId("dl"),
	date: "2026-01-31",
	dueDate: "2026-02-28",
	subject: "Consulting in spring",
	notes: null,
	status: "PAID",
	...pricedExample,
	payments: [{ amount: 214.2, paidAt: field.EXAMPLE_TIME, method: "bank transfer" }],
	paidTotal: 214.2,
	dueTotal: 0,
	ownerId: field.exampleId("usr"),
	tagIds: [field.exampleId("tag")],
};

export const InvoiceCreate = bodyWithCustomFields(written.create, "InvoiceCreate", {
	example: givenPriced({ dueDate: "2026-02-28" }),
});

export const InvoiceUpdate = bodyWithCustomFields(written.update, "InvoiceUpdate", {
	example: { status: "SENT" },
});

/** Bounded, because an invoice is read and sent with all of its payments. */
export const MAX_PAYMENTS = 500;

const payment = once(() => ({
	amount: field.money(0.0001).openapi({
		description: "At most what is due, with no more decimals than the invoice's currency has.",
		example: 100,
	}),
	method: field.name().openapi({ description: "How it was paid.", example: "bank transfer" }),
}));

export const PaymentCreate = strictObjectOf(() => ({
	amount: payment().amount,
	paidAt: field.instant().optional().describe("When it was paid. Default: now."),
	method: payment().method.nullish(),
})).openapi("PaymentCreate", { example: { amount: 100, method: "bank transfer" } });

const Payment = objectOf(() => ({
	amount: payment().amount,
	paidAt: field.timestamp().describe("When it was paid."),
	method: payment().method.nullable(),
})).openapi("Payment");

export const Invoice = objectOf(() => ({
	...field.numberedFields(identities.invoices),
	...required(),
	...nullable(settable()),
	status: invoiceStatus.describe(
		"`PARTIALLY_PAID` and `PAID` follow from the payments, `VOID` from voiding.",
	),
	...pricedOutput(),
	payments: z.array(Payment).max(MAX_PAYMENTS).describe("In the order they were recorded."),
	paidTotal: z.number().describe("The sum of the payments."),
	dueTotal: z.number().describe("What is left to pay: total − paidTotal, or 0 if the invoice is void."),
	tagIds: tags.output(),
})).openapi("Invoice", { example: invoiceExample });

const PAY = "Send POST /invoices/{id}/payments.";

/** What a caller can do about fields that the server sets. */
export const invoiceCauses = { ...pricedCauses, payments: PAY, paidTotal: PAY, dueTotal: PAY };

export type InvoiceCreateInput = z.output<typeof InvoiceCreate>;
export type InvoiceUpdateInput = z.output<typeof InvoiceUpdate>;
