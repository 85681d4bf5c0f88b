// Helpers for tests of forms.
import type { Api } from "./api.ts";
import { given } from "./selling.ts";

export const contact = [
	{ label: "Your name", required: true, mapTo: "name" },
	{ label: "Your e-mail", key: "email", type: "email", mapTo: "email" },
	{ label: "How many are you?", key: "size", type: "singleSelect", options: ["1-10", "11-50"] },
];

export const givenForm = (api: Api, fields: object[] = contact, more: object = {}) =>
	given(api, "/forms", { title: "Contact us", fields, ...more });
