// Forms on the wire.

import { z } from "@hono/zod-openapi";
import { customFieldTypes } from "../../custom-fields/schema.ts";
import * as field from "../../http/fields.ts";
import { identities } from "../../identities.ts";
import { answerableFields } from "../leads/schema.ts";

const MAX_FIELDS = 100;
const MAX_OPTIONS = 200;

const fieldTypes = customFieldTypes.exclude(["currency"]);

const label = field.name().openapi({ description: "The text that people see.", example: "Your e-mail" });

const key = z
	.string()
	.regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/, "Expected 1 to 100 letters, digits, - or _.")
	.openapi({
		description: "The key of its answer. Default: made from the label.",
		maxLength: 100,
		example: "your_email",
	});

const optionalParts = {
	type: fieldTypes.openapi({ description: "Default: `text`.", example: "email" }),
	required: z.boolean().describe("Whether an answer is required."),
	options: z
		.array(field.name())
		.max(MAX_OPTIONS)
		.refine((list) => new Set(list).size === list.length, "The same option twice.")
		.openapi({ description: "The options of singleSelect and multiSelect.", example: [] }),
};

const mapTo = z
	.string()
	.max(255)
	.refine(
		(field) => answerableFields.includes(field) || /^cf_[a-z0-9_]+$/.test(field),
		`Expected a custom field (cf_…) or one of ${answerableFields.join(", ")}.`,
	)
	.openapi({
		description: "The field of a lead that gets the answer, or one of its custom fields (`cf_…`).",
		example: "email",
	});

const FormFieldInput = z
	.strictObject({ label, key: key.optional(), ...field.optional(optionalParts), ...field.nullish({ mapTo }) })
	.openapi("FormFieldInput");

const FormField = z.object({ key, label, ...optionalParts, mapTo: mapTo.nullable() }).openapi("FormField");

const title = field.name().openapi({ description: "The title of the form.", example: "Contact us" });
const description = field.text().describe("Free text about the form.");
const optionalFields = {
	fields: z
		.array(FormFieldInput)
		.max(MAX_FIELDS)
		.describe(`The questions, in order. ${field.PATCH_REPLACES_LIST}`),
	isActive: z.boolean().describe("Whether it accepts responses. Default on create: `true`."),
};

const fieldsExample = [
	{ label: "Your name", required: true, mapTo: "name" },
	{ label: "Your e-mail", type: "email", required: true, mapTo: "email" },
	{ label: "How many are you?", type: "singleSelect", options: ["1-10", "11-50"] },
];

export const FormCreate = z
	.strictObject({
		title,
		...field.optional(optionalFields),
		...field.nullish({ description }),
	})
	.openapi("FormCreate", { example: { title: "Contact us", fields: fieldsExample } });

export const FormUpdate = z
	.strictObject({
		...field.optional({ title, ...optionalFields }),
		...field.nullish({ description }),
	})
	.openapi("FormUpdate", { example: { title: "Talk to us" } });

export const Form = z
	.object({
		...field.sharedFields(identities.forms),
		title,
		description: description.nullable(),
		fields: z.array(FormField).max(MAX_FIELDS).describe("The questions, in order."),
		isActive: z.boolean().describe("Whether it accepts responses."),
		submissionCount: z.int().openapi({ description: "The number of responses.", minimum: 0 }),
	})
	.openapi("Form", {
		example: {
			...field.commonExample(identities.forms),
			title: "Contact us",
			description: null,
			fields: [
				{
					key: "your_email",
					label: "Your e-mail",
					type: "email",
					required: true,
					options: [],
					mapTo: "email",
				},
			],
			isActive: true,
			submissionCount: 12,
		},
	});

export type FormCreateInput = z.output<typeof FormCreate>;
export type FormUpdateInput = z.output<typeof FormUpdate>;
export type FormFieldInput = z.output<typeof FormFieldInput>;
