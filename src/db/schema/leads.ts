import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { emailKey } from "../../text/email.ts";
import { textKey } from "../../text/fold.ts";
import { phoneKey } from "../../text/phone.ts";
import {
	caseless,
	customizable,
	flag,
	foldable,
	instant,
	json,
	key,
	money,
	owned,
	searchable,
	trash,
} from "../columns.ts";

export const leads = sqliteTable(
	"leads",
	{
		...searchable(),
		...owned(),
		...customizable(),
		number: integer().notNull(),
		name: caseless().notNull(),
		firstName: text(),
		lastName: text(),
		email: caseless(),
		mobile: text(),
		secondaryMobile: text(),
		title: text(),
		position: text(),
		company: text(),
		website: text(),
		twitter: text(),
		linkedin: text(),
		notes: text(),
		score: integer(),
		value: money(),
		currency: text(),
		expectedCloseDate: text(),
		sourceId: text(),
		stageId: text(),
		ownerId: text(),
		assigneeIds: json<string[]>().notNull(),
		tagIds: json<string[]>().notNull(),
		archived: flag().notNull(),
		convertedAt: instant(),
		convertedClientId: text(),
		convertedDealId: text(),
		...foldable(),
		nameKey: key("name", textKey),
		emailKey: key("email", emailKey),
		mobileKey: key("mobile", phoneKey),
	},
	(table) => [
		uniqueIndex("leads_id").on(table.organizationId, table.id),
		// A sort needs its whole index; a filter needs only the rows that have a value, and an index row is money.
		index("leads_updatedAt").on(table.organizationId, table.updatedAt, table.id),
		index("leads_name").on(table.organizationId, table.nameKey, table.id),
		index("leads_score").on(table.organizationId, table.score, table.id),
		index("leads_stageId").on(table.organizationId, table.stageId, table.id),
		index("leads_email")
			.on(table.organizationId, table.emailKey, table.id)
			.where(sql`"emailKey" IS NOT NULL`),
		index("leads_mobile")
			.on(table.organizationId, table.mobileKey, table.id)
			.where(sql`"mobileKey" IS NOT NULL`),
		index("leads_sourceId")
			.on(table.organizationId, table.sourceId, table.id)
			.where(sql`"sourceId" IS NOT NULL`),
		index("leads_ownerId")
			.on(table.organizationId, table.ownerId, table.id)
			.where(sql`"ownerId" IS NOT NULL`),
		index("leads_archived").on(table.organizationId, table.archived, table.id).where(sql`"archived" = 1`),
		trash("leads", table),
	],
);
