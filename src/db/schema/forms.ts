import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
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

export const forms = sqliteTable(
	"forms",
	{
		...ownedColumns(),
		title: caselessText().notNull(),
		description: text(),
		fields: json<readonly FormField[]>().notNull(),
		isActive: flag().notNull(),
		submissionCount: integer().notNull(),
		...foldedColumn({ title: textKey }),
	},
	(table) => [...keyed("forms", table, "title")],
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
	(table) => [...keyed("form_responses", table), ...filteredBy("form_responses", table, "formId")],
);
