import { crud } from "../../http/crud.ts";
import { pricedCauses } from "../line-item-schema.ts";
import { quotations, quotationVerbs } from "./quotations.ts";
import { Quotation, QuotationCreate, QuotationUpdate } from "./schema.ts";

export const quotationEndpoints = Object.values(
	crud({
		resource: quotations,
		verbs: quotationVerbs,
		schemas: { wire: Quotation, create: QuotationCreate, update: QuotationUpdate },
		causes: {
			...pricedCauses,
			acceptedAt: "Set `status` to ACCEPTED.",
			rejectedAt: "Set `status` to REJECTED.",
		},
	}),
);
