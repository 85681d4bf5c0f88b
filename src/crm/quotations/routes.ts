import { crud } from "../../http/crud.ts";
import type { Endpoint } from "../../http/endpoint.ts";
import { id } from "../../http/fields.ts";
import { pricedCauses } from "../line-item-schema.ts";
import { quotations, quotationVerbs } from "./quotations.ts";
import { Quotation, QuotationCreate, QuotationUpdate, quotationStatus } from "./schema.ts";

const exposure = {
	path: "quotations",
	tag: "Quotations",
	one: "Quotation",
	many: "Quotations",
	resource: quotations,
	verbs: quotationVerbs,
	schemas: { wire: Quotation, create: QuotationCreate, update: QuotationUpdate },
	filters: {
		tagId: id("tag"),
		clientId: id("clt"),
		contactId: id("clt"),
		dealId: id("dl"),
		ownerId: id("usr"),
		status: quotationStatus,
	},
	causes: {
		...pricedCauses,
		acceptedAt: "Set `status` to ACCEPTED.",
		rejectedAt: "Set `status` to REJECTED.",
	},
	custom: true,
};

const { list, create, get, update, remove, restore } = crud(exposure);

export const quotationEndpoints: readonly Endpoint[] = [list, create, get, update, remove, restore];
