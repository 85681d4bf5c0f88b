import type { Authentication } from "zapier-platform-core";
import { addressOf, call } from "./api.ts";

/** An address and an API key. The test call works with the narrowest key: one that may not read the organization is valid, too. */
export const authentication: Authentication = {
	type: "custom",
	fields: [
		{
			key: "url",
			label: "Address",
			type: "string",
			required: true,
			helpText: "Where your Leadwire is, for example `https://crm.example.com`.",
		},
		{
			key: "apiKey",
			label: "API Key",
			type: "password",
			required: true,
			helpText:
				"Create one in the dashboard under Keys. Triggers need the scope `webhooks:write` and the reading scope of what they watch, such as `deals:read`.",
		},
	],
	test: async (z, bundle) => {
		const { status, data } = await call<{ name: string }>(z, bundle, "organization", { expected: [403] });
		return { name: status === 200 ? data.name : new URL(addressOf(bundle)).host };
	},
	connectionLabel: "{{name}}",
};
