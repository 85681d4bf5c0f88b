// The verbs of deals, and what winning one sets off: its lead, if it has one, is converted in the same batch, unless a
// webhook on `deal.stageChanged` says by `skipSystem` that its receiver sees to that.
import { type SQL, sql } from "drizzle-orm";
import type { Ctx } from "../../context.ts";
import type { RawRow } from "../../db/client.ts";
import { expect, LostRace, type Statement } from "../../db/commit.ts";
import { AppError } from "../../errors.ts";
import { actingAs, isSkipped, skips } from "../../outbox/processes.ts";
import { type Planned, type Verbs, verbs } from "../../resources/verbs.ts";
import { conversion, conversionFacts, convertible, readLead } from "../leads/conversion.ts";
import { type DealRow, deals } from "./deals.ts";
import type { DealCreateInput, DealUpdateInput } from "./schema.ts";

const EVENT = "deal.stageChanged";

const base = verbs(deals);

type DealVerbs = Verbs<DealRow, DealCreateInput, DealUpdateInput>;

export const dealVerbs: DealVerbs = {
	...base,

	create: (ctx, input, again, id, besides) =>
		winning(
			ctx,
			leadsOf([input]),
			(more) => base.create(ctx, input, again, id, more),
			({ value }) => [value],
			besides,
		),

	createMany: (ctx, inputs, again, ids, besides) =>
		winning(
			ctx,
			leadsOf(inputs),
			(more) => base.createMany(ctx, inputs, again, ids, more),
			({ value }) => value.filter((row): row is DealRow => !(row instanceof AppError)),
			besides,
		),

	update(ctx, id, input, condition, besides) {
		const stored = sql`SELECT "leadId" FROM ${deals.store.table} WHERE "organizationId" = ${ctx.caller.organizationId} AND "id" = ${id}`;
		const lead = input.leadId === undefined ? stored : sql`SELECT ${input.leadId}`;
		return winning(
			ctx,
			input.stageId === undefined ? null : lead,
			(more) => base.update(ctx, id, input, condition, more),
			({ value, before, statements }) => (statements.length > 0 && before.status !== "WON" ? [value] : []),
			besides,
		);
	},
};

/** The leads of deals that may be won at once: the stage they begin in by default never is a WON one. */
function leadsOf(inputs: readonly DealCreateInput[]): SQL | null {
	const ids = inputs.flatMap(({ leadId, stageId }) => (leadId && stageId ? [leadId] : []));
	return ids.length === 0 ? null : sql`SELECT value FROM json_each(${JSON.stringify(ids)})`;
}

/** Plans a write of deals and, where some come to be WON, the conversion of their leads; read in the same round trip. */
async function winning<P extends Planned<unknown>>(
	ctx: Ctx,
	leadIds: SQL | null,
	plan: (besides: readonly SQL[]) => Promise<P>,
	entering: (write: P) => readonly DealRow[],
	besides: readonly SQL[] = [],
): Promise<P> {
	if (leadIds === null) return plan(besides);
	const { organizationId } = ctx.caller;
	const write = await plan([
		...besides,
		convertible(organizationId, leadIds),
		conversionFacts(organizationId),
		sql`SELECT ${skips(organizationId, [EVENT])} AS "skipped"`,
	]);
	const [found = [], [facts] = [], [decision] = []] = write.besides?.slice(besides.length) ?? [];
	const won = entering(write).filter(({ status }) => status === "WON");
	const converted = found.flatMap((raw) => {
		const deal = won.find(({ leadId }) => leadId === raw.id);
		return deal ? conversionBy(ctx, deal, raw, facts, decision?.skipped) : [];
	});
	return { ...write, statements: [...write.statements, ...converted] };
}

function conversionBy(
	ctx: Ctx,
	deal: DealRow,
	lead: RawRow,
	facts: RawRow | undefined,
	skipped: unknown,
): readonly Statement[] {
	const decided = expect(
		sql`${skips(ctx.caller.organizationId, [EVENT])} IS ${skipped}`,
		() => new LostRace(),
	);
	if (isSkipped(skipped, EVENT)) return [decided];
	const { statements } = conversion(
		actingAs(ctx, "deal-won"),
		readLead(lead, facts),
		facts,
		deal.clientId,
		deal.id,
	);
	return [decided, ...statements];
}
