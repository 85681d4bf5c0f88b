// Forms on the wire.

import { z } from "@hono/zod-openapi";
import { customFieldTypes } from "../../custom-fields/schema.ts";
import { common, commonExample, LISTED_WHOLE, name, nullish, optional, text } from "../../http/fields.ts";
import { identities } from "../../identities.ts";

const MOST_FIELDS = 100;
const MOST_OPTIONS = 200;

const fieldTypes = customFieldTypes.exclude(["currency"]);

/** The fields of a lead that an answer may become. */
const leadFields = [
	"name",
	"firstName",
	"lastName",
	"email",
	"mobile",
	"secondaryMobile",
	"title",
	"position",
	"company",
	"website",
	"twitter",
	"linkedin",
	"notes",
	"score",
	"value",
	"currency",
	"expectedCloseDate",
] as const;

const mapsTo: readonly string[] = leadFields;

const label = name().openapi({ description: "What people read.", example: "Your e-mail" });

const key = z
	.string()
	.regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/, "Expected 1 to 100 letters, digits, - or _.")
	.openapi({
		description: "What its answer is called; left out, it is made of the label.",
		maxLength: 100,
		example: "your_email",
	});

const parts = {
	type: fieldTypes.openapi({ description: "Left out: `text`.", example: "email" }),
	required: z.boolean().describe("Whether it must be answered."),
	options: z
		.array(name())
		.max(MOST_OPTIONS)
		.refine((list) => new Set(list).size === list.length, "Each option once.")
		.openapi({ description: "What singleSelect and multiSelect choose from.", example: [] }),
};

const mapTo = z
	.string()
	.max(255)
	.refine(
		(field) => mapsTo.includes(field) || /^cf_[a-z0-9_]+$/.test(field),
		`Expected a custom field (cf_…) or one of ${leadFields.join(", ")}.`,
	)
	.openapi({ description: "The field of a lead that the answer becomes, or a `cf_…`.", example: "email" });

const FormFieldInput = z
	.strictObject({ label, key: key.optional(), ...optional(parts), ...nullish({ mapTo }) })
	.openapi("FormFieldInput");

const FormField = z.object({ key, label, ...parts, mapTo: mapTo.nullable() }).openapi("FormField");

const title = name().openapi({ description: "What the form is called.", example: "Contact us" });
const written = {
	fields: z.array(FormFieldInput).max(MOST_FIELDS).describe(`What is asked, in order. ${LISTED_WHOLE}`),
	isActive: z.boolean().describe("Whether it takes responses; `true` when left out on create."),
};

const fieldsExample = [
	{ label: "Your name", required: true, mapTo: "name" },
	{ label: "Your e-mail", type: "email", required: true, mapTo: "email" },
	{ label: "How many are you?", type: "singleSelect", options: ["1-10", "11-50"] },
];

export const FormCreate = z
	.strictObject({
		title,
		...optional(written),
		...nullish({ description: text().describe("Free text about the form.") }),
	})
	.openapi("FormCreate", { example: { title: "Contact us", fields: fieldsExample } });

export const FormUpdate = z
	.strictObject({
		...optional({ title, ...written }),
		...nullish({ description: text().describe("Free text about the form.") }),
	})
	.openapi("FormUpdate", { example: { title: "Talk to us" } });

export const Form = z
	.object({
		...common(identities.forms),
		title,
		description: text().describe("Free text about the form.").nullable(),
		fields: z.array(FormField).max(MOST_FIELDS).describe("What is asked, in order."),
		isActive: z.boolean().describe("Whether it takes responses."),
		submissionCount: z.int().openapi({ description: "How many responses there are.", minimum: 0 }),
	})
	.openapi("Form", {
		example: {
			...commonExample(identities.forms),
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
