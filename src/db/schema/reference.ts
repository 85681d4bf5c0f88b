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
import { caseless, flag, money, owned, searchable, sortedBy, trash } from "../columns.ts";

/** The keys of a reference list, which is sorted by these fields. */
const keyed =
	<Field extends string>(name: string, ...fields: Field[]) =>
	(table: Record<"organizationId" | "id" | "updatedAt" | "deletedAt" | Field, SQLiteColumn>) => [
		primaryKey({ columns: [table.organizationId, table.id] }),
		...(["updatedAt", ...fields] as const).map((field) => sortedBy(`${name}_${field}`, table, table[field])),
		trash(name, table),
	];

export const tags = sqliteTable(
	"tags",
	{ ...owned(), name: caseless().notNull(), color: text(), type: text() },
	keyed("tags", "name"),
);

export const leadStages = sqliteTable(
	"lead_stages",
	{ ...owned(), name: caseless().notNull(), type: text().notNull(), position: integer().notNull() },
	keyed("lead_stages", "name", "position"),
);

export const leadSources = sqliteTable(
	"lead_sources",
	{ ...owned(), name: caseless().notNull(), position: integer().notNull(), isActive: flag().notNull() },
	keyed("lead_sources", "name", "position"),
);

export const users = sqliteTable(
	"users",
	{ ...owned(), name: caseless().notNull(), email: caseless().notNull(), isActive: flag().notNull() },
	(table) => [
		...keyed("users", "name")(table),
		index("users_email").on(table.organizationId, table.email, table.id),
	],
);

export const products = sqliteTable(
	"products",
	{
		...searchable(),
		...owned(),
		name: caseless().notNull(),
		type: text({ enum: ["PRODUCT", "SERVICE"] }).notNull(),
		price: money().notNull(),
		currency: text(),
		sku: caseless(),
		description: text(),
		buyPrice: money(),
		taxPercent: money(),
		isActive: flag().notNull(),
	},
	(table) => [
		uniqueIndex("products_id").on(table.organizationId, table.id),
		index("products_updatedAt").on(table.organizationId, table.updatedAt, table.id),
		index("products_name").on(table.organizationId, table.name, table.id),
		index("products_price").on(table.organizationId, table.price, table.id),
		index("products_type").on(table.organizationId, table.type, table.id),
		index("products_sku").on(table.organizationId, table.sku, table.id).where(sql`"sku" IS NOT NULL`),
		trash("products", table),
	],
);
