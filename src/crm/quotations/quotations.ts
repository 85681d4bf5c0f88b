// Quotations: their rules and their events.

import { withCustomFields } from "../../custom-fields/with-custom-fields.ts";
import type { Plain } from "../../db/columns.ts";
import { quotations as table } from "../../db/schema/sales.ts";
import { tableStore } from "../../db/store.ts";
import { id } from "../../http/fields.ts";
import { identities } from "../../identities.ts";
import { lifecycle } from "../../resources/lifecycle.ts";
import { type FieldsOf, given, type Resource } from "../../resources/resource.ts";
import { verbs } from "../../resources/verbs.ts";
import { clientId, dealId, ownerId, tagId } from "../filters.ts";
import { ownCurrency, priced, requireOrder, unpriced } from "../priced.ts";
import { type QuotationCreateInput, type QuotationUpdateInput, quotationStatus } from "./schema.ts";

export type QuotationRow = Plain<typeof table.$inferSelect>;

const blank = {
	clientId: "",
	contactId: null,
	dealId: null,
	date: "",
	expiryDate: null,
	subject: null,
	status: "DRAFT",
	acceptedAt: null,
	rejectedAt: null,
	internalNotes: null,
	ownerId: null,
	tagIds: [],
	custom: {},
} satisfies Partial<FieldsOf<QuotationRow>>;

export const quotations = withCustomFields({
	...identities.quotations,
	store: tableStore<QuotationRow>(table, ["tagIds"]),
	list: {
		sorts: ["number", "date", "expiryDate", "total"],
		filters: {
			tagId,
			clientId,
			contactId: { by: "facet", field: "contactId", schema: id("clt") },
			dealId,
			ownerId,
			status: { by: "facet", field: "status", schema: quotationStatus },
		},
		search: { table: "quotations_search", columns: ["number", "subject", "items"], byClient: true },
	},
	fact: ownCurrency,

	fields(input, before, currency, at) {
		const fields = { ...(before ?? blank), ...given(unpriced(input)), ...priced(input, before, currency) };
		requireOrder(input, fields.date, "expiryDate", fields.expiryDate);
		return {
			...fields,
			acceptedAt: fields.status === "ACCEPTED" ? (before?.acceptedAt ?? at) : null,
			rejectedAt: fields.status === "REJECTED" ? (before?.rejectedAt ?? at) : null,
		};
	},

	events: lifecycle("quotations", { status: "quotation.statusChanged" }),
} satisfies Resource<QuotationRow, QuotationCreateInput, QuotationUpdateInput, string>);

export const quotationVerbs = verbs(quotations);
