import { sql } from "drizzle-orm";
import { integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { caseless, flag, owned } from "../columns.ts";

export const tags = sqliteTable(
	"tags",
	{ ...owned(), name: caseless().notNull(), color: text(), type: text() },
	(table) => [primaryKey({ columns: [table.organizationId, table.id] })],
);

export const leadStages = sqliteTable(
	"lead_stages",
	{ ...owned(), name: caseless().notNull(), type: text().notNull(), position: integer().notNull() },
	(table) => [primaryKey({ columns: [table.organizationId, table.id] })],
);

export const leadSources = sqliteTable(
	"lead_sources",
	{ ...owned(), name: caseless().notNull(), position: integer().notNull(), isActive: flag().notNull() },
	(table) => [primaryKey({ columns: [table.organizationId, table.id] })],
);

export const users = sqliteTable(
	"users",
	{ ...owned(), name: caseless().notNull(), email: caseless().notNull(), isActive: flag().notNull() },
	(table) => [
		primaryKey({ columns: [table.organizationId, table.id] }),
		uniqueIndex("users_email").on(table.organizationId, table.email).where(sql`"deletedAt" IS NULL`),
	],
);
