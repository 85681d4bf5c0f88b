import { sqliteTable, text } from "drizzle-orm/sqlite-core";
import { foldedColumn, idList, instant, json, money, numbered } from "../columns.ts";
import { filteredBy, foundBy, keyed } from "../indexes.ts";
import { lined } from "./line-items.ts";

/** Money received for an invoice, in its currency. */
export interface Payment {
	readonly amount: number;
	readonly paidAt: string;
	readonly method: string | null;
}

/** The lines and what they come to. */
const priced = () => ({
	...lined(),
	subtotal: money().notNull(),
	discountTotal: money().notNull(),
	taxTotal: money().notNull(),
	total: money().notNull(),
});

const filed = () => ({ ownerId: text(), tagIds: idList(), ...foldedColumn() });

export const quotations = sqliteTable(
	"quotations",
	{
		...numbered(),
		clientId: text().notNull(),
		contactId: text(),
		dealId: text(),
		date: text().notNull(),
		expiryDate: text(),
		subject: text(),
		status: text({ enum: ["DRAFT", "SENT", "ACCEPTED", "REJECTED"] }).notNull(),
		acceptedAt: instant(),
		rejectedAt: instant(),
		...priced(),
		internalNotes: text(),
		...filed(),
	},
	(table) => [
		...keyed("quotations", table, "number", "date", "expiryDate", "total"),
		...filteredBy("quotations", table, "status"),
		...foundBy("quotations", table, "clientId", "contactId", "dealId", "ownerId"),
	],
);

export const invoices = sqliteTable(
	"invoices",
	{
		...numbered(),
		clientId: text().notNull(),
		quotationId: text(),
		dealId: text(),
		date: text().notNull(),
		dueDate: text().notNull(),
		subject: text(),
		notes: text(),
		status: text({ enum: ["DRAFT", "SENT", "PARTIALLY_PAID", "PAID", "VOID"] }).notNull(),
		...priced(),
		payments: json<Payment[]>().notNull(),
		paidTotal: money().notNull(),
		dueTotal: money().notNull(),
		...filed(),
	},
	(table) => [
		...keyed("invoices", table, "number", "date", "dueDate", "total"),
		...filteredBy("invoices", table, "status"),
		...foundBy("invoices", table, "clientId", "quotationId", "dealId", "ownerId"),
	],
);
