import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { emailKey } from "../../text/email.ts";
import { textKey } from "../../text/fold.ts";
import { phoneKey } from "../../text/phone.ts";
import { caseless, customizable, foldable, json, key, money, owned, searchable, trash } from "../columns.ts";

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
		index("clients_email")
			.on(table.organizationId, table.emailKey, table.id)
			.where(sql`"emailKey" IS NOT NULL`),
		index("clients_phone")
			.on(table.organizationId, table.phoneKey, table.id)
			.where(sql`"phoneKey" IS NOT NULL`),
		index("clients_taxNumber")
			.on(table.organizationId, table.taxNumberKey, table.id)
			.where(sql`"taxNumberKey" IS NOT NULL`),
		index("clients_companyId")
			.on(table.organizationId, table.companyId, table.id)
			.where(sql`"companyId" IS NOT NULL`),
		index("clients_ownerId")
			.on(table.organizationId, table.ownerId, table.id)
			.where(sql`"ownerId" IS NOT NULL`),
		index("clients_sourceId")
			.on(table.organizationId, table.sourceId, table.id)
			.where(sql`"sourceId" IS NOT NULL`),
		trash("clients", table),
	],
);
