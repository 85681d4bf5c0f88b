// The lines of a deal, quotation or invoice on the wire.

import { z } from "@hono/zod-openapi";
import * as field from "../http/fields.ts";
import { objectOf, strictObjectOf } from "../http/objects.ts";
import { once } from "../http/once.ts";
import { bodies, nullable, nullish, type Shape } from "../http/shapes.ts";

const required = once(() => ({
	name: field.name().openapi({ description: "What is sold.", example: "Consulting" }),
	quantity: field
		.decimal(z.number().gt(0, "Must be more than 0.").max(1_000_000_000))
		.openapi({ example: 2 }),
	price: field.money().openapi({
		description: "The price of one, with at most four decimal places.",
		example: 100,
	}),
}));

const settable = once(() => ({
	productId: field.id("prd").describe("Id of the product."),
	description: field.text().describe("Free text about the line."),
	discount: field.money().openapi({
		description: "The discount on the whole line: an amount, or a percentage.",
		example: 10,
	}),
	taxPercent: field.percent(),
}));

const discountType = once(() =>
	z
		.enum(["fixed", "percentage"])
		.describe("Whether `discount` is an amount (`fixed`, the default) or a percentage."),
);

/** A line as examples of bodies show it. */
const lineInputExample = {
	name: "Consulting",
	quantity: 2,
	price: 100,
	discount: 10,
	discountType: "percentage",
	taxPercent: 19,
};

/** A body as examples show it, with a day besides its own. */
export const givenPriced = (day: object) => ({
	clientId: field.exampleId("clt"),
	date: "2026-01-31",
	...day,
	lineItems: [lineInputExample],
});

const lineExample = {
	...lineInputExample,
	productId: null,
	description: null,
	amount: 200,
	taxAmount: 34.2,
	discountAmount: 20,
};

export const pricedExample = {
	lineItems: [{ ...lineExample, productId: field.exampleId("prd") }],
	currency: "EUR",
	isInclusiveTax: false,
	subtotal: 200,
	discountTotal: 20,
	taxTotal: 34.2,
	total: 214.2,
};

const computed = once(() =>
	z
		.number()
		.optional()
		.openapi({ description: "Computed by the server; a sent value is ignored.", readOnly: true }),
);

export const LineItemInput = strictObjectOf(() => ({
	...required(),
	...nullish(settable()),
	discountType: discountType().optional(),
	// Accepted, so that lines can be sent back as they were read.
	amount: computed(),
	taxAmount: computed(),
	discountAmount: computed(),
})).openapi("LineItemInput", { example: lineInputExample });

export const LineItem = objectOf(() => ({
	...required(),
	...nullable(settable()),
	discountType: discountType(),
	amount: z.number().describe("Quantity × price, rounded, before the discount and without tax."),
	taxAmount: z.number().describe("The tax after the discount, rounded."),
	discountAmount: z.number().describe("The discount on `amount`, rounded."),
})).openapi("LineItem", { example: lineExample });

/** The number of lines of one deal, quotation or invoice. */
export const MAX_LINES = 100;

/** The priced fields of bodies. */
export const pricedInput = once(() => ({
	lineItems: z
		.array(LineItemInput)
		.min(1, "Name at least one line.")
		.max(MAX_LINES)
		.describe(`Its lines, in order. ${field.PATCH_REPLACES_LIST}`),
	currency: field.currency().describe("ISO 4217. Default: the currency of the organization."),
	isInclusiveTax: z.boolean().describe("Whether prices and fixed discounts contain the tax."),
}));

/** The bodies of something priced, by its other fields (as `bodies` takes them). */
export const pricedBodies = <R extends Shape, O extends Shape, P extends Shape>(
	...[required, open, preset]: Parameters<typeof bodies<R, O, P>>
) =>
	bodies(
		() => ({ ...required(), lineItems: pricedInput().lineItems }),
		() => ({ ...open(), currency: pricedInput().currency }),
		() => ({ ...preset(), isInclusiveTax: pricedInput().isInclusiveTax }),
	);

const LINES = "It is the sum of `lineItems`.";

/** What a caller can do about totals, which the server computes. */
export const pricedCauses = { subtotal: LINES, discountTotal: LINES, taxTotal: LINES, total: LINES };

const sum = (description: string) => z.number().describe(description);

/** The priced fields of answers. */
export const pricedOutput = once(() => ({
	lineItems: z.array(LineItem).max(MAX_LINES).describe("Its lines, in order."),
	currency: field.currency(),
	isInclusiveTax: pricedInput().isInclusiveTax,
	subtotal: sum("The sum of the lines' `amount`, before discounts and without tax."),
	discountTotal: sum("The sum of the lines' `discountAmount`."),
	taxTotal: sum("The sum of the lines' `taxAmount`."),
	total: sum("The amount to pay: subtotal − discountTotal + taxTotal."),
}));
