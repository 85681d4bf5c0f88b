// Forms on the wire.

import { z } from "@hono/zod-openapi";
import { customFieldTypes } from "../../custom-fields/schema.ts";
import { MATCH_BY } from "../../db/schema/forms.ts";
import * as field from "../../http/fields.ts";
import { objectOf, strictObjectOf } from "../../http/objects.ts";
import { once } from "../../http/once.ts";
import { nullable, nullish, optional } from "../../http/shapes.ts";
import { identities } from "../../identities.ts";
import { answerableFields } from "../leads/schema.ts";

const MAX_FIELDS = 100;
const MAX_OPTIONS = 200;

const fieldTypes = customFieldTypes.exclude(["currency"]);

const label = once(() =>
	field.name().openapi({ description: "The text that people see.", example: "Your e-mail" }),
);

const key = once(() =>
	z
		.string()
		.regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/, "Expected 1 to 100 letters, digits, - or _.")
		.openapi({
			description: "The key of its answer. Default: made from the label.",
			maxLength: 100,
			example: "your_email",
		}),
);

/** The name under which Turnstile's widget sends its token with the answers: an answer of this name would never arrive. */
export const TURNSTILE_FIELD = "cf-turnstile-response";

const optionalParts = once(() => ({
	type: fieldTypes.openapi({ description: "Default: `text`.", example: "email" }),
	required: z.boolean().describe("Whether an answer is required."),
	options: z
		.array(field.name())
		.max(MAX_OPTIONS)
		.refine((list) => new Set(list).size === list.length, "The same option twice.")
		.openapi({ description: "The options of singleSelect and multiSelect.", example: [] }),
}));

const mapTo = once(() =>
	z
		.string()
		.max(field.MAX_FIELD_NAME)
		.refine(
			(name) => answerableFields().includes(name) || /^cf_[a-z0-9_]+$/.test(name),
			`Expected a custom field (cf_…) or one of ${answerableFields().join(", ")}.`,
		)
		.openapi({
			description: "The field of a lead that gets the answer, or one of its custom fields (`cf_…`).",
			example: "email",
		}),
);

const FormFieldInput = strictObjectOf(() => ({
	label: label(),
	key: key()
		.refine((name) => name !== TURNSTILE_FIELD, "Turnstile's widget uses this name.")
		.optional(),
	...optional(optionalParts()),
	...nullish({ mapTo: mapTo() }),
})).openapi("FormFieldInput");

const FormField = objectOf(() => ({
	key: key(),
	label: label(),
	...optionalParts(),
	mapTo: mapTo().nullable(),
})).openapi("FormField");

const title = once(() =>
	field.name().openapi({ description: "The title of the form.", example: "Contact us" }),
);
const description = once(() => field.text().describe("Free text about the form."));

/** Text that consists of visible ASCII characters. */
const visibleText = () =>
	z
		.string()
		.regex(/^[!-~]{1,255}$/, "Expected 1 to 255 visible characters.")
		.openapi({ maxLength: 255 });

const isOrigin = (text: string) => URL.canParse(text) && new URL(text).origin === text.toLowerCase();

const origin = once(() =>
	z
		.string()
		.max(255)
		// URLs allow commas and semicolons in names of hosts, but they would end a directive of the page's policy.
		.regex(/^[Hh][Tt][Tt][Pp][Ss]?:\/\/[^,;]*$/, "Expected an origin such as https://www.example.com.")
		.refine(
			isOrigin,
			"Expected an origin such as https://www.example.com, without a path or a slash at the end.",
		)
		.transform((text) => text.toLowerCase()),
);

const optionalFields = once(() => ({
	fields: z
		.array(FormFieldInput)
		.max(MAX_FIELDS)
		.describe(`The questions, in order. ${field.PATCH_REPLACES_LIST}`),
	isActive: z.boolean().describe("Whether it accepts responses. Default on create: `true`."),
}));

/** How a public form is reached, and by whom. */
const publicParts = once(() => ({
	isPublic: z
		.boolean()
		.describe(
			"Whether people can answer it without a key, at `/f/{id}` of this host: a page, and the address that forms of your own pages are sent to.",
		),
	matchBy: z
		.enum(MATCH_BY)
		.describe(
			"`email`: an answer from an e-mail address that a lead has already changes this lead (the oldest, if several have it) instead of creating another. What the form asks is overwritten; notes are added to.",
		),
}));
const allowedOrigins = once(() =>
	z
		.array(origin())
		.max(20)
		.openapi({
			description: `The origins of the pages that may show and send it, if it is public. An empty list allows all. ${field.PATCH_REPLACES_LIST}`,
			example: ["https://www.example.com"],
		}),
);
const publicPresets = once(() => ({
	isPublic: publicParts().isPublic.describe(
		`${publicParts().isPublic.description} Default on create: \`false\`.`,
	),
	allowedOrigins: allowedOrigins(),
	matchBy: publicParts().matchBy.describe(
		`${publicParts().matchBy.description} Default on create: \`none\`.`,
	),
}));
const publicOptions = once(() => ({
	redirectUrl: field.webAddress().openapi({
		description:
			"The page that visitors are led to after they have answered. Default: a page that thanks them.",
		example: "https://www.example.com/thanks",
	}),
	turnstileSiteKey: visibleText().openapi({
		description:
			"The site key of a Cloudflare Turnstile widget: then only visitors whom it has checked can answer. Setting it to `null` removes the secret, too.",
		example: "0x4AAAAAAADnPIDROrmt1Wwj",
	}),
}));
const turnstileSecret = once(() =>
	visibleText().openapi({
		description:
			"The secret key of the Turnstile widget, required with its site key. It is stored encrypted and never shown.",
		example: "0x4AAAAAAADnPIDROrmt1WwjABCDEFGHIJKL",
		writeOnly: true,
	}),
);

const fieldsExample = [
	{ label: "Your name", required: true, mapTo: "name" },
	{ label: "Your e-mail", type: "email", required: true, mapTo: "email" },
	{ label: "How many are you?", type: "singleSelect", options: ["1-10", "11-50"] },
];

export const FormCreate = strictObjectOf(() => ({
	title: title(),
	...optional({ ...optionalFields(), ...publicPresets() }),
	...nullish({ description: description(), ...publicOptions(), turnstileSecret: turnstileSecret() }),
})).openapi("FormCreate", { example: { title: "Contact us", fields: fieldsExample } });

export const FormUpdate = strictObjectOf(() => ({
	...optional({ title: title(), ...optionalFields(), ...publicPresets() }),
	...nullish({ description: description(), ...publicOptions(), turnstileSecret: turnstileSecret() }),
})).openapi("FormUpdate", { example: { title: "Talk to us" } });

export const Form = objectOf(() => ({
	...field.sharedFields(identities.forms),
	title: title(),
	description: description().nullable(),
	fields: z.array(FormField).max(MAX_FIELDS).describe("The questions, in order."),
	isActive: z.boolean().describe("Whether it accepts responses."),
	submissionCount: z.int().openapi({ description: "The number of responses.", minimum: 0 }),
	...publicParts(),
	allowedOrigins: allowedOrigins(),
	...nullable(publicOptions()),
})).openapi("Form", {
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
		isPublic: true,
		allowedOrigins: ["https://www.example.com"],
		redirectUrl: null,
		matchBy: "email",
		turnstileSiteKey: null,
	},
});

export type FormCreateInput = z.output<typeof FormCreate>;
export type FormUpdateInput = z.output<typeof FormUpdate>;
export type FormFieldInput = z.output<typeof FormFieldInput>;
