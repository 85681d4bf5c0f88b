// Helpers for tests of custom fields.
import type { Api } from "../support/api.ts";
import { create } from "../support/deals.ts";

export const createField = (api: Api, label: string, type: string, more: object = {}) =>
	create(api, "/custom-fields", { entity: "leads", label, type, ...more });

/** The names of the leads that a query finds. */
export const namesOfLeads = async (api: Api, query: string): Promise<string[]> => {
	const { body } = await api.get(`/leads?${query}`);
	return body.items.map((lead: { name: string }) => lead.name);
};
