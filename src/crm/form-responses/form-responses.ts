// Responses to forms, and their built-in process: a lead is made from the mapped answers, in the same batch.

import type { Ctx, WriteAttempt } from "../../context.ts";
import { batch } from "../../db/client.ts";
import { expectChanged, type Statement, type Write } from "../../db/commit.ts";
import { factsQuery } from "../../db/fact.ts";
import { type FormSource, formResponses as responses } from "../../db/schema/forms.ts";
import { sql } from "../../db/sql.ts";
import { nextStamp } from "../../db/stamps.ts";
import { tableStore } from "../../db/store.ts";
import { isRow, notDeleted } from "../../db/tenant.ts";
import { badRequest, conflict } from "../../errors.ts";
import { id } from "../../http/fields.ts";
import { identities } from "../../identities.ts";
import { skippedProcesses } from "../../outbox/processes.ts";
import { envelope } from "../../outbox/record.ts";
import { roomFact } from "../../quotas/expectations.ts";
import { planFor } from "../../resources/plan.ts";
import { type Resource, replaceObject, toWire } from "../../resources/resource.ts";
import { verbs } from "../../resources/verbs.ts";
import { type FormRow, forms } from "../forms/forms.ts";
import { leads } from "../leads/leads.ts";
import { checkAnswers, hasLeadFields } from "./answers.ts";
import { writeLead } from "./lead.ts";
import type { FormResponseCreateInput } from "./schema.ts";

type Row = typeof responses.$inferSelect;

const EVENT = "form.response.created";

/** Whether a webhook turns the built-in process off. */
const skipped = skippedProcesses([EVENT]);

const blankSource: FormSource = { pageUrl: null, referrer: null, userAgent: null };

export const formResponses: Resource<Row, FormResponseCreateInput, never, readonly string[]> = {
	...identities["form-responses"],
	store: tableStore<Row>(responses),
	list: {
		sorts: [],
		filters: { formId: { by: "facet", field: "formId", schema: () => id("frm") } },
	},
	fact: skipped,
	fields: ({ formId, answers, source }, _, __, at) => ({
		formId,
		answers,
		source: replaceObject(blankSource, source, null),
		leadId: null,
		submittedAt: at,
	}),
	events: (ctx, { after }) => (after ? [{ type: EVENT, payload: envelope(ctx, EVENT, toWire(after)) }] : []),
};

export const formResponseVerbs = { ...verbs(formResponses), create: createResponse };

/**
 * Plans a response.
 * @throws AppError 400 for an unknown form, and what `planResponse` throws
 */
async function createResponse(ctx: WriteAttempt, input: FormResponseCreateInput): Promise<Write<Row>> {
	const { form, known } = await readForm(ctx, input.formId);
	if (!form) throw badRequest("formId", "There is no such form.");
	return planResponse(ctx, form, known, input);
}

/** A form, null if there is none, and what planning a response to it needs to know. */
export async function readForm({ env, caller: { organizationId } }: Ctx, id: string) {
	const facts = factsQuery(organizationId, {
		skipped,
		leads: leads.fact,
		room: roomFact(leads.store.table),
	});
	const [found, answer] = await batch(env.DB, [forms.store.byId(organizationId, id), facts.query]);
	const [row] = found ?? [];
	return { form: row ? forms.store.decode(row) : null, known: facts.read(answer) };
}

/**
 * Plans a response to a form. It is counted on the form, and a lead is made or changed unless a webhook turns that off or the
 * quota is used up.
 * @throws AppError 400 for invalid answers, 409 for a form that is not active
 */
export async function planResponse(
	ctx: WriteAttempt,
	form: FormRow,
	known: Awaited<ReturnType<typeof readForm>>["known"],
	input: FormResponseCreateInput,
): Promise<Write<Row>> {
	if (!form.isActive) throw conflict("This form is not active.");
	const answers = checkAnswers(form.fields, input.answers);
	const makesLead = hasLeadFields(form.fields) && !known.skipped.fact.includes(EVENT);
	const plan = planFor(ctx, formResponses, known.skipped);
	const response = plan.draft({ ...input, answers });
	const lead = makesLead ? await writeLead(ctx, form, response, known.leads, known.room.fact >= 1) : null;
	const value = { ...response, leadId: lead?.value.id ?? null };
	return {
		value,
		slots: plan.slots(value),
		statements: [...countResponse(ctx, form), ...plan.inserts(value), ...(lead?.statements ?? [])],
	};
}

/** Counts the response, and asserts that the form still has the same fields. Its version may have changed. */
function countResponse(ctx: Ctx, form: FormRow): Statement[] {
	const { table, column } = forms.store;
	const fields = column("fields").mapToDriverValue(form.fields);
	return [
		sql`UPDATE ${table} SET "submissionCount" = "submissionCount" + 1, "version" = "version" + 1,
				"updatedAt" = ${nextStamp(table, form.organizationId, ctx.now)}
			WHERE ${isRow(table, form.organizationId, form.id)} AND ${notDeleted(table)}
				AND "fields" = ${fields} AND "isActive" = 1`,
		expectChanged(),
	];
}
