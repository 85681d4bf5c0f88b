import { sql } from "drizzle-orm";
import { index, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { caselessText, flag, json, ownedColumns } from "../columns.ts";
import { keyed } from "../indexes.ts";

/** Definitions. Values are in the column `custom` of their row, by the definition's id, and in `links` for look-ups. */
export const customFields = sqliteTable(
	"custom_fields",
	{
		...ownedColumns(),
		entity: text().notNull(),
		label: caselessText().notNull(),
		key: text().notNull(),
		type: text().notNull(),
		options: json<string[]>().notNull(),
		required: flag().notNull(),
		unique: flag().notNull(),
		helpText: text(),
		/** After it was deleted or restored, the records that have a value get a new `updatedAt`: done up to this id, null when all are. */
		restampedTo: text(),
	},
	(table) => [
		...keyed("custom_fields", table),
		// Every read of a row with custom fields reads the live definitions, however many were deleted.
		index("custom_fields_live")
			.on(table.organizationId, table.entity, table.id)
			.where(sql`"deletedAt" IS NULL`),
		index("custom_fields_restamped").on(table.restampedTo).where(sql`"restampedTo" IS NOT NULL`),
	],
);
