// Responses to forms, and their built-in process: a lead is made from the mapped answers, in the same batch.

import type { Ctx, WriteAttempt } from "../../context.ts";
import { batch } from "../../db/client.ts";
import { expectChanged, replanWhenRefused, type Statement, type Write } from "../../db/commit.ts";
import { factsQuery } from "../../db/fact.ts";
import { type FormSource, formResponses as responses } from "../../db/schema/forms.ts";
import { sql } from "../../db/sql.ts";
import { nextStamp } from "../../db/stamps.ts";
import { tableStore } from "../../db/store.ts";
import { isRow, notDeleted } from "../../db/tenant.ts";
import { AppError, badRequest, catchAppError, conflict } from "../../errors.ts";
import { id } from "../../http/fields.ts";
import { identities } from "../../identities.ts";
import { actingAs, skippedProcesses } from "../../outbox/processes.ts";
import { envelope } from "../../outbox/record.ts";
import { roomFact } from "../../quotas/expectations.ts";
import { type PlanOf, planFor } from "../../resources/plan.ts";
import { type Resource, replaceObject, toWire } from "../../resources/resource.ts";
import { findTaken, uniqueValuesOf } from "../../resources/unique.ts";
import { verbs } from "../../resources/verbs.ts";
import { type FormRow, forms } from "../forms/forms.ts";
import { type LeadRow, leads } from "../leads/leads.ts";
import { type Answers, checkAnswers, hasLeadFields, leadFromAnswers } from "./answers.ts";
import type { FormResponseCreateInput } from "./schema.ts";

type Row = typeof responses.$inferSelect;

type LeadPlan = PlanOf<typeof leads>;

const EVENT = "form.response.created";

/** Whether a webhook turns the built-in process off. */
const skipped = skippedProcesses([EVENT]);

const blankSource: FormSource = { pageUrl: null, referrer: null, userAgent: null };

export const formResponses: Resource<
	Row,
	FormResponseCreateInput & { readonly leadId?: string | null },
	never,
	readonly string[]
> = {
	...identities["form-responses"],
	store: tableStore<Row>(responses),
	list: {
		sorts: [],
		filters: { formId: { by: "facet", field: "formId", schema: id("frm") } },
	},
	fact: skipped,
	fields: ({ formId, answers, source, leadId = null }, _, __, at) => ({
		formId,
		answers,
		source: replaceObject(blankSource, source, null),
		leadId,
		submittedAt: at,
	}),
	events: (ctx, { after }) => (after ? [{ type: EVENT, payload: envelope(ctx, EVENT, toWire(after)) }] : []),
};

export const formResponseVerbs = { ...verbs(formResponses), create: createResponse };

/**
 * Plans a response. It is counted on its form, and a lead is made unless a webhook turns that off or the quota is used up.
 * @throws AppError 400 for an unknown form and for invalid answers, 409 for a form that is not active
 */
async function createResponse(ctx: WriteAttempt, input: FormResponseCreateInput): Promise<Write<Row>> {
	const { organizationId } = ctx.caller;
	const facts = factsQuery(organizationId, {
		skipped,
		leads: leads.fact,
		room: roomFact(leads.store.table),
	});
	const [found, answer] = await batch(ctx.env.DB, [
		forms.store.byId(organizationId, input.formId),
		facts.query,
	]);
	if (!found?.[0]) throw badRequest({ path: "formId", message: "There is no such form." });
	const form = forms.store.decode(found[0]);
	if (!form.isActive) throw conflict("This form is not active.");
	const known = facts.read(answer);

	const answers = checkAnswers(form.fields, input.answers);
	const needsLead = hasLeadFields(form.fields) && !known.skipped.fact.includes(EVENT) && known.room.fact >= 1;
	const leadPlan = planFor(actingAs(ctx, "form-response"), leads, known.leads);
	const lead = needsLead ? await leadFor(ctx, form, answers, leadPlan) : null;
	const plan = planFor(ctx, formResponses, known.skipped);
	const value = plan.draft({ ...input, answers, leadId: lead?.id ?? null });
	return {
		value,
		slots: plan.slots(value),
		statements: [
			...countResponse(ctx, form),
			...plan.inserts(value),
			// If the lead is refused, it is planned again without the refused values, so that no response is lost.
			...(lead ? leadPlan.inserts(lead).map(replanWhenRefused) : []),
		],
	};
}

/** Counts the response, and asserts that the form still has the same fields. Its version may have changed. */
function countResponse(ctx: Ctx, form: FormRow): Statement[] {
	const { table, column } = forms.store;
	const fields = column("fields").mapToDriverValue(form.fields);
	return [
		{
			query: sql`UPDATE ${table} SET "submissionCount" = "submissionCount" + 1, "version" = "version" + 1,
					"updatedAt" = ${nextStamp(table, form.organizationId, ctx.now)}
				WHERE ${isRow(table, form.organizationId, form.id)} AND ${notDeleted(table)}
					AND "fields" = ${fields} AND "isActive" = 1`,
		},
		expectChanged(),
	];
}

/** The lead, without answers that its custom fields refuse. Unique values are only looked up when the plan is a retry. */
async function leadFor(ctx: WriteAttempt, form: FormRow, answers: Answers, plan: LeadPlan) {
	const refused = new Set<string>();
	for (;;) {
		const lead = catchAppError(() => plan.draft(leadFromAnswers(form.fields, answers, refused)));
		const refusedPaths =
			lead instanceof AppError ? pathsOf(lead) : ctx.isRetry ? await takenPaths(ctx, lead, plan) : [];
		if (refusedPaths.length === 0 && !(lead instanceof AppError)) return lead;
		if (refusedPaths.every((path) => refused.has(path))) return null;
		for (const path of refusedPaths) refused.add(path);
	}
}

const pathsOf = ({ errors = [] }: AppError) => errors.map(({ path }) => path.replace(/\..*/, ""));

const takenPaths = async (ctx: Ctx, lead: LeadRow, { fact }: LeadPlan) =>
	(await findTaken(ctx, uniqueValuesOf(leads, lead, fact))).map(({ path }) => path);
