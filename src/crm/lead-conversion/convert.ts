// `POST /leads/{id}/convert`: a lead becomes a client and, if requested, a deal, with one read and one batch.
import type { Ctx } from "../../context.ts";
import {
	copiedValues,
	type FieldValues,
	remainingValues,
	valuesForUnset,
} from "../../custom-fields/carrying.ts";
import { batch, type RawRow } from "../../db/client.ts";
import { expect, type Write, withError } from "../../db/commit.ts";
import { factsQuery } from "../../db/fact.ts";
import { checkReferences } from "../../db/references.ts";
import { slotsWithin } from "../../db/slots.ts";
import { sql } from "../../db/sql.ts";
import { AppError, badRequest, conflict, notFound, reworded, throwFieldErrors } from "../../errors.ts";
import { requireVersion, type VersionCondition } from "../../resources/condition.ts";
import { type PlanOf, planFor } from "../../resources/plan.ts";
import { withoutUndefined } from "../../resources/resource.ts";
import { hasScope } from "../../scopes.ts";
import { type ClientRow, clients } from "../clients/clients.ts";
import type { ClientCreateInput } from "../clients/schema.ts";
import { type DealRow, deals } from "../deals/deals.ts";
import type { ConvertedDealInput } from "../deals/schema.ts";
import { conversionFacts, planConversion } from "../leads/convert-statements.ts";
import { type LeadRow, leads } from "../leads/leads.ts";
import type { LeadConvertInput } from "./schema.ts";

type ClientPlan = PlanOf<typeof clients>;

export interface Converted {
	readonly lead: LeadRow;
	readonly client: ClientRow;
	readonly deal: DealRow | null;
}

/**
 * Plans the conversion of a lead.
 * @throws AppError 404 for an unknown lead, 409 for a converted one, 400 for an invalid client or deal
 */
export async function planConversionOfLead(
	ctx: Ctx,
	id: string,
	{ clientId, deal: dealInput }: LeadConvertInput,
	condition: VersionCondition | null,
): Promise<Write<Converted>> {
	const { organizationId } = ctx.caller;
	const references = checkReferences(organizationId, deals.store.table, dealInput ? [dealInput] : []);
	const existing = clients.store.byId(organizationId, clientId ?? "");
	const facts = factsQuery(organizationId, { ...conversionFacts, clients: clients.fact, deals: deals.fact });
	const [found, answer, clientRows, ...checked] = await batch(ctx.env.DB, [
		leads.store.byId(organizationId, id),
		facts.query,
		existing,
		...references.queries,
	]);
	if (!found?.[0]) throw notFound("lead");
	const known = facts.read(answer);
	const conversion = planConversion(ctx, found[0], known);
	const { lead } = conversion;
	requireVersion(lead, condition);
	if (lead.convertedAt !== null) throw conflict("This lead is converted already.");
	if (clientId && !clientRows?.[0]) throw badRequest("clientId", "There is no such client.");

	// A key that may only read clients links one without changing it.
	const mayWrite = hasScope(ctx.caller.scopes, "clients:write");
	const carriedTo = ({ fact }: typeof known.clients | typeof known.deals) =>
		copiedValues(lead, known.leads.fact.definitions, fact.definitions);
	const clientValues = mayWrite ? carriedTo(known.clients) : {};
	const dealValues = remainingValues(carriedTo(known.deals), clientValues);
	const clientPlan = planFor(ctx, clients, known.clients);
	const clientWrite = withErrorsBelow("client", () =>
		clientRows?.[0]
			? fillUnsetFields(clientPlan, clientRows[0], clientValues)
			: newClient(clientPlan, lead, clientValues),
	);
	const dealPlan = planFor(ctx, deals, known.deals);
	const client = clientWrite.value;
	const deal =
		dealInput &&
		withErrorsBelow("deal", () => {
			throwFieldErrors(references.errorsFrom(checked.flat())(0));
			return dealPlan.draft(dealOf(lead, client.id, dealInput, dealValues));
		});
	// In this order, because events are numbered in the order in which they are planned.
	const preceding = [
		...(clientId ? [expect(sql`EXISTS (${existing})`)] : []),
		...clientWrite.statements.map((statement) => withError(statement, errorBelow("client"))),
		...(deal ? dealPlan.inserts(deal).map((statement) => withError(statement, errorBelow("deal"))) : []),
	];
	const converted = conversion.to(client.id, deal?.id ?? null);
	return {
		value: { lead: converted.value, client, deal: deal ?? null },
		statements: [...preceding, ...converted.statements],
		slots: [
			...slotsWithin("lead", converted.slots ?? []),
			...slotsWithin("client", clientWrite.slots ?? []),
			...(deal ? slotsWithin("deal", dealPlan.slots(deal)) : []),
		],
	};
}

/** An existing client: its unset custom fields get the values of the lead. */
function fillUnsetFields(plan: ClientPlan, raw: RawRow, values: FieldValues): Write<ClientRow> {
	const client = plan.decode(raw);
	return plan.updates(client, plan.merge(client, { cf_: valuesForUnset(client, values) }));
}

function newClient(plan: ClientPlan, lead: LeadRow, values: FieldValues): Write<ClientRow> {
	const client = plan.draft({ ...clientOf(lead), cf_: values });
	return { value: client, statements: plan.inserts(client), slots: plan.slots(client) };
}

/** The input of the client: the company with the person as contact, or the person if the lead has no company. */
function clientOf(lead: LeadRow): ClientCreateInput {
	const { firstName, lastName, email, mobile: phone, position: jobTitle } = lead;
	const shared = {
		email,
		phone,
		website: lead.website,
		currency: lead.currency,
		ownerId: lead.ownerId,
		sourceId: lead.sourceId,
		tagIds: lead.tagIds,
		internalNotes: lead.notes,
	};
	if (lead.company === null) {
		return {
			...shared,
			type: "contact",
			name: lead.name,
			firstName,
			lastName,
			jobTitle,
			linkedin: lead.linkedin,
		};
	}
	const [first = "", ...rest] = lead.name.trim().split(/\s+/);
	const named = firstName !== null || lastName !== null;
	const person = named ? { firstName, lastName } : { firstName: first, lastName: rest.join(" ") || null };
	const primaryContact = { ...person, email, phone, jobTitle };
	return { ...shared, type: "company", name: lead.company, primaryContact };
}

/** The input of the deal: the fields of the body, with those of the lead as defaults. */
function dealOf(lead: LeadRow, clientId: string, dealInput: ConvertedDealInput, values: FieldValues) {
	return {
		title: lead.title ?? lead.name,
		currency: lead.currency,
		expectedCloseDate: lead.expectedCloseDate,
		sourceId: lead.sourceId,
		ownerId: lead.ownerId,
		assigneeIds: lead.assigneeIds,
		tagIds: lead.tagIds,
		...(dealInput.lineItems ? {} : { price: lead.value }),
		...withoutUndefined(dealInput),
		cf_: { ...values, ...dealInput.cf_ },
		clientId,
		leadId: lead.id,
	};
}

/** A function that puts `part` in front of the paths that an error names. */
const errorBelow =
	(part: string) =>
	<E>(error: E): E | AppError =>
		error instanceof AppError && error.errors ? reworded(error, (path) => `${part}.${path}`) : error;

/** Runs `make`, with the errors of a part. */
function withErrorsBelow<T>(part: string, make: () => T): T {
	try {
		return make();
	} catch (error) {
		throw errorBelow(part)(error);
	}
}
