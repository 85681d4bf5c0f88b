// The general texts of the document.
import { identities } from "../identities.ts";
import { TITLE, VERSION } from "../site/about.ts";

export const info = {
	title: TITLE,
	version: VERSION,
	summary: "A CRM API that tells other systems what happened, by webhooks that never get lost.",
	contact: { name: "Leadwire" },
	license: { name: "MIT", identifier: "MIT" },
};

export const securitySchemes = {
	ApiKeyAuth: {
		type: "apiKey",
		in: "header",
		name: "x-api-key",
		description: "An API key of your organization: `lw_live_…` or `lw_test_…`.",
	},
	BearerAuth: {
		type: "http",
		scheme: "bearer",
		description: "The same API key as `Authorization: Bearer lw_live_…`.",
	},
} as const;

/** The description of each tag. Only tags of an operation are shown. */
export const tagDescriptions: Readonly<Record<string, string>> = {
	...Object.fromEntries(Object.values(identities).map(({ tag, about }) => [tag, about])),
	"Webhook events":
		"What Leadwire sends to your webhooks: one signed request per event, retried until it is received.",
};
