import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import {
	customizable,
	flag,
	foldable,
	foundBy,
	instant,
	json,
	money,
	owned,
	searchable,
	trash,
} from "../columns.ts";
import type { LineItem } from "./line-items.ts";

/** Money received for an invoice, in its currency. */
export interface Payment {
	readonly amount: number;
	readonly paidAt: string;
	readonly method: string | null;
}

/** Line items and totals. */
const priceColumns = () => ({
	lineItems: json<LineItem[]>().notNull(),
	currency: text().notNull(),
	isInclusiveTax: flag().notNull(),
	subtotal: money().notNull(),
	discountTotal: money().notNull(),
	taxTotal: money().notNull(),
	total: money().notNull(),
});

export const quotations = sqliteTable(
	"quotations",
	{
		...searchable(),
		...owned(),
		...customizable(),
		number: integer().notNull(),
		clientId: text().notNull(),
		contactId: text(),
		dealId: text(),
		date: text().notNull(),
		expiryDate: text(),
		subject: text(),
		status: text({ enum: ["DRAFT", "SENT", "ACCEPTED", "REJECTED"] }).notNull(),
		acceptedAt: instant(),
		rejectedAt: instant(),
		...priceColumns(),
		internalNotes: text(),
		ownerId: text(),
		tagIds: json<string[]>().notNull(),
		...foldable(),
	},
	(table) => [
		uniqueIndex("quotations_id").on(table.organizationId, table.id),
		index("quotations_updatedAt").on(table.organizationId, table.updatedAt, table.id),
		index("quotations_number").on(table.organizationId, table.number, table.id),
		index("quotations_date").on(table.organizationId, table.date, table.id),
		index("quotations_expiryDate").on(table.organizationId, table.expiryDate, table.id),
		index("quotations_total").on(table.organizationId, table.total, table.id),
		index("quotations_status").on(table.organizationId, table.status, table.id),
		foundBy("quotations_clientId", table, table.clientId),
		foundBy("quotations_contactId", table, table.contactId).where(sql`"contactId" IS NOT NULL`),
		foundBy("quotations_dealId", table, table.dealId).where(sql`"dealId" IS NOT NULL`),
		foundBy("quotations_ownerId", table, table.ownerId).where(sql`"ownerId" IS NOT NULL`),
		trash("quotations", table),
	],
);

export const invoices = sqliteTable(
	"invoices",
	{
		...searchable(),
		...owned(),
		...customizable(),
		number: integer().notNull(),
		clientId: text().notNull(),
		quotationId: text(),
		dealId: text(),
		date: text().notNull(),
		dueDate: text().notNull(),
		subject: text(),
		notes: text(),
		status: text({ enum: ["DRAFT", "SENT", "PARTIALLY_PAID", "PAID", "VOID"] }).notNull(),
		...priceColumns(),
		payments: json<Payment[]>().notNull(),
		paidTotal: money().notNull(),
		dueTotal: money().notNull(),
		ownerId: text(),
		tagIds: json<string[]>().notNull(),
		...foldable(),
	},
	(table) => [
		uniqueIndex("invoices_id").on(table.organizationId, table.id),
		index("invoices_updatedAt").on(table.organizationId, table.updatedAt, table.id),
		index("invoices_number").on(table.organizationId, table.number, table.id),
		index("invoices_date").on(table.organizationId, table.date, table.id),
		index("invoices_dueDate").on(table.organizationId, table.dueDate, table.id),
		index("invoices_total").on(table.organizationId, table.total, table.id),
		index("invoices_status").on(table.organizationId, table.status, table.id),
		foundBy("invoices_clientId", table, table.clientId),
		foundBy("invoices_quotationId", table, table.quotationId).where(sql`"quotationId" IS NOT NULL`),
		foundBy("invoices_dealId", table, table.dealId).where(sql`"dealId" IS NOT NULL`),
		foundBy("invoices_ownerId", table, table.ownerId).where(sql`"ownerId" IS NOT NULL`),
		trash("invoices", table),
	],
);
