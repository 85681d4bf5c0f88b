// Responses to forms, and the built-in process of one: a lead is made of the mapped answers, in the same batch.

import { sql } from "drizzle-orm";
import type { Attempt, Ctx } from "../../context.ts";
import { batch } from "../../db/client.ts";
import { expectChanged, raced, type Statement, type Write } from "../../db/commit.ts";
import { factsOf } from "../../db/fact.ts";
import { type Source, formResponses as table } from "../../db/schema/forms.ts";
import { stamp } from "../../db/stamps.ts";
import { tableStore } from "../../db/store.ts";
import { isRow } from "../../db/tenant.ts";
import { AppError, badRequest, conflict, outcome } from "../../errors.ts";
import { id } from "../../http/fields.ts";
import { identities } from "../../identities.ts";
import { actingAs, skippedOf } from "../../outbox/processes.ts";
import { envelope } from "../../outbox/record.ts";
import { roomFact } from "../../quotas/expectations.ts";
import { type PlanOf, planFor } from "../../resources/plan.ts";
import { present, type Resource, whole } from "../../resources/resource.ts";
import { claimsOf, taken } from "../../resources/unique.ts";
import { verbs } from "../../resources/verbs.ts";
import { type FormRow, forms } from "../forms/forms.ts";
import { type LeadRow, leads } from "../leads/leads.ts";
import { type Answers, checkAnswers, leadOf, makesLead } from "./answers.ts";
import type { FormResponseCreateInput } from "./schema.ts";

type Row = typeof table.$inferSelect;

type LeadPlan = PlanOf<typeof leads>;

const EVENT = "form.response.created";

/** Whether a webhook makes the lead instead of us. */
const skipped = skippedOf([EVENT]);

const blankSource: Source = { pageUrl: null, referrer: null, userAgent: null };

export const formResponses: Resource<
	Row,
	FormResponseCreateInput & { readonly leadId?: string | null },
	never,
	readonly string[]
> = {
	...identities["form-responses"],
	store: tableStore<Row>(table),
	list: {
		sorts: [],
		filters: { formId: { by: "facet", field: "formId", schema: id("frm") } },
	},
	fact: skipped,
	fields: ({ formId, answers, source, leadId = null }, _, __, at) => ({
		formId,
		answers,
		source: whole(blankSource, source, null),
		leadId,
		submittedAt: at,
	}),
	events: (ctx, { after }) => (after ? [{ type: EVENT, payload: envelope(ctx, EVENT, present(after)) }] : []),
};

export const formResponseVerbs = { ...verbs(formResponses), create: respond };

/**
 * Plans a response: it counts on its form, and makes a lead unless a webhook sees to that or there is no room for one.
 * @throws AppError 400 for an unknown form and for answers that don't fit it, 409 for a form that is not active
 */
async function respond(ctx: Attempt, input: FormResponseCreateInput): Promise<Write<Row>> {
	const { organizationId } = ctx.caller;
	const facts = factsOf(organizationId, {
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
	const wanted = makesLead(form.fields) && !known.skipped.fact.includes(EVENT) && known.room.fact >= 1;
	const leadPlan = planFor(actingAs(ctx, "form-response"), leads, known.leads);
	const lead = wanted ? await leadFor(ctx, form, answers, leadPlan) : null;
	const plan = planFor(ctx, formResponses, known.skipped);
	const value = plan.draft({ ...input, answers, leadId: lead?.id ?? null });
	return {
		value,
		slots: plan.slots(value),
		statements: [
			...countResponse(ctx, form),
			...plan.inserts([value]),
			// A lead that can't be written as planned is planned again without what was refused: no response is lost to its lead.
			...(lead ? leadPlan.inserts([lead]).map(raced) : []),
		],
	};
}

/** One response more on the form, which must still ask what was answered. Others may have counted meanwhile. */
function countResponse(ctx: Ctx, form: FormRow): Statement[] {
	const fields = forms.store.column("fields").mapToDriverValue(form.fields);
	return [
		{
			query: sql`UPDATE ${forms.store.table} SET "submissionCount" = "submissionCount" + 1, "version" = "version" + 1,
					"updatedAt" = ${stamp(forms.store.table, form.organizationId, ctx.now)}
				WHERE ${isRow(forms.store.table, form.organizationId, form.id)} AND "fields" = ${fields}
					AND "isActive" = 1 AND "deletedAt" IS NULL`,
		},
		expectChanged(),
	];
}

/** The lead, without the custom fields that refuse their answers; those that must be unique are asked about from the second time. */
async function leadFor(
	ctx: Attempt,
	form: FormRow,
	answers: Answers,
	plan: LeadPlan,
): Promise<LeadRow | null> {
	const refused = new Set<string>();
	for (;;) {
		const lead = outcome(() => plan.draft(leadOf(form.fields, answers, refused)));
		const wrong =
			lead instanceof AppError ? pathsOf(lead) : ctx.isRetry ? await takenPaths(ctx, lead, plan) : [];
		if (wrong.length === 0 && !(lead instanceof AppError)) return lead;
		if (wrong.every((path) => refused.has(path))) return null;
		for (const path of wrong) refused.add(path);
	}
}

const pathsOf = ({ errors = [] }: AppError) => errors.map(({ path }) => path.replace(/\..*/, ""));

const takenPaths = async (ctx: Ctx, lead: LeadRow, { fact }: LeadPlan) =>
	(await taken(ctx, claimsOf(leads, [lead], fact))).map(([, path]) => path);
