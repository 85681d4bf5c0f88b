import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { caseless, flag, instant, json, owned, sortedBy, trash } from "../columns.ts";

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

/** `deletedAt` is when the key was revoked. */
export const apiKeys = sqliteTable(
	"api_keys",
	{
		...owned(),
		name: caseless().notNull(),
		/** HMAC-SHA-256 of the key under the pepper `pepperId`, in hex: all that is kept of it. */
		hash: text().notNull(),
		pepperId: text().notNull(),
		keyPrefix: text().notNull(),
		scopes: json<string[]>().notNull(),
		envelope: flag().notNull(),
		lastUsedAt: instant(),
		expiresAt: instant(),
	},
	(table) => [
		primaryKey({ columns: [table.organizationId, table.id] }),
		uniqueIndex("api_keys_hash").on(table.hash),
		// Keys that are not revoked, by when they end: counting those in use reads no others.
		index("api_keys_live").on(table.organizationId, table.expiresAt).where(sql`"deletedAt" IS NULL`),
		sortedBy("api_keys_updatedAt", table, table.updatedAt),
		trash("api_keys", table),
	],
);

/** How many rows there are of a resource in an organization: db/counts.ts. */
export const counters = sqliteTable(
	"counters",
	{
		organizationId: text().notNull(),
		resource: text().notNull(),
		/** How many were ever made; of a numbered resource also the last `number` given out. */
		value: integer().notNull(),
		/** How many of those have been removed for good. */
		removed: integer().notNull().default(0),
		/** The newest `updatedAt` (ms) among those: no later stamp is older. Null while none was removed. */
		newestRemoved: integer(),
		/** Of a resource without numbers: rows with ids beyond this one are not in `value` yet. */
		upTo: text(),
		/** Bytes by which heavy rows weigh more than light ones (quotas/bytes.ts). */
		excess: integer().notNull().default(0),
	},
	(table) => [primaryKey({ columns: [table.organizationId, table.resource] })],
);

/** One row per id in a list field (`tagIds`, `assigneeIds`): what filters by it, and says who holds it. */
export const links = sqliteTable(
	"links",
	{
		organizationId: text().notNull(),
		/** The list it came from, e.g. `leads.tagIds`. */
		field: text().notNull(),
		toId: text().notNull(),
		fromId: text().notNull(),
	},
	(table) => [primaryKey({ columns: [table.organizationId, table.field, table.toId, table.fromId] })],
);

/** A claimed or finished Idempotency-Key. */
export const idempotencyKeys = sqliteTable(
	"idempotency_keys",
	{
		organizationId: text().notNull(),
		/** Who sent it, by the id of the API key or session, a blank, and the Idempotency-Key itself. */
		key: text().notNull(),
		/** SHA-256 over method, path and body, in hex. */
		fingerprint: text().notNull(),
		/** Who claimed it: the request's id. */
		claimedBy: text().notNull(),
		claimedAt: integer().notNull(),
		/** The answer as JSON (`status`, `headers`, `body`), sealed where it shows a secret; null while running. */
		answer: text(),
		/** The bytes it was counted with for the quota; not counted is 0. */
		counted: integer().notNull().default(0),
	},
	(table) => [
		primaryKey({ columns: [table.organizationId, table.key] }),
		index("idempotency_keys_claimedAt").on(table.claimedAt),
	],
);
