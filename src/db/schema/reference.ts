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
import { caseless, flag, money, owned, searchable, trash } from "../columns.ts";

/** The key of a table small enough to need no other index. */
const keyed = (name: string) => (table: Record<"organizationId" | "id" | "deletedAt", SQLiteColumn>) => [
	primaryKey({ columns: [table.organizationId, table.id] }),
	trash(name, table),
];

export const tags = sqliteTable(
	"tags",
	{ ...owned(), name: caseless().notNull(), color: text(), type: text() },
	keyed("tags"),
);

export const leadStages = sqliteTable(
	"lead_stages",
	{ ...owned(), name: caseless().notNull(), type: text().notNull(), position: integer().notNull() },
	keyed("lead_stages"),
);

export const leadSources = sqliteTable(
	"lead_sources",
	{ ...owned(), name: caseless().notNull(), position: integer().notNull(), isActive: flag().notNull() },
	keyed("lead_sources"),
);

export const users = sqliteTable(
	"users",
	{ ...owned(), name: caseless().notNull(), email: caseless().notNull(), isActive: flag().notNull() },
	(table) => [
		primaryKey({ columns: [table.organizationId, table.id] }),
		index("users_email").on(table.organizationId, table.email, table.id),
		trash("users", table),
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
