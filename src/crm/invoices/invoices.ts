// Invoices: their rules and their events. A payment and voiding are updates with endpoints of their own. Like every
// update they are planned again when another write came first, so two payments never exceed what is due.

import type { WriteAttempt } from "../../context.ts";
import { minorUnit } from "../../currencies.ts";
import { withCustomFields } from "../../custom-fields/with-custom-fields.ts";
import type { WithoutInternal } from "../../db/columns.ts";
import { expect, type Statement, type Write } from "../../db/commit.ts";
import { sumOfMoney } from "../../db/money-sums.ts";
import { type Payment, quotations, invoices as table } from "../../db/schema/sales.ts";
import { sql } from "../../db/sql.ts";
import { tableStore } from "../../db/store.ts";
import { liveRowsOf, rowOf } from "../../db/tenant.ts";
import { badRequest, conflict } from "../../errors.ts";
import { id } from "../../http/fields.ts";
import { identities } from "../../identities.ts";
import { isSameJson } from "../../json.ts";
import { envelope } from "../../outbox/record.ts";
import { blankFields } from "../../resources/blank.ts";
import type { VersionCondition } from "../../resources/condition.ts";
import { lifecycleEvents } from "../../resources/lifecycle.ts";
import { type Resource, toWire, withoutUndefined } from "../../resources/resource.ts";
import { verbs } from "../../resources/verbs.ts";
import { clientId, dealId, ownerId, tagId } from "../filters.ts";
import { addAmounts, isPayable } from "../line-items.ts";
import { organizationCurrencyFact, type PricedFields, pricedFields, withoutPricedFields } from "../priced.ts";
import { requireOrder } from "../time-order.ts";
import { type InvoiceCreateInput, type InvoiceUpdateInput, invoiceStatus, MAX_PAYMENTS } from "./schema.ts";

export type InvoiceRow = WithoutInternal<typeof table.$inferSelect>;

/** Changes that no body of PATCH can make. */
interface Action {
	readonly payment?: Omit<Payment, "paidAt"> & { readonly paidAt: string | null };
	readonly voided?: true;
}

const blank = blankFields(table, {
	clientId: "",
	date: "",
	dueDate: "",
	status: "DRAFT",
	payments: [],
	tagIds: [],
	custom: {},
});

const invoiceEvents = lifecycleEvents("invoices", { status: "invoice.statusChanged" });

export const invoices = withCustomFields({
	...identities.invoices,
	store: tableStore<InvoiceRow>(table),
	list: {
		sorts: ["number", "date", "dueDate", "total"],
		ranges: ["dueDate"],
		filters: {
			tagId,
			clientId,
			dealId,
			quotationId: { by: "facet", field: "quotationId", schema: () => id("qtn") },
			ownerId,
			status: { by: "facet", field: "status", schema: () => invoiceStatus },
		},
		search: { table: "invoices_search", columns: ["number", "subject"], byClient: true },
	},
	fact: organizationCurrencyFact,

	fields(input, before, currency, at) {
		const { payment, voided, ...plain } = { ...noAction, ...withoutPricedFields(input) };
		const sums = pricedFields(input, before, currency);
		if (before) requireChangeable(before, input.status, sums);
		const base = before ?? blank;
		const paid = before?.paidTotal ?? 0;
		if (payment) requirePayable(payment.amount, addAmounts(sums.total, -paid), base, sums.currency);
		if (voided && base.status === "PAID") throw conflict("This invoice is paid, so it can't be voided.");
		if (voided && base.status === "VOID") throw conflict("This invoice is void already.");

		const fields = { ...base, ...withoutUndefined(plain), ...sums };
		requireOrder(input, fields, "date", "dueDate");
		const paidTotal = addAmounts(paid, payment?.amount ?? 0);
		const status = voided ? "VOID" : statusOf(fields.status, paidTotal, sums.total);
		return {
			...fields,
			status,
			payments: payment
				? [...fields.payments, { ...payment, paidAt: payment.paidAt ?? at }]
				: fields.payments,
			paidTotal,
			dueTotal: status === "VOID" ? 0 : addAmounts(sums.total, -paidTotal),
		};
	},

	events(ctx, transition) {
		const { before, after } = transition;
		const paid = after?.status === "PAID" && before?.status !== "PAID";
		return [
			...invoiceEvents(ctx, transition),
			...(paid
				? [{ type: "invoice.paid", payload: envelope(ctx, "invoice.paid", toWire(after)) } as const]
				: []),
		];
	},
} satisfies Resource<InvoiceRow, InvoiceCreateInput, InvoiceUpdateInput & Action, string>);

