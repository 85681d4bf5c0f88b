// What converting a lead writes, and what must be known for it. Two things convert: the endpoint, and a deal that is won.
import { type SQL, sql } from "drizzle-orm";
import type { Ctx } from "../../context.ts";
import type { RawRow } from "../../db/client.ts";
import { expect, LostRace, type Statement, type Write } from "../../db/commit.ts";
import { leadStages } from "../../db/schema/reference.ts";
import { planner } from "../../resources/plan.ts";
import { type LeadRow, leads } from "./leads.ts";

const plan = planner(leads);

/** The stage of converted leads: the first of type CONVERTED; null where an organization has none. */
const convertedStage = (organizationId: string): SQL =>
	sql`(SELECT "id" FROM ${leadStages} WHERE "organizationId" = ${organizationId} AND "type" = 'CONVERTED' AND "deletedAt" IS NULL
		ORDER BY "position", "id" LIMIT 1)`;

/** What must be read besides the lead: one row with the rules' fact and the stage of converted leads. */
export const conversionFacts = (organizationId: string): SQL =>
	sql`SELECT ${leads.fact(organizationId)} AS "fact", ${convertedStage(organizationId)} AS "stage"`;

/** The live leads among `ids` (a subquery) that are not converted. */
export const convertible = (organizationId: string, ids: SQL): SQL =>
	sql`SELECT * FROM ${leads.store.table} WHERE "organizationId" = ${organizationId} AND "id" IN (${ids})
		AND "convertedAt" IS NULL AND "deletedAt" IS NULL`;

/** A lead as it was read, by the facts read beside it. */
export const readLead = (raw: RawRow, facts: RawRow | undefined): LeadRow => plan.decode(raw, facts?.fact);

/** Plans that a lead is converted: it moves to the stage for that, where there is one, and remembers what it became. */
export function conversion(
	ctx: Ctx,
	lead: LeadRow,
	facts: RawRow | undefined,
	clientId: string,
	dealId: string | null,
): Write<LeadRow> {
	const { fact, stage } = facts ?? {};
	const after = plan.overlay(
		ctx,
		lead,
		{
			...(typeof stage === "string" ? { stageId: stage } : {}),
			convertedAt: new Date(ctx.now).toISOString(),
			convertedClientId: clientId,
			convertedDealId: dealId,
		},
		fact,
	);
	const { value, statements, slots = [] } = plan.updates(ctx, lead, after, fact);
	const sameStage: Statement = expect(
		sql`${convertedStage(ctx.caller.organizationId)} IS ${stage ?? null}`,
		() => new LostRace(),
	);
	return { value, statements: [sameStage, ...statements], slots };
}
