// The reference lists on the wire.

import { z } from "@hono/zod-openapi";
import * as field from "../http/fields.ts";
import { objectOf, strictObjectOf } from "../http/objects.ts";
import { once } from "../http/once.ts";
import { nullable, nullish, optional } from "../http/shapes.ts";
import { type Identity, identities } from "../identities.ts";

/** The three schemas of a list. Its fields are required, have a default, or may be null. */
function listSchemas<
	R extends Record<string, z.ZodType>,
	D extends Record<string, z.ZodType>,
	N extends Record<string, z.ZodType>,
>(
	identity: Identity,
	make: () => { readonly required: R; readonly defaulted: D; readonly clearable: N },
	example: object,
) {
	const { one } = identity;
	const fields = once(make);
	return {
		create: strictObjectOf(() => ({
			...fields().required,
			...optional(fields().defaulted),
			...nullish(fields().clearable),
		})).openapi(`${one}Create`, { example }),
		update: strictObjectOf(() => ({
			...optional({ ...fields().required, ...fields().defaulted }),
			...nullish(fields().clearable),
		})).openapi(`${one}Update`, { example }),
		wire: objectOf(() => ({
			...field.sharedFields(identity),
			...fields().required,
			...fields().defaulted,
			...nullable(fields().clearable),
		})).openapi(one, { example: { ...field.commonExample(identity), ...example } }),
	};
}

export const tagTypes = z.enum(["leads", "clients", "deals", "tasks", "quotations", "invoices"]);
export const productTypes = z.enum(["PRODUCT", "SERVICE"]);
export const leadStageTypes = z.enum(["NEW", "CONTACTED", "WORKING", "CONVERTED", "UNQUALIFIED", "JUNK"]);

const color = once(() =>
	z
		.string()
		.regex(/^#[0-9a-fA-F]{6}$/, "Expected a color as #1a2b3c.")
		.openapi({ description: "The color to show it in.", maxLength: 7, example: "#1a73e8" }),
);

const isActive = () =>
	z.boolean().describe("Whether it can be chosen for new records. Default on create: `true`.");

export const tagSchemas = listSchemas(
	identities.tags,
	() => ({
		required: { name: field.name().describe("The name of the tag.") },
		defaulted: {},
		clearable: {
			color: color(),
			type: tagTypes.describe("The resource that it is meant for; unset for all."),
		},
	}),
	{ name: "VIP", color: "#1a73e8", type: "leads" },
);

export const leadStageSchemas = listSchemas(
	identities["lead-stages"],
	() => ({
		required: {
			name: field.name().describe("The name of the stage."),
			type: leadStageTypes.describe(
				"The meaning of the stage. New leads start in the first stage of type NEW.",
			),
		},
		defaulted: { position: field.position() },
		clearable: {},
	}),
	{ name: "New", type: "NEW", position: 1 },
);

export const leadSourceSchemas = listSchemas(
	identities["lead-sources"],
	() => ({
		required: { name: field.name().describe("The name of the source.") },
		defaulted: { position: field.position(), isActive: isActive() },
		clearable: {},
	}),
	{ name: "Website", position: 1, isActive: true },
);

export const userSchemas = listSchemas(
	identities.users,
	() => ({
		required: { name: field.name().describe("The name of the user."), email: field.email() },
		defaulted: { isActive: isActive() },
		clearable: {},
	}),
	{ name: "Sam Jones", email: "sam@example.com", isActive: true },
);

export const productSchemas = listSchemas(
	identities.products,
	() => ({
		required: { name: field.name().describe("The name of the product."), price: field.money() },
		defaulted: {
			type: productTypes.describe("Goods or a service. Default on create: `PRODUCT`."),
			isActive: isActive(),
		},
		clearable: {
			currency: field.currency(),
			sku: field.name().describe("The stock keeping unit (SKU)."),
			description: field.text().describe("Free text about the product."),
			buyPrice: field.money().describe("The purchase price of one, with at most four decimal places."),
			taxPercent: field.percent(),
		},
	}),
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