const base = verbs(invoices);

export const invoiceVerbs = {
	...base,
	/** @throws AppError 409 also if the quotation was invoiced again after the invoice was deleted */
	async restore(
		attempt: WriteAttempt,
		id: string,
		condition: VersionCondition | null,
	): Promise<Write<InvoiceRow>> {
		const planned = await base.restore(attempt, id, condition);
		return { ...planned, statements: [...expectNotInvoicedAgain(planned.value), ...planned.statements] };
	},
};

/**
 * Expects of a deleted invoice that its quotation has not been invoiced again since: neither void nor deleted invoices, with
 * one made after its deletion, that would come to more than the quotation with it. Parts may have invoices of their own.
 */
function expectNotInvoicedAgain({ organizationId, id, quotationId, status }: InvoiceRow): Statement[] {
	if (quotationId === null || status === "VOID") return [];
	const row = rowOf(table, organizationId, id);
	const limit = sql`SELECT "total" FROM ${rowOf(quotations, organizationId, quotationId)}`;
	const isInvoicedAgain = sql`SELECT max("createdAt") >= (SELECT "deletedAt" FROM ${row})
			AND ${sumOfMoney(sql`"total"`)} + (SELECT "total" FROM ${row}) > (${limit})
		FROM ${liveRowsOf(table, organizationId)} AND "quotationId" = ${quotationId} AND "status" <> 'VOID'`;
	const error = () =>
		conflict(
			"The quotation of this invoice was invoiced again meanwhile; together they would come to more than the quotation.",
			{
				path: "quotationId",
				message: "Void or delete the others first.",
			},
		);
	return [expect(sql`coalesce((${isInvoicedAgain}), 0) = 0`, error)];
}

const noAction: Action = {};

/** The status that follows from the payments. Without payments it is the written one; a sent invoice of 0 is PAID. */
function statusOf(written: InvoiceRow["status"], paid: number, total: number): InvoiceRow["status"] {
	if (written === "VOID") return written;
	if (paid === 0) return written === "SENT" && total === 0 ? "PAID" : written;
	return paid >= total ? "PAID" : "PARTIALLY_PAID";
}

/**
 * Protects invoices that are paid, partly paid or void.
 * @throws AppError 409 for a change of status, lines or currency that is no longer possible
 */
function requireChangeable(before: InvoiceRow, status: string | undefined, sums: PricedFields): void {
	const words = before.status.toLowerCase().replace("_", " ");
	if (status !== undefined && before.status !== "DRAFT" && before.status !== "SENT")
		throw conflict(`This invoice is ${words}, so its status can't be set.`, {
			path: "status",
			message: `Is ${before.status}.`,
		});
	const field = (["lineItems", "currency", "isInclusiveTax"] as const).find(
		(name) => !isSameJson(before[name], sums[name]),
	);
	if (field === undefined) return;
	const isSettled = before.status === "PAID" || before.status === "VOID";
	if (isSettled || (before.paidTotal > 0 && before.currency !== sums.currency))
		throw conflict(`This invoice is ${words}, so its total can't be changed.`, {
			path: isSettled ? field : "currency",
			message: `Can't be changed once the invoice is ${before.status}.`,
		});
	if (sums.total < before.paidTotal)
		throw conflict(`${before.paidTotal} of this invoice is paid, so the total can't be less.`, {
			path: field,
			message: `The total must not be less than what is paid, ${before.paidTotal}.`,
		});
}

function requirePayable(
	amount: number,
	due: number,
	{ status, payments }: Pick<InvoiceRow, "status" | "payments">,
	currency: string,
): void {
	if (status === "VOID") throw conflict("This invoice is void, so it can't be paid.");
	if (!isPayable(amount, currency))
		throw badRequest("amount", `At most ${minorUnit(currency)} decimal places in ${currency}.`);
	if (amount > due) throw badRequest("amount", `Must not be more than what is due, ${due}.`);
	if (payments.length >= MAX_PAYMENTS) throw conflict(`An invoice has at most ${MAX_PAYMENTS} payments.`);
}
