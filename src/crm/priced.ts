// The shared fields of quotations and invoices: lines, their currency and totals.
import type { FactSource } from "../db/fact.ts";
import { sql } from "../db/sql.ts";
import { organizationRow } from "../db/tenant.ts";
import { computeLineItems, type LineItem, type LineItemInput, type Totals } from "./line-items.ts";

export interface PricedFields extends Totals {
	readonly lineItems: LineItem[];
	readonly currency: string;
	readonly isInclusiveTax: boolean;
}

export interface PricedInput {
	readonly lineItems?: readonly LineItemInput[] | undefined;
	readonly currency?: string | null | undefined;
	readonly isInclusiveTax?: boolean | undefined;
}

/** The currency of the organization, the default of all that is priced. */
export const organizationCurrencyFact: FactSource<string> = {
	query: (organizationId) => sql`(SELECT "currency" FROM ${organizationRow(organizationId)})`,
	read: String,
};

/** An input without the fields that `pricedFields` returns. */
export function withoutPricedFields<T extends PricedInput>(input: T): Omit<T, keyof PricedInput> {
	const { lineItems: _, currency: __, isInclusiveTax: ___, ...plain } = input;
	return plain;
}

/**
 * The priced fields after an input. Totals are only computed again if the input changes lines, currency or tax.
 * @param organizationCurrency the default, and the currency after an update to `null`
 * @throws AppError 400 for invalid lines
 */
export function pricedFields(input: PricedInput, before: PricedFields | null, organizationCurrency: string) {
	if (
		before &&
		input.lineItems === undefined &&
		input.currency === undefined &&
		input.isInclusiveTax === undefined
	) {
		const { lineItems, currency, isInclusiveTax, subtotal, discountTotal, taxTotal, total } = before;
		return { lineItems, currency, isInclusiveTax, subtotal, discountTotal, taxTotal, total };
	}
	const stored = input.currency === undefined ? before?.currency : undefined;
	const currency = input.currency ?? stored ?? organizationCurrency;
	const isInclusiveTax = input.isInclusiveTax ?? before?.isInclusiveTax ?? false;
	const lines = input.lineItems ?? before?.lineItems ?? [];
	const { items, ...totals } = computeLineItems(lines, currency, isInclusiveTax);
	return { lineItems: items, currency, isInclusiveTax, ...totals };
}
