// Quotations: their rules and their events.

import { withCustomFields } from "../../custom-fields/with-custom-fields.ts";
import type { WithoutInternal } from "../../db/columns.ts";
import { quotations as table } from "../../db/schema/sales.ts";
import { tableStore } from "../../db/store.ts";
import { id } from "../../http/fields.ts";
import { identities } from "../../identities.ts";
import { blankFields } from "../../resources/blank.ts";
import { lifecycleEvents } from "../../resources/lifecycle.ts";
import { type Resource, withoutUndefined } from "../../resources/resource.ts";
import { verbs } from "../../resources/verbs.ts";
import { clientId, dealId, ownerId, tagId } from "../filters.ts";
import { organizationCurrencyFact, pricedFields, withoutPricedFields } from "../priced.ts";
import { requireOrder } from "../time-order.ts";
import { type QuotationCreateInput, type QuotationUpdateInput, quotationStatus } from "./schema.ts";

export type QuotationRow = WithoutInternal<typeof table.$inferSelect>;

const blank = blankFields(table, { clientId: "", date: "", status: "DRAFT", tagIds: [], custom: {} });

export const quotations = withCustomFields({
	...identities.quotations,
	store: tableStore<QuotationRow>(table),
	list: {
		sorts: ["number", "date", "expiryDate", "total"],
		filters: {
			tagId,
			clientId,
			contactId: { by: "facet", field: "contactId", schema: () => id("clt") },
			dealId,
			ownerId,
			status: { by: "facet", field: "status", schema: () => quotationStatus },
		},
		search: { table: "quotations_search", columns: ["number", "subject", "items"], byClient: true },
	},
	fact: organizationCurrencyFact,

	fields(input, before, currency, at) {
		const fields = {
			...(before ?? blank),
			...withoutUndefined(withoutPricedFields(input)),
			...pricedFields(input, before, currency),
		};
		requireOrder(input, fields, "date", "expiryDate");
		return {
			...fields,
			acceptedAt: fields.status === "ACCEPTED" ? (before?.acceptedAt ?? at) : null,
			rejectedAt: fields.status === "REJECTED" ? (before?.rejectedAt ?? at) : null,
		};
	},

	events: lifecycleEvents("quotations", { status: "quotation.statusChanged" }),
} satisfies Resource<QuotationRow, QuotationCreateInput, QuotationUpdateInput, string>);

export const quotationVerbs = verbs(quotations);
