// What deals, quotations and invoices keep of each line, in a JSON column. Sums are in the currency of the row.

/** A line as it is kept and shown. */
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
