// The verbs of deals, and the built-in process of winning one: its lead, if any, is converted in the same batch, unless
// a webhook on `deal.stageChanged` turns that off by `skipSystem`.

import { expectFactUnchanged, factsQuery } from "../../db/fact.ts";
import { type SQL, sql } from "../../db/sql.ts";
import { rowOf } from "../../db/tenant.ts";
import { actingAs, skippedProcesses } from "../../outbox/processes.ts";
import { verbs } from "../../resources/verbs.ts";
import { conversionFacts, planConversion, unconvertedLeads } from "../leads/convert-statements.ts";
import { deals } from "./deals.ts";
import type { DealCreateInput, DealUpdateInput } from "./schema.ts";

const EVENT = "deal.stageChanged";

const skipped = skippedProcesses([EVENT]);

export const dealVerbs = verbs(deals, (ctx, inputs, id) => {
	const { organizationId } = ctx.caller;
	const leadIds = leadsOf(organizationId, inputs, id);
	if (leadIds === null) return null;
	const facts = factsQuery(organizationId, { ...conversionFacts, skipped });
	return {
		queries: [facts.query, unconvertedLeads(organizationId, leadIds)],
		statements(written, [answer, found = []]) {
			const known = facts.read(answer);
			const won = written.flatMap(({ before, after }) =>
				after.status === "WON" && before?.status !== "WON" ? [after] : [],
			);
			return found.flatMap((raw) => {
				const deal = won.find(({ leadId }) => leadId === raw.id);
				if (!deal) return [];
				const skippedIsCurrent = expectFactUnchanged(skipped, organizationId, known.skipped);
				if (known.skipped.fact.includes(EVENT)) return skippedIsCurrent;
				const conversion = planConversion(actingAs(ctx, "deal-won"), raw, known);
				return [...skippedIsCurrent, ...conversion.to(deal.clientId, deal.id).statements];
			});
		},
	};
});

/** A subquery for the leads of deals that may be won: only inputs with a stage, since the default stage is never WON. */
function leadsOf(
	organizationId: string,
	inputs: readonly (DealCreateInput | DealUpdateInput)[],
	id: string | null,
): SQL | null {
	const moved = inputs.filter(({ stageId }) => stageId);
	const ids = moved.flatMap(({ leadId }) => leadId ?? []);
	if (ids.length > 0) return sql`SELECT value FROM json_each(${JSON.stringify(ids)})`;
	return id !== null && moved.some(({ leadId }) => leadId === undefined)
		? sql`SELECT "leadId" FROM ${rowOf(deals.store.table, organizationId, id)}`
		: null;
}
