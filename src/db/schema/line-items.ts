// The line items of deals, quotations and invoices, in a JSON column. Amounts are in the currency of the row.

import { text } from "drizzle-orm/sqlite-core";
import { flag, json } from "../columns.ts";

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

/** Lines, and how their prices are meant. */
export const lined = () => ({
	lineItems: json<LineItem[]>().notNull(),
	currency: text().notNull(),
	isInclusiveTax: flag().notNull(),
});
