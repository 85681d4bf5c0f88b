// The line items of deals, quotations and invoices, in a JSON column. Amounts are in the currency of the row.

/** A line item as it is stored and shown. */
export interface LineItem {
	readonly name: string;
	readonly productId: string | null;
	readonly description: string | null;
	readonly quantity: number;
	readonly price: number;
	readonly discount: number | null;
	readonly discountType: "fixed" | "percentage";
	readonly taxPercent: number | null;
	readonly amount: number;
	readonly taxAmount: number;
	readonly discountAmount: number;
}
