// What a webhook sends: the payload in JSON, or a text for Slack made of it by a template (delivery/template.ts).
import { z } from "@hono/zod-openapi";
import { isTemplate } from "../delivery/template.ts";
import { badRequest } from "../errors.ts";
import { once } from "../http/once.ts";

const FORMATS = ["json", "slack"] as const;
const MAX_TEMPLATE_CHARACTERS = 2_000;

export const format = once(() =>
	z
		.enum(FORMATS)
		.describe(
			'`json`, the default, sends the event\'s payload; `slack` sends `{ "text": … }`, made by `template`, as incoming webhooks of Slack take it.',
		),
);

export const template = once(() =>
	z
		.string()
		.min(1)
		.max(MAX_TEMPLATE_CHARACTERS)
		.refine(isTemplate, "Expected a path between each pair of braces, such as {{data.title}}.")
		.openapi({
			description:
				"The text for the format `slack`. `{{data.title}}` stands for the value at that path of the payload. A delivery keeps the template that it was made with; a change of `format` to `json` removes it.",
			example: "Won: *{{data.title}}*, {{data.price}} {{data.currency}}",
		}),
);

/** A change to JSON removes the template. */
export const withoutTemplate = ({ format: given }: { readonly format?: string | undefined }) =>
	given === "json" ? { template: null } : {};

/**
 * Requires a template for Slack, and none for JSON.
 * @throws AppError 400
 */
export function checkFormat(fields: { readonly format: string; readonly template: string | null }): void {
	if (fields.format === "slack" && fields.template === null)
		throw badRequest("template", "Required for the format slack.");
	if (fields.format !== "slack" && fields.template !== null)
		throw badRequest("template", "Only for the format slack; otherwise it must be null.");
}
