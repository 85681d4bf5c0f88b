import { primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { caseless, flag, json, owned } from "../columns.ts";

/** Definitions. Values stand in their row's `custom` column under the definition's id, and in `links` to be found by. */
export const customFields = sqliteTable(
	"custom_fields",
	{
		...owned(),
		entity: text().notNull(),
		label: caseless().notNull(),
		key: text().notNull(),
		type: text().notNull(),
		options: json<string[]>().notNull(),
		required: flag().notNull(),
		unique: flag().notNull(),
		helpText: text(),
	},
	(table) => [primaryKey({ columns: [table.organizationId, table.id] })],
);
