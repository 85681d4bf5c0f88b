import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { textKey } from "../../text/fold.ts";
import { caselessText, flag, foldedColumn, instant, json, ownedColumns } from "../columns.ts";
import { filteredBy, keyed } from "../indexes.ts";

export interface FormField {
	/** The key of its answer. */
	readonly key: string;
	readonly label: string;
	readonly type: string;
	readonly required: boolean;
	readonly options: string[];
	/** The field of a lead that gets its answer. */
	readonly mapTo: string | null;
}

export interface FormSource {
	readonly pageUrl: string | null;
	readonly referrer: string | null;
	readonly userAgent: string | null;
}

/** How the lead of a person is found who has answered before. */
export const MATCH_BY = ["none", "email"] as const;

export const forms = sqliteTable(
	"forms",
	{
		...ownedColumns(),
		title: caselessText().notNull(),
		description: text(),
		fields: json<readonly FormField[]>().notNull(),
		isActive: flag().notNull(),
		submissionCount: integer().notNull(),
		/** Whether it can be answered without a key: public-forms/. */
		isPublic: flag().notNull().default(false),
		/** The origins whose pages may send answers; all, if there are none. */
		allowedOrigins: json<readonly string[]>().notNull().default([]),
		redirectUrl: text(),
		matchBy: text({ enum: MATCH_BY }).notNull().default("none"),
		turnstileSiteKey: text(),
		/** Encrypted; set exactly if the site key is. */
		turnstileSecret: text(),
		...foldedColumn({ title: textKey }),
	},
	(table) => [
		...keyed("forms", table, "title"),
		// A visitor's request names a form and no organization.
		index("forms_id").on(table.id),
	],
);

/** The answers to forms. Never changed; its form and its lead can be deleted. */
export const formResponses = sqliteTable(
	"form_responses",
	{
		...ownedColumns(),
		formId: text().notNull(),
		answers: json<Readonly<Record<string, unknown>>>().notNull(),
		source: json<FormSource>(),
		leadId: text(),
		submittedAt: instant().notNull(),
	},
	(table) => [
		...keyed("form_responses", table),
		...filteredBy("form_responses", table, "formId"),
		// Those of people who answered again: their lead is older (erasure/mentions.ts). Those with a lead of their own need no row.
		index("form_responses_lead")
			.on(table.organizationId, table.leadId, table.id)
			.where(sql`substr("leadId", 4, 10) <> substr("id", 5, 10)`),
	],
);
