// Line items and their calculated amounts.
import { computeLineItems, type LineItemInput } from "../../src/crm/line-items.ts";

export const lineItem = (
	quantity: number,
	price: number,
	more: Partial<LineItemInput> = {},
): LineItemInput => ({
	name: "Line",
	quantity,
	price,
	...more,
});

/** The amounts of one line item, and the totals. */
export function calculateLine(item: LineItemInput, currency = "EUR", isInclusiveTax = false) {
	const { items, ...totals } = computeLineItems([item], currency, isInclusiveTax);
	const [{ amount, discountAmount, taxAmount } = { amount: 0, discountAmount: 0, taxAmount: 0 }] = items;
	return { amount, discountAmount, taxAmount, ...totals };
}
