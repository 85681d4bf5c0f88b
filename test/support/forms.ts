// Helpers for tests of forms.
import type { Api } from "./api.ts";
import { create } from "./deals.ts";

export const contactField = [
	{ label: "Your name", required: true, mapTo: "name" },
	{ label: "Your e-mail", key: "email", type: "email", mapTo: "email" },
	{ label: "How many are you?", key: "size", type: "singleSelect", options: ["1-10", "11-50"] },
];

export const createForm = (api: Api, fields: object[] = contactField, more: object = {}) =>
	create(api, "/forms", { title: "Contact us", fields, ...more });
