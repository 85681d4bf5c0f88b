// Helpers for tests of quotations and invoices.
import type { Api, Json } from "./api.ts";
import { create, createClient } from "./deals.ts";

export const line = { name: "Consulting", quantity: 2, price: 100 };

export const halfPrice = { ...line, quantity: 1 };

/** Creates a quotation of 200 for a new client; `fields` override the defaults. */
export async function createQuotation(api: Api, fields: object = {}): Promise<Json> {
	return create(api, "/quotations", { ...(await paper(api, fields)), ...fields });
}

/** Creates an invoice of 200 for a new client; `fields` override the defaults. */
export async function createInvoice(api: Api, fields: object = {}): Promise<Json> {
	return create(api, "/invoices", { ...(await paper(api, fields)), dueDate: "2026-02-28", ...fields });
}

const paper = async (api: Api, fields: object) => ({
	...("clientId" in fields ? {} : { clientId: (await createClient(api)).id }),
	date: "2026-01-31",
	lineItems: [line],
});

export const payInvoice = (api: Api, { id }: Json, amount: unknown, more: object = {}) =>
	api.post(`/invoices/${id}/payments`, { amount, ...more });
