import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { emailKey } from "../../text/email.ts";
import { textKey } from "../../text/fold.ts";
import { caselessText, flag, foldedColumn, keyColumn, money, ownedColumns, rowidColumn } from "../columns.ts";
import { filteredBy, foundBy, keyed } from "../indexes.ts";

/** A name to sort by. */
const named = () => ({ name: caselessText().notNull(), ...foldedColumn({ name: textKey }) });

export const tags = sqliteTable(
	"tags",
	{ ...ownedColumns(), ...named(), color: text(), type: text() },
	(table) => keyed("tags", table, "nameKey"),
);

export const leadStages = sqliteTable(
	"lead_stages",
	{ ...ownedColumns(), ...named(), type: text().notNull(), position: integer().notNull() },
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
	{ ...ownedColumns(), ...named(), position: integer().notNull(), isActive: flag().notNull() },
	(table) => keyed("lead_sources", table, "nameKey", "position"),
);

export const users = sqliteTable(
	"users",
	{
		...ownedColumns(),
		...named(),
		email: caselessText().notNull(),
		emailKey: keyColumn("email", emailKey),
		isActive: flag().notNull(),
	},
	(table) => [...keyed("users", table, "nameKey"), ...foundBy("users", table, "email")],
);

export const products = sqliteTable(
	"products",
	{
		...rowidColumn(),
		...ownedColumns(),
		...named(),
		type: text({ enum: ["PRODUCT", "SERVICE"] }).notNull(),
		price: money().notNull(),
		currency: text(),
		sku: caselessText(),
		skuKey: keyColumn("sku", textKey),
		description: text(),
		buyPrice: money(),
		taxPercent: money(),
		isActive: flag().notNull(),
	},
	(table) => [...keyed("products", table, "name", "price"), ...filteredBy("products", table, "type", "sku")],
);
