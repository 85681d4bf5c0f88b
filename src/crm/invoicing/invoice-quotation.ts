// `POST /quotations/{id}/invoice`: an invoice with the lines of a quotation, with one read and one batch.

import type { WriteAttempt } from "../../context.ts";
import { copiedValues } from "../../custom-fields/carrying.ts";
import { batch } from "../../db/client.ts";
import { expect, type Write } from "../../db/commit.ts";
import { type FactSource, factsQuery } from "../../db/fact.ts";
import { checkReferences, withoutItemLists } from "../../db/references.ts";
import { sql } from "../../db/sql.ts";
import { liveRowsOf, organizationRow } from "../../db/tenant.ts";
import { conflict, notFound, throwFieldErrors } from "../../errors.ts";
import { requireVersion, type VersionCondition } from "../../resources/condition.ts";
import { refuseGoneReferences } from "../../resources/gone-references.ts";
import { visibleName } from "../../resources/holding.ts";
import { planFor } from "../../resources/plan.ts";
import { withoutUndefined } from "../../resources/resource.ts";
import { DAY_MS } from "../../time.ts";
import { type InvoiceRow, invoices } from "../invoices/invoices.ts";
import { type QuotationRow, quotations } from "../quotations/quotations.ts";
import { type ConvertedInvoiceInput, DAYS_TO_PAY } from "./schema.ts";

const timezone: FactSource<string> = {
	query: (organizationId) => sql`(SELECT "timezone" FROM ${organizationRow(organizationId)})`,
	read: String,
};

const LAST_DAY = Date.parse("9999-12-31");

const sources = { invoices: invoices.fact, quotations: quotations.fact, timezone };

/**
 * Plans the invoice of a quotation.
 * @throws AppError 404 for an unknown quotation; 409 for a rejected one, one that has an invoice that is not void, and one whose
 * client was erased; 400 for an invalid field
 */
export async function planInvoiceOfQuotation(
	ctx: WriteAttempt,
	id: string,
	input: ConvertedInvoiceInput,
	condition: VersionCondition | null,
): Promise<Write<InvoiceRow>> {
	const { organizationId } = ctx.caller;
	const { table } = invoices.store;
	const quotationQuery = quotations.store.byId(organizationId, id);
	const invoiced = sql`SELECT "id" FROM ${liveRowsOf(table, organizationId)} AND "quotationId" = ${id}
		AND "status" <> 'VOID' LIMIT 1`;
	const facts = factsQuery(organizationId, sources);
	const references = checkReferences(organizationId, table, [input]);
	const [found, invoicedRows, answer, ...checked] = await batch(ctx.env.DB, [
		quotationQuery,
		invoiced,
		facts.query,
		...references.queries,
	]);
	if (!found?.[0]) throw notFound("quotation");
	const known = facts.read(answer);
	const quotation = planFor(ctx, quotations, known.quotations).decode(found[0]);
	requireVersion(quotation, condition);
	const existing = invoicedRows?.[0];
	if (existing)
		throw conflict(
			`This quotation is invoiced already: ${visibleName(ctx.caller, "invoices", existing.id)}.`,
		);
	if (quotation.status === "REJECTED") throw conflict("This quotation is rejected, so it can't be invoiced.");
	throwFieldErrors(references.errorsFrom(checked.flat())(0));

	const plan = planFor(ctx, invoices, known.invoices);
	const values = copiedValues(quotation, known.quotations.fact.definitions, known.invoices.fact.definitions);
	const today = dayIn(known.timezone.fact, ctx.now);
	const invoice = plan.draft({
		...fromQuotation(quotation, input.date ?? today),
		...withoutUndefined(input),
		cf_: { ...values, ...input.cf_ },
	});
	await refuseGoneReferences(ctx, "quotation", table, invoice);
	const isUnchanged = sql`EXISTS (SELECT 1 FROM (${quotationQuery}) WHERE "version" = ${quotation.version})`;
	return {
		value: invoice,
		slots: plan.slots(invoice),
		statements: [
			expect(sql`${isUnchanged} AND NOT EXISTS (${invoiced})`),
			// Lines may refer to products that were deleted after the quotation was made.
			...plan.inserts(invoice, withoutItemLists(table, invoice)),
		],
	};
}

/** The input of the invoice: the fields of the quotation. */
const fromQuotation = (quotation: QuotationRow, date: string) => ({
	quotationId: quotation.id,
	clientId: quotation.clientId,
	dealId: quotation.dealId,
	subject: quotation.subject,
	ownerId: quotation.ownerId,
	tagIds: quotation.tagIds,
	lineItems: quotation.lineItems,
	currency: quotation.currency,
	isInclusiveTax: quotation.isInclusiveTax,
	date,
	dueDate: daysAfter(date, DAYS_TO_PAY),
});

/** The day, as YYYY-MM-DD, that an instant (in ms) falls on in a time zone. */
function dayIn(timeZone: string, instant: number): string {
	// Only the parts: in which form a locale puts them together changes with the runtime's data.
	const parts = new Intl.DateTimeFormat("en", {
		timeZone,
		year: "numeric",
		month: "2-digit",
		day: "2-digit",
	}).formatToParts(instant);
	return ["year", "month", "day"].map((name) => parts.find(({ type }) => type === name)?.value).join("-");
}

/** The day so many days later, at most the last one that has four digits for its year. */
const daysAfter = (day: string, count: number): string =>
	new Date(Math.min(Date.parse(day) + count * DAY_MS, LAST_DAY)).toISOString().slice(0, 10);
