import { sql } from "drizzle-orm";
import { index, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { caselessText, flag, instant, json, ownedColumns } from "../columns.ts";
import { keyed } from "../indexes.ts";

/** `deletedAt` is when the key was revoked. */
export const apiKeys = sqliteTable(
	"api_keys",
	{
		...ownedColumns(),
		name: caselessText().notNull(),
		/** HMAC-SHA-256 of the key under the pepper `pepperId`, in hex; the key itself is not stored. */
		hash: text().notNull(),
		pepperId: text().notNull(),
		keyPrefix: text().notNull(),
		scopes: json<string[]>().notNull(),
		envelope: flag().notNull(),
		/** Where its reads go: to the primary database, or to the nearest copy that has what the key has seen. */
		reads: text({ enum: ["primary", "nearest"] })
			.notNull()
			.default("primary"),
		lastUsedAt: instant(),
		expiresAt: instant(),
	},
	(table) => [
		...keyed("api_keys", table),
		uniqueIndex("api_keys_hash").on(table.hash),
		// Keys that are not revoked, by expiry: the count of keys in use reads no others.
		index("api_keys_live").on(table.organizationId, table.expiresAt).where(sql`"deletedAt" IS NULL`),
		// Whether an organization has any that read from copies: its webhooks' receivers may.
		index("api_keys_nearest")
			.on(table.organizationId)
			.where(sql`"reads" = 'nearest' AND "deletedAt" IS NULL`),
	],
);
