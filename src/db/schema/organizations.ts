import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { json, versioned } from "../columns.ts";

/** `home` of an organization that is being imported: its rows are not all there, and nobody is let in. */
export const IMPORTING = -2;

/** `home` of an organization that is being removed: its keys are refused. */
export const REMOVING = -3;

export const organizations = sqliteTable(
	"organizations",
	{
		id: text().primaryKey(),
		name: text().notNull(),
		timezone: text().notNull(),
		currency: text().notNull(),
		...versioned(),
		/** The events the operator lets this organization subscribe to; null is all of them. */
		topics: json<string[]>(),
		/** The quotas that the operator has set for it, by name; the defaults are in quotas/quotas.ts. */
		quotas: json<Partial<Record<string, number>>>(),
		/** A unique small number, from 1, which the keys of its events begin with. A trigger sets it. */
		ordinal: integer().notNull().default(0),
		/** The shard that it has moved to; -1 while it is moving, `IMPORTING`, `REMOVING`, null while it is here. */
		home: integer(),
	},
	(table) => [
		uniqueIndex("organizations_ordinal").on(table.ordinal),
		index("organizations_limited").on(table.ordinal).where(sql`"quotas" IS NOT NULL`),
	],
);
