import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { emailKey } from "../../text/email.ts";
import { textKey } from "../../text/fold.ts";
import { phoneKey } from "../../text/phone.ts";
import { caselessText, flag, foldedColumn, idList, instant, money, numbered } from "../columns.ts";
import { foundBy, keyed } from "../indexes.ts";

export const leads = sqliteTable(
	"leads",
	{
		...numbered(),
		name: caselessText().notNull(),
		firstName: text(),
		lastName: text(),
		email: caselessText(),
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
		assigneeIds: idList(),
		tagIds: idList(),
		archived: flag().notNull(),
		convertedAt: instant(),
		convertedClientId: text(),
		convertedDealId: text(),
		...foldedColumn({ name: textKey, email: emailKey, mobile: phoneKey }),
	},
	(table) => [
		...keyed("leads", table, "name", "score"),
		index("leads_stageId").on(table.organizationId, table.stageId, table.deletedAt, table.id),
		...foundBy("leads", table, "email", "mobile", "sourceId", "ownerId"),
		index("leads_archived").on(table.organizationId, table.archived, table.id).where(sql`"archived" = 1`),
	],
);
