import { crud } from "../../http/crud.ts";
import { pricedCauses } from "../line-item-schema.ts";
import { quotations, quotationVerbs } from "./quotations.ts";
import { Quotation, QuotationCreate, QuotationUpdate } from "./schema.ts";

const exposure = {
	resource: quotations,
	verbs: quotationVerbs,
	schemas: { wire: Quotation, create: QuotationCreate, update: QuotationUpdate },
	causes: {
		...pricedCauses,
		acceptedAt: "Set `status` to ACCEPTED.",
		rejectedAt: "Set `status` to REJECTED.",
	},
};

const { list, create, get, update, remove, restore } = crud(exposure);

export const quotationEndpoints = [list, create, get, update, remove, restore];
