// Lines, and what is worked out of them.
import { computeLineItems, type LineItemInput } from "../../src/crm/line-items.ts";

export const line = (quantity: number, price: number, more: Partial<LineItemInput> = {}): LineItemInput => ({
	name: "Line",
	quantity,
	price,
	...more,
});

/** What one line comes to, and its totals. */
export function worked(item: LineItemInput, currency = "EUR", isInclusiveTax = false) {
	const { items, ...totals } = computeLineItems([item], currency, isInclusiveTax);
	const [{ amount, discountAmount, taxAmount } = { amount: 0, discountAmount: 0, taxAmount: 0 }] = items;
	return { amount, discountAmount, taxAmount, ...totals };
}
