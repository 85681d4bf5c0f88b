import { sqliteTable, text } from "drizzle-orm/sqlite-core";
import { emailKey } from "../../text/email.ts";
import { textKey } from "../../text/fold.ts";
import { phoneKey } from "../../text/phone.ts";
import { caselessText, foldedColumn, idList, json, money, numbered } from "../columns.ts";
import { filteredBy, foundBy, keyed } from "../indexes.ts";

export interface BillingAddress {
	readonly address: string | null;
	readonly city: string | null;
	readonly landmark: string | null;
	readonly state: string | null;
	readonly country: string | null;
	readonly postalCode: string | null;
}

export interface PrimaryContact {
	readonly firstName: string | null;
	readonly lastName: string | null;
	readonly email: string | null;
	readonly phone: string | null;
	readonly jobTitle: string | null;
}

export const clients = sqliteTable(
	"clients",
	{
		...numbered(),
		type: text({ enum: ["company", "contact"] }).notNull(),
		name: caselessText().notNull(),
		firstName: text(),
		lastName: text(),
		salutation: text(),
		email: caselessText(),
		phone: text(),
		jobTitle: text(),
		website: text(),
		linkedin: text(),
		description: text(),
		taxNumber: caselessText(),
		billingAddress: json<BillingAddress>(),
		openingBalance: money(),
		currency: text(),
		primaryContact: json<PrimaryContact>(),
		companyId: text(),
		ownerId: text(),
		sourceId: text(),
		tagIds: idList(),
		internalNotes: text(),
		...foldedColumn({ name: textKey, email: emailKey, phone: phoneKey, taxNumber: textKey }),
	},
	(table) => [
		...keyed("clients", table, "name", "type"),
		...foundBy("clients", table, "email", "phone", "companyId", "ownerId", "sourceId"),
		...filteredBy("clients", table, "taxNumber"),
	],
);
