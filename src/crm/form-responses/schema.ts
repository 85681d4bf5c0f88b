// Responses to forms on the wire.

import { z } from "@hono/zod-openapi";
import * as field from "../../http/fields.ts";
import { objectOf, strictObjectOf } from "../../http/objects.ts";
import { once } from "../../http/once.ts";
import { nullable, nullish } from "../../http/shapes.ts";
import { identities } from "../../identities.ts";

export const formResponseExample = {
	...field.commonExample(identities["form-responses"]),
	formId: field.exampleId("frm"),
	answers: { your_name: "Jane Smith", your_email: "jane@example.com" },
	source: { pageUrl: "https://example.com/contact", referrer: null, userAgent: null },
	leadId: field.exampleId("ld"),
	submittedAt: field.EXAMPLE_TIME,
};

const urlText = () => z.string().max(2_048);
const source = once(() => ({
	pageUrl: urlText().describe("The page that the form was on."),
	referrer: urlText().describe("The page that led there."),
	userAgent: urlText().describe("The user agent of the browser."),
}));
const SOURCE = "Where the form was answered.";
const formId = once(() => field.id("frm").describe("Id of the form that was answered."));
const answers = once(() =>
	z.looseObject({}).openapi({
		type: "object",
		additionalProperties: true,
		description: "The answers, by the keys of the form's fields. Empty answers are left out.",
		example: formResponseExample.answers,
	}),
);

export const FormResponseCreate = strictObjectOf(() => ({
	formId: formId(),
	answers: answers(),
	source: z.strictObject(nullish(source())).describe(SOURCE).nullish(),
})).openapi("FormResponseCreate", {
	example: { formId: formResponseExample.formId, answers: formResponseExample.answers },
});

export const FormResponse = objectOf(() => ({
	...field.sharedFields(identities["form-responses"]),
	formId: formId(),
	answers: answers(),
	source: z.object(nullable(source())).describe(SOURCE).nullable(),
	leadId: field.id("ld").nullable().describe("The lead that was made from it."),
	submittedAt: field.timestamp().describe("When the response was sent."),
})).openapi("FormResponse", { example: formResponseExample });

export type FormResponseCreateInput = z.output<typeof FormResponseCreate>;
