// The lead of a response: a new one, or that of a person who has answered before.
import type { WriteAttempt } from "../../context.ts";
import { batch } from "../../db/client.ts";
import { expect, replanWhenRefused, type Write } from "../../db/commit.ts";
import type { KnownFact } from "../../db/fact.ts";
import { selected } from "../../db/row-columns.ts";
import { sql } from "../../db/sql.ts";
import { AppError, catchAppError } from "../../errors.ts";
import { actingAs } from "../../outbox/processes.ts";
import { lookupOf, matchingRows } from "../../resources/matching.ts";
import { type PlanOf, planFor } from "../../resources/plan.ts";
import { findTaken, uniqueValuesOf } from "../../resources/unique.ts";
import type { FormRow } from "../forms/forms.ts";
import { type LeadRow, leads } from "../leads/leads.ts";
import { type Answered, areStorable, leadFromAnswers } from "./answers.ts";

type LeadPlan = PlanOf<typeof leads>;
type LeadFact = LeadPlan["fact"];

const NONE: ReadonlySet<string> = new Set();

/**
 * Plans the lead of a response: the one with the same e-mail address, if the form wants it so and its notes have room, or else a
 * new one. Null if there is no room for a new one. If its write is refused, it is planned again without the refused values, so
 * that no response is lost.
 */
export async function writeLead(
	ctx: WriteAttempt,
	form: FormRow,
	response: Answered,
	known: KnownFact<LeadFact>,
	hasRoom: boolean,
): Promise<Write<LeadRow> | null> {
	const plan = planFor(actingAs(ctx, "form-response"), leads, known);
	const { row: before, expectations } = await findLead(ctx, form, response, plan);
	const changed = before && (await leadOf(ctx, form, response, plan, before));
	const made = !changed && hasRoom ? await leadOf(ctx, form, response, plan, null) : null;
	const write =
		before && changed
			? plan.updates(before, changed)
			: made && { value: made, statements: plan.inserts(made) };
	if (!write) return null;
	const { value, statements } = write;
	const all = statements.length > 0 ? [...expectations, ...statements] : [];
	return { value, statements: all.map(replanWhenRefused) };
}

/** The oldest lead with the answered e-mail address, if the form matches by it, and the expectation that it still is. */
async function findLead({ env, caller }: WriteAttempt, form: FormRow, response: Answered, plan: LeadPlan) {
	const { email } = leadFromAnswers(form.fields, response, NONE);
	if (form.matchBy === "none" || !email) return { row: null, expectations: [] };
	const { key, link } = lookupOf(leads, null, "email", email);
	const matching = matchingRows(leads, caller.organizationId, "email", link, sql`${key}`);
	const { table } = leads.store;
	const [rows = []] = await batch(env.DB, [sql`SELECT ${selected(table)} ${matching} LIMIT 1`]);
	const [row = null] = rows.map(plan.decode);
	const isSame = sql`(SELECT ${table.id} ${matching} LIMIT 1) IS ${row?.id ?? null}`;
	return { row, expectations: [expect(isSame)] };
}

/** The lead, without answers that its custom fields refuse; null if it can't have the others. Unique values are only looked up when the plan is a retry. */
async function leadOf(
	ctx: WriteAttempt,
	form: FormRow,
	response: Answered,
	plan: LeadPlan,
	before: LeadRow | null,
): Promise<LeadRow | null> {
	const refused = new Set<string>();
	for (;;) {
		const input = leadFromAnswers(form.fields, response, refused, before);
		const lead = catchAppError(() => (before ? plan.merge(before, input) : plan.draft(input)));
		const refusedPaths =
			lead instanceof AppError ? pathsOf(lead) : ctx.isRetry ? await takenPaths(ctx, lead, plan, before) : [];
		if (refusedPaths.length === 0 && !(lead instanceof AppError))
			return areStorable(lead.notes) ? lead : null;
		if (refusedPaths.every((path) => refused.has(path))) return null;
		for (const path of refusedPaths) refused.add(path);
	}
}

const pathsOf = ({ errors = [] }: AppError) => errors.map(({ path }) => path.replace(/\..*/, ""));

const takenPaths = async (ctx: WriteAttempt, lead: LeadRow, { fact }: LeadPlan, before: LeadRow | null) =>
	(await findTaken(ctx, uniqueValuesOf(leads, lead, fact, before))).map(({ path }) => path);
