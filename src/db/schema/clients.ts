import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { emailKey } from "../../text/email.ts";
import { textKey } from "../../text/fold.ts";
import { phoneKey } from "../../text/phone.ts";
import {
	caseless,
	customizable,
	foldable,
	foundBy,
	json,
	key,
	money,
	owned,
	searchable,
	trash,
} from "../columns.ts";

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
		...searchable(),
		...owned(),
		...customizable(),
		number: integer().notNull(),
		type: text({ enum: ["company", "contact"] }).notNull(),
		name: caseless().notNull(),
		firstName: text(),
		lastName: text(),
		salutation: text(),
		email: caseless(),
		phone: text(),
		jobTitle: text(),
		website: text(),
		linkedin: text(),
		description: text(),
		taxNumber: caseless(),
		billingAddress: json<BillingAddress>(),
		openingBalance: money(),
		currency: text(),
		primaryContact: json<PrimaryContact>(),
		companyId: text(),
		ownerId: text(),
		sourceId: text(),
		tagIds: json<string[]>().notNull(),
		internalNotes: text(),
		...foldable(),
		nameKey: key("name", textKey),
		emailKey: key("email", emailKey),
		phoneKey: key("phone", phoneKey),
		taxNumberKey: key("taxNumber", textKey),
	},
	(table) => [
		uniqueIndex("clients_id").on(table.organizationId, table.id),
		index("clients_updatedAt").on(table.organizationId, table.updatedAt, table.id),
		index("clients_name").on(table.organizationId, table.nameKey, table.id),
		index("clients_type").on(table.organizationId, table.type, table.id),
		foundBy("clients_email", table, table.emailKey).where(sql`"emailKey" IS NOT NULL`),
		foundBy("clients_phone", table, table.phoneKey).where(sql`"phoneKey" IS NOT NULL`),
		index("clients_taxNumber")
			.on(table.organizationId, table.taxNumberKey, table.id)
			.where(sql`"taxNumberKey" IS NOT NULL`),
		foundBy("clients_companyId", table, table.companyId).where(sql`"companyId" IS NOT NULL`),
		foundBy("clients_ownerId", table, table.ownerId).where(sql`"ownerId" IS NOT NULL`),
		foundBy("clients_sourceId", table, table.sourceId).where(sql`"sourceId" IS NOT NULL`),
		trash("clients", table),
	],
);
