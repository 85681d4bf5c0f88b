// Leads: their rules and their events.

import type { z } from "@hono/zod-openapi";
import { withCustomFields } from "../../custom-fields/with-custom-fields.ts";
import type { WithoutInternal } from "../../db/columns.ts";
import { type FactSource, textOrNull } from "../../db/fact.ts";
import { leads as table } from "../../db/schema/leads.ts";
import { leadStages } from "../../db/schema/reference.ts";
import { sql } from "../../db/sql.ts";
import { tableStore } from "../../db/store.ts";
import { liveRowsOf } from "../../db/tenant.ts";
import { booleanParameter, email, id, phone } from "../../http/fields.ts";
import { identities } from "../../identities.ts";
import { blankFields } from "../../resources/blank.ts";
import { lifecycleEvents } from "../../resources/lifecycle.ts";
import { type Resource, withoutUndefined } from "../../resources/resource.ts";
import { verbs } from "../../resources/verbs.ts";
import { assigneeId, ownerId, sourceId, tagId } from "../filters.ts";
import { withName } from "../person.ts";
import type { LeadCreateInput, LeadUpdateInput, SaveLeadPayload } from "./schema.ts";

export type LeadRow = WithoutInternal<typeof table.$inferSelect>;
type Row = LeadRow;

/** The fields that a change may set: those of a body, and those that a conversion sets. */
type Change = LeadUpdateInput & Partial<Pick<Row, "convertedAt" | "convertedClientId" | "convertedDealId">>;

const store = tableStore<Row>(table);

const blank = blankFields(table, { name: "", assigneeIds: [], tagIds: [], archived: false, custom: {} });

/** The first stage of a type; null if the organization has none. */
export const firstStage = (type: "NEW" | "CONVERTED"): FactSource<string | null> => ({
	query: (organizationId) =>
		sql`(SELECT "id" FROM ${liveRowsOf(leadStages, organizationId)} AND "type" = ${type}
			ORDER BY "position", "id" LIMIT 1)`,
	read: textOrNull,
});

const leadEvents = lifecycleEvents("leads", { stageId: "lead.stageChanged" });

export const leads = withCustomFields({
	...identities.leads,
	store,
	list: {
		sorts: ["name", "score"],
		filters: {
			email: { by: "lookup", field: "email", schema: email },
			mobile: { by: "lookup", field: "mobile", schema: phone },
			tagId,
			assigneeId,
			ownerId,
			sourceId,
			stageId: { by: "facet", field: "stageId", schema: () => id("lstg") },
			archived: { by: "facet", field: "archived", schema: booleanParameter },
		},
		search: {
			table: "leads_search",
			columns: ["name", "email", "mobile", "company", "title"],
			phones: "mobile",
		},
	},

	/** The default stage of a new lead: the first of type NEW. */
	fact: firstStage("NEW"),

	fields(input, before, stageId) {
		const base = before ?? { ...blank, stageId };
		return withName({ ...base, ...withoutUndefined(input) }, input.name, before);
	},

	events: (ctx, transition) => [
		...leadEvents(ctx, transition),
		...(transition.after ? [{ type: "save_lead", payload: saveLeadPayload(transition.after) } as const] : []),
	],
} satisfies Resource<Row, LeadCreateInput, Change, string | null>);

export const leadVerbs = verbs(leads);

/** The body of the older `save_lead` webhook. `phone` is the mobile number; unset names are split from the full name. */
function saveLeadPayload(lead: Row): z.output<typeof SaveLeadPayload> {
	const [first = "", ...rest] = lead.name.split(" ");
	return {
		data: {
			email: lead.email ?? "",
			company: lead.company,
			first_name: lead.firstName ?? first,
			last_name: lead.lastName ?? (rest.join(" ") || null),
			phone: lead.mobile,
			website: lead.website ?? "",
			position: lead.position,
			twitter: lead.twitter,
			linkedin: lead.linkedin,
			notes: lead.notes,
			score: lead.score ?? 0,
		},
	};
}
