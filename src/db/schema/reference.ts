import { sql } from "drizzle-orm";
import {
	index,
	integer,
	primaryKey,
	type SQLiteColumn,
	sqliteTable,
	text,
	uniqueIndex,
} from "drizzle-orm/sqlite-core";
import { emailKey } from "../../text/email.ts";
import { textKey } from "../../text/fold.ts";
import {
	caseless,
	flag,
	foldable,
	foundBy,
	key,
	money,
	owned,
	searchable,
	sortedBy,
	trash,
} from "../columns.ts";

/** The columns of a name that lists are sorted by. */
const named = () => ({ name: caseless().notNull(), ...foldable(), nameKey: key("name", textKey) });

/** The indexes of a reference list that can be sorted by these fields. */
const indexes =
	<Field extends string>(name: string, ...fields: Field[]) =>
	(table: Record<"organizationId" | "id" | "updatedAt" | "deletedAt" | Field, SQLiteColumn>) => [
		primaryKey({ columns: [table.organizationId, table.id] }),
		...(["updatedAt", ...fields] as const).map((field) => sortedBy(`${name}_${field}`, table, table[field])),
		trash(name, table),
	];

export const tags = sqliteTable(
	"tags",
	{ ...owned(), ...named(), color: text(), type: text() },
	indexes("tags", "nameKey"),
);

export const leadStages = sqliteTable(
	"lead_stages",
	{ ...owned(), ...named(), type: text().notNull(), position: integer().notNull() },
	(table) => [
		...indexes("lead_stages", "nameKey", "position")(table),
		// Every write of a lead reads the first stage of a type.
		index("lead_stages_first")
			.on(table.organizationId, table.type, table.position, table.id)
			.where(sql`"deletedAt" IS NULL`),
	],
);

export const leadSources = sqliteTable(
	"lead_sources",
	{ ...owned(), ...named(), position: integer().notNull(), isActive: flag().notNull() },
	indexes("lead_sources", "nameKey", "position"),
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
	(table) => [...indexes("users", "nameKey")(table), foundBy("users_email", table, table.emailKey)],
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
	(table) => [
		uniqueIndex("products_id").on(table.organizationId, table.id),
		index("products_updatedAt").on(table.organizationId, table.updatedAt, table.id),
		index("products_name").on(table.organizationId, table.nameKey, table.id),
		index("products_price").on(table.organizationId, table.price, table.id),
		index("products_type").on(table.organizationId, table.type, table.id),
		index("products_sku").on(table.organizationId, table.skuKey, table.id).where(sql`"skuKey" IS NOT NULL`),
		trash("products", table),
	],
);
