// The lines of a deal, quotation or invoice on the wire.
import { z } from "@hono/zod-openapi";
import {
	currency,
	decimal,
	exampleId,
	id,
	LISTED_WHOLE,
	money,
	name,
	nullable,
	nullish,
	percent,
	text,
} from "../http/fields.ts";

const required = {
	name: name().openapi({ description: "What is sold.", example: "Consulting" }),
	quantity: decimal(z.number().gt(0, "Must be more than 0.").max(1_000_000_000)).openapi({ example: 2 }),
	price: money().openapi({ description: "Of one, at most four decimal places.", example: 100 }),
};

const settable = {
	productId: id("prd").describe("Id of the product that it is."),
	description: text().describe("Free text about the line."),
	discount: money().openapi({
		description: "Off the whole line: a sum of money, or a percentage of it.",
		example: 10,
	}),
	taxPercent: percent(),
};

const discountType = z
	.enum(["fixed", "percentage"])
	.describe("What `discount` is; a sum of money when left out.");

/** A line as examples of bodies show it. */
export const givenLine = {
	name: "Consulting",
	quantity: 2,
	price: 100,
	discount: 10,
	discountType: "percentage",
	taxPercent: 19,
};

const lineExample = {
	...givenLine,
	productId: null,
	description: null,
	amount: 200,
	taxAmount: 34.2,
	discountAmount: 20,
};

/** What examples of priced resources show of it. */
export const pricedExample = {
	lineItems: [{ ...lineExample, productId: exampleId("prd") }],
	currency: "EUR",
	isInclusiveTax: false,
	subtotal: 200,
	discountTotal: 20,
	taxTotal: 34.2,
	total: 214.2,
};

const worked = z
	.number()
	.optional()
	.openapi({ description: "The server works it out; what is sent is ignored.", readOnly: true });

export const LineItemInput = z
	.strictObject({
		...required,
		...nullish(settable),
		discountType: discountType.optional(),
		// So that lines can be sent back as they were read.
		amount: worked,
		taxAmount: worked,
		discountAmount: worked,
	})
	.openapi("LineItemInput", { example: givenLine });

export const LineItem = z
	.object({
		...required,
		...nullable(settable),
		discountType,
		amount: z.number().describe("Quantity × price, rounded: before its discount and without tax."),
		taxAmount: z.number().describe("The tax on it, after its discount, rounded."),
		discountAmount: z.number().describe("What its discount takes off `amount`, rounded."),
	})
	.openapi("LineItem", { example: lineExample });

/** Lines of one deal, quotation or invoice. */
export const MOST_LINES = 100;

/** What a body says of lines that are priced. */
export const pricedInput = {
	lineItems: z
		.array(LineItemInput)
		.min(1, "Name at least one line.")
		.max(MOST_LINES)
		.describe(`Its lines, in order. ${LISTED_WHOLE}`),
	currency: currency().describe("ISO 4217. Left out or `null`: the organization's."),
	isInclusiveTax: z.boolean().describe("Whether prices and fixed discounts contain the tax."),
};

const LINES = "It is the sum of `lineItems`.";

/** What a caller can do about what only the server sums up. */
export const pricedCauses = { subtotal: LINES, discountTotal: LINES, taxTotal: LINES, total: LINES };

const sum = (description: string) => z.number().describe(description);

/** What answers show of it. */
export const pricedOutput = {
	lineItems: z.array(LineItem).max(MOST_LINES).describe("Its lines, in order."),
	currency: currency(),
	isInclusiveTax: pricedInput.isInclusiveTax,
	subtotal: sum("The lines' `amount`: before discounts and without tax."),
	discountTotal: sum("The lines' `discountAmount`."),
	taxTotal: sum("The lines' `taxAmount`."),
	total: sum("What is to pay: subtotal − discountTotal + taxTotal."),
};
