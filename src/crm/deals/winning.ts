// The verbs of deals, and what winning one sets off: its lead, if it has one, is converted in the same batch, unless a
// webhook on `deal.stageChanged` says by `skipSystem` that its receiver sees to that.
import { type SQL, sql } from "drizzle-orm";
import { expectStill, factsOf } from "../../db/fact.ts";
import { rowOf } from "../../db/tenant.ts";
import { actingAs, skippedOf } from "../../outbox/processes.ts";
import { verbs } from "../../resources/verbs.ts";
import { conversionFacts, conversionOf, unconverted } from "../leads/convert-statements.ts";
import { deals } from "./deals.ts";
import type { DealCreateInput, DealUpdateInput } from "./schema.ts";

const EVENT = "deal.stageChanged";

const skipped = skippedOf([EVENT]);

export const dealVerbs = verbs(deals, (ctx, inputs, id) => {
	const { organizationId } = ctx.caller;
	const leadIds = leadsOf(organizationId, inputs, id);
	if (leadIds === null) return null;
	const facts = factsOf(organizationId, { ...conversionFacts, skipped });
	return {
		queries: [facts.query, unconverted(organizationId, leadIds)],
		statements(written, [answer, found = []]) {
			const known = facts.read(answer);
			const won = written.flatMap(({ before, after }) =>
				after.status === "WON" && before?.status !== "WON" ? [after] : [],
			);
			return found.flatMap((raw) => {
				const deal = won.find(({ leadId }) => leadId === raw.id);
				if (!deal) return [];
				const decided = expectStill(skipped, organizationId, known.skipped);
				if (known.skipped.fact.includes(EVENT)) return decided;
				const conversion = conversionOf(actingAs(ctx, "deal-won"), raw, known);
				return [...decided, ...conversion.to(deal.clientId, deal.id).statements];
			});
		},
	};
});

/** A subquery for the leads of deals that may be won at once: those named a stage, as the first one never is a WON one. */
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
