// The verbs of deals, and the built-in process of winning one: its lead, if any, is converted in the same batch, unless
// a webhook on `deal.stageChanged` turns that off by `skipSystem`.
import { expectFactUnchanged, factsQuery } from "../../db/fact.ts";
import { MAX_PAGE_BYTES } from "../../db/scan.ts";
import { type SQL, sql } from "../../db/sql.ts";
import { rowsOf } from "../../db/tenant.ts";
import { AppError } from "../../errors.ts";
import { actingAs, skippedProcesses } from "../../outbox/processes.ts";
import { verbs } from "../../resources/verbs.ts";
import {
	conversionFacts,
	conversions,
	planConversion,
	unconvertedLeads,
} from "../leads/convert-statements.ts";
import { deals } from "./deals.ts";
import type { DealCreateInput, DealUpdateInput } from "./schema.ts";

const EVENT = "deal.stageChanged";

const skipped = skippedProcesses([EVENT]);

const leadsTooLarge = () =>
	new AppError(
		"PAYLOAD_TOO_LARGE",
		`The leads of the deals that this batch wins are larger than ${MAX_PAGE_BYTES} bytes together; win fewer deals at once.`,
	);

/**
 * The verbs of deals. A create or update that wins a deal also converts its lead, unless the organization skips this process.
 * @throws AppError 413 if the leads of the deals that one batch wins are too large together
 */
export const dealVerbs = verbs(deals, (ctx, inputs, ids) => {
	const { organizationId } = ctx.caller;
	const leadIds = leadsOf(organizationId, inputs, ids);
	if (leadIds === null) return null;
	const facts = factsQuery(organizationId, { ...conversionFacts, skipped });
	return {
		queries: [facts.query, unconvertedLeads(organizationId, leadIds)],
		statements(written, [answer, found = []]) {
			const known = facts.read(answer);
			const won = written.flatMap(({ before, after }) =>
				after.status === "WON" && before?.status !== "WON" ? [after] : [],
			);
			const last = found.at(-1);
			if (last?.ended === 1 && won.some(({ leadId }) => leadId !== null && leadId > String(last.id)))
				throw leadsTooLarge();
			const pairs = found.flatMap((raw) => {
				const deal = won.find(({ leadId }) => leadId === raw.id);
				return deal ? [{ raw, deal }] : [];
			});
			if (pairs.length === 0) return [];
			const skippedIsCurrent = expectFactUnchanged(skipped, organizationId, known.skipped);
			if (known.skipped.fact.includes(EVENT)) return skippedIsCurrent;
			const acting = actingAs(ctx, "deal-won");
			const rows = pairs.map(({ raw, deal }) => {
				const { lead, converted } = planConversion(acting, raw, known);
				return { before: lead, after: converted(deal.clientId, deal.id) };
			});
			return [...skippedIsCurrent, ...conversions(acting, rows, known)];
		},
	};
});

/**
 * A subquery for the leads of deals that may be won, those that inputs name and those of the stored deals; null if no input has a
 * stage, since the default stage is never WON.
 */
function leadsOf(
	organizationId: string,
	inputs: readonly (DealCreateInput | DealUpdateInput)[],
	ids: SQL | null,
): SQL | null {
	if (!inputs.some(({ stageId }) => stageId)) return null;
	const named = inputs.flatMap(({ leadId }) => leadId ?? []);
	const isKept = ids !== null && inputs.some(({ leadId }) => leadId === undefined);
	if (named.length === 0 && !isKept) return null;
	const sent = sql`SELECT value FROM ${sql.each(named)}`;
	if (!isKept) return sent;
	return sql`${sent} UNION ALL SELECT "leadId" FROM ${rowsOf(deals.store.table, organizationId)} AND "id" IN (${ids})`;
}
