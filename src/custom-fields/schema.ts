// Definitions of custom fields on the wire.

import { z } from "@hono/zod-openapi";
import { commonExample, MAX_FIELD_NAME, name, sharedFields } from "../http/fields.ts";
import { objectOf, strictObjectOf } from "../http/objects.ts";
import { once } from "../http/once.ts";
import { nullish, optional } from "../http/shapes.ts";
import { identities } from "../identities.ts";
import { fieldTypeNames } from "./types.ts";

export const customFieldTypes = z.enum(fieldTypeNames);

export const customEntities = z.enum(["leads", "clients", "deals", "tasks", "quotations", "invoices"]);
export type CustomEntity = z.output<typeof customEntities>;

const options = once(() =>
	z
		.array(name())
		.max(200)
		.refine((list) => new Set(list).size === list.length, "The same option twice.")
		.describe("The options of singleSelect and multiSelect."),
);

const settable = once(() => ({
	options: options(),
	required: z.boolean().describe("Whether a value is required on create."),
	unique: z
		.boolean()
		.describe("Whether no two records may have the same value. Setting it while two have is a 409."),
}));
const label = once(() =>
	name().openapi({ description: "The name that people see.", example: "Company Size" }),
);
const helpText = once(() => name().describe("A hint for people who fill it in."));
const fixed = once(() => ({
	entity: customEntities.describe("The resource that has the field."),
	type: customFieldTypes.describe("The type of its values."),
}));

const example = {
	entity: "leads",
	label: "Company Size",
	type: "singleSelect",
	options: ["1-10", "11-50"],
} as const;

export const CustomFieldCreate = strictObjectOf(() => ({
	...fixed(),
	label: label(),
	...optional(settable()),
	...nullish({ helpText: helpText() }),
})).openapi("CustomFieldCreate", { example: { ...example, options: [...example.options] } });

export const CustomFieldUpdate = strictObjectOf(() => ({
	label: label().optional(),
	...optional(settable()),
	...nullish({ helpText: helpText() }),
})).openapi("CustomFieldUpdate", { example: { label: "Company size", options: ["1-10", "11-50", "51+"] } });

export const CustomField = objectOf(() => ({
	...sharedFields(identities["custom-fields"]),
	...fixed(),
	label: label(),
	key: z.string().max(MAX_FIELD_NAME).openapi({
		description: "The name of the field in bodies. It never changes, even if the label does.",
		example: "cf_company_size",
	}),
	...settable(),
	helpText: helpText().nullable(),
})).openapi("CustomField", {
	example: {
		...commonExample(identities["custom-fields"]),
		...example,
		options: [...example.options],
		key: "cf_company_size",
		required: false,
		unique: false,
		helpText: null,
	},
});

export type CustomFieldCreateInput = z.output<typeof CustomFieldCreate>;
export type CustomFieldUpdateInput = z.output<typeof CustomFieldUpdate>;
