// The reference lists on the wire.
import { z } from "@hono/zod-openapi";
import {
	common,
	commonExample,
	currency,
	email,
	money,
	name,
	nullable,
	nullish,
	optional,
	percent,
	position,
	text,
} from "../http/fields.ts";
import { type Identity, identities } from "../identities.ts";

/** The three schemas of a list whose fields are either required, or have a default, or may be null. */
function listSchemas<
	R extends Record<string, z.ZodType>,
	D extends Record<string, z.ZodType>,
	N extends Record<string, z.ZodType>,
>(identity: Identity, fields: { required: R; defaulted: D; clearable: N }, example: object) {
	const { one } = identity;
	const { required, defaulted, clearable } = fields;
	return {
		create: z
			.strictObject({ ...required, ...optional(defaulted), ...nullish(clearable) })
			.openapi(`${one}Create`, { example }),
		update: z
			.strictObject({ ...optional(required), ...optional(defaulted), ...nullish(clearable) })
			.openapi(`${one}Update`, { example }),
		wire: z
			.object({ ...common(identity), ...required, ...defaulted, ...nullable(clearable) })
			.openapi(one, { example: { ...commonExample(identity), ...example } }),
	};
}

export const tagTypes = z.enum(["leads", "clients", "deals", "tasks", "quotations", "invoices"]);
export const productTypes = z.enum(["PRODUCT", "SERVICE"]);
export const leadStageTypes = z.enum(["NEW", "CONTACTED", "WORKING", "CONVERTED", "UNQUALIFIED", "JUNK"]);

const color = z
	.string()
	.regex(/^#[0-9a-fA-F]{6}$/, "Expected a color as #1a2b3c.")
	.openapi({ description: "The color to show it in.", maxLength: 7, example: "#1a73e8" });

const isActive = () =>
	z.boolean().describe("Whether it is offered for new work; `true` when left out on create.");

export const tagSchemas = listSchemas(
	identities.tags,
	{
		required: { name: name().describe("What the tag is called.") },
		defaulted: {},
		clearable: { color, type: tagTypes.describe("What it is meant for; unset is anything.") },
	},
	{ name: "VIP", color: "#1a73e8", type: "leads" },
);

export const leadStageSchemas = listSchemas(
	identities["lead-stages"],
	{
		required: {
			name: name().describe("What the stage is called."),
			type: leadStageTypes.describe("What the stage means: a new lead begins in the first of type NEW."),
		},
		defaulted: { position: position() },
		clearable: {},
	},
	{ name: "New", type: "NEW", position: 1 },
);

export const leadSourceSchemas = listSchemas(
	identities["lead-sources"],
	{
		required: { name: name().describe("What the source is called.") },
		defaulted: { position: position(), isActive: isActive() },
		clearable: {},
	},
	{ name: "Website", position: 1, isActive: true },
);

export const userSchemas = listSchemas(
	identities.users,
	{
		required: { name: name().describe("What the user is called."), email: email() },
		defaulted: { isActive: isActive() },
		clearable: {},
	},
	{ name: "Sam Jones", email: "sam@example.com", isActive: true },
);

export const productSchemas = listSchemas(
	identities.products,
	{
		required: { name: name().describe("What the product is called."), price: money() },
		defaulted: {
			type: productTypes.describe("Goods or a service; `PRODUCT` when left out on create."),
			isActive: isActive(),
		},
		clearable: {
			currency: currency(),
			sku: name().describe("The number it is kept under."),
			description: text().describe("Free text about the product."),
			buyPrice: money().describe("What one costs to buy, at most four decimal places."),
			taxPercent: percent(),
		},
	},
	{
		name: "Consulting",
		type: "SERVICE",
		price: 100,
		currency: "EUR",
		sku: "CONS-1",
		description: null,
		buyPrice: null,
		taxPercent: 19,
		isActive: true,
	},
);
