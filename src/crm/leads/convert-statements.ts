// What the conversion of a lead reads and writes. It is used by the endpoint and by the built-in process of won deals.
import type { Ctx } from "../../context.ts";
import type { RawRow } from "../../db/client.ts";
import type { Statement, Write } from "../../db/commit.ts";
import { expectFactUnchanged, type KnownFacts } from "../../db/fact.ts";
import { selected, weightOf } from "../../db/row-columns.ts";
import { limitBytes } from "../../db/scan.ts";
import { type SQL, sql } from "../../db/sql.ts";
import { liveRowsOf } from "../../db/tenant.ts";
import { changesBetween } from "../../resources/changes.ts";
import { planFor } from "../../resources/plan.ts";
import { firstStage, type LeadRow, leads } from "./leads.ts";

/** The facts for converting leads: their own fact, and the first CONVERTED stage. */
export const conversionFacts = { leads: leads.fact, convertedStage: firstStage("CONVERTED") };

/**
 * A query for the leads among `ids` (a subquery) that are neither deleted nor converted, in the order of their ids, up to the
 * maximum size of a page: the last one is marked as `ended` if there may be more.
 */
export const unconvertedLeads = (organizationId: string, ids: SQL): SQL =>
	limitBytes(sql`SELECT ${selected(leads.store.table)}, 0 AS "last", ${weightOf(leads.store.table)} AS "weight" FROM ${liveRowsOf(leads.store.table, organizationId)}
		AND "id" IN (${ids}) AND "convertedAt" IS NULL ORDER BY "id"`);

/** A lead as it was read, and the plan of its conversion: its CONVERTED stage, if there is one, and the ids of client and deal. */
export function planConversion(ctx: Ctx, raw: RawRow, known: KnownFacts<typeof conversionFacts>) {
	const plan = planFor(ctx, leads, known.leads);
	const stage = known.convertedStage;
	const lead = plan.decode(raw);
	const converted = (clientId: string, dealId: string | null): LeadRow =>
		plan.merge(lead, {
			...(stage.fact === null ? {} : { stageId: stage.fact }),
			convertedAt: new Date(ctx.now).toISOString(),
			convertedClientId: clientId,
			convertedDealId: dealId,
		});
	return {
		lead,
		converted,
		to(clientId: string, dealId: string | null): Write<LeadRow> {
			const write = plan.updates(lead, converted(clientId, dealId));
			return { ...write, statements: [...expectSameStage(ctx, known), ...write.statements] };
		},
	};
}

const expectSameStage = ({ caller }: Ctx, { convertedStage }: KnownFacts<typeof conversionFacts>) =>
	expectFactUnchanged(conversionFacts.convertedStage, caller.organizationId, convertedStage);

/** Statements that convert several leads: as many as for one, because a batch may win a hundred deals. */
export function conversions(
	ctx: Ctx,
	rows: readonly { readonly before: LeadRow; readonly after: LeadRow }[],
	known: KnownFacts<typeof conversionFacts>,
): Statement[] {
	const transitions = rows.map((row) => ({ ...row, changes: changesBetween(row.before, row.after) }));
	return [...expectSameStage(ctx, known), ...planFor(ctx, leads, known.leads).writes(rows, transitions)];
}
