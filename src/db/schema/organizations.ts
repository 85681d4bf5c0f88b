import { integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { instant, json } from "../columns.ts";

export const organizations = sqliteTable(
	"organizations",
	{
		id: text().primaryKey(),
		name: text().notNull(),
		timezone: text().notNull(),
		currency: text().notNull(),
		version: integer().notNull(),
		createdAt: instant().notNull(),
		updatedAt: instant().notNull(),
		/** The events the operator lets this organization subscribe to; null is all of them. */
		topics: json<string[]>(),
		/** The quotas the operator has set for it, by name; what isn't named is as quotas/quotas.ts has it. */
		quotas: json<Partial<Record<string, number>>>(),
		/** A small number of its own, from 1, which the keys of its events begin with. A trigger gives it. */
		ordinal: integer().notNull().default(0),
		/** The shard that it has moved to; -1 while it is moving, null while it is here. */
		home: integer(),
	},
	(table) => [uniqueIndex("organizations_ordinal").on(table.ordinal)],
);
