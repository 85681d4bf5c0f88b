import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { emailKey } from "../../text/email.ts";
import { textKey } from "../../text/fold.ts";
import { caseless, flag, foldable, key, money, owned, searchable } from "../columns.ts";
import { filteredBy, foundBy, keyed } from "../indexes.ts";

/** A name to sort by. */
const named = () => ({ name: caseless().notNull(), ...foldable({ name: textKey }) });

export const tags = sqliteTable("tags", { ...owned(), ...named(), color: text(), type: text() }, (table) =>
	keyed("tags", table, "nameKey"),
);

export const leadStages = sqliteTable(
	"lead_stages",
	{ ...owned(), ...named(), type: text().notNull(), position: integer().notNull() },
	(table) => [
		...keyed("lead_stages", table, "nameKey", "position"),
		// Every write of a lead asks which is the first of a type.
		index("lead_stages_first")
			.on(table.organizationId, table.type, table.position, table.id)
			.where(sql`"deletedAt" IS NULL`),
	],
);

export const leadSources = sqliteTable(
	"lead_sources",
	{ ...owned(), ...named(), position: integer().notNull(), isActive: flag().notNull() },
	(table) => keyed("lead_sources", table, "nameKey", "position"),
);

export const users = sqliteTable(
	"users",
	{
		...owned(),
		...named(),
		email: caseless().notNull(),
		emailKey: key("email", emailKey),
		isActive: flag().notNull(),
	},
	(table) => [...keyed("users", table, "nameKey"), ...foundBy("users", table, "email")],
);

export const products = sqliteTable(
	"products",
	{
		...searchable(),
		...owned(),
		...named(),
		type: text({ enum: ["PRODUCT", "SERVICE"] }).notNull(),
		price: money().notNull(),
		currency: text(),
		sku: caseless(),
		skuKey: key("sku", textKey),
		description: text(),
		buyPrice: money(),
		taxPercent: money(),
		isActive: flag().notNull(),
	},
	(table) => [...keyed("products", table, "name", "price"), ...filteredBy("products", table, "type", "sku")],
);
