// Tables besides those of resources: counters, links, and the answers of Idempotency-Keys.
import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { counted } from "../columns.ts";

/** The bytes from which on an organization's delivery log is in an index of large ones; ordinary ones cost no index row. */
export const LARGE_LOG_BYTES = 100_000_000;

/** The number of rows of a resource in an organization: db/counts.ts. */
export const counters = sqliteTable(
	"counters",
	{
		organizationId: text().notNull(),
		resource: text().notNull(),
		/** How many were created; for a numbered resource, the last `number` that is reserved. */
		value: integer().notNull(),
		/** For a numbered resource: the last `number` up to the id `upTo` (numbers.ts). Null as long as it is `value`. */
		lastNumber: integer(),
		/** How many of those have been removed permanently. */
		removed: integer().notNull().default(0),
		/** The newest `updatedAt` (ms) of removed rows: later stamps are newer. Null if none was removed. */
		newestRemoved: integer(),
		/**
		 * For a resource: rows with greater ids are not counted in `value` or `lastNumber` yet. For the delivery log: up to this
		 * id, ended deliveries were removed before their time (retention/overflow.ts).
		 */
		upTo: text(),
		/** The bytes of large rows beyond their first block (quotas/bytes.ts). */
		excess: integer().notNull().default(0),
	},
	(table) => [
		index("counters_logs").on(table.value).where(sql`"resource" = 'attempts' AND "value" >= 100000000`),
		primaryKey({ columns: [table.organizationId, table.resource] }),
	],
);

/** One row per id in a list field (`tagIds`, `assigneeIds`), for filters and for finding references to a row. */
export const links = sqliteTable(
	"links",
	{
		organizationId: text().notNull(),
		/** The table and field of the list, e.g. `leads.tagIds`. */
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
		/** The id of the API key or session, a blank, and the Idempotency-Key. */
		key: text().notNull(),
		/** SHA-256 over method, path and body, in hex. */
		fingerprint: text().notNull(),
		/** Identifies the request that claimed it. */
		claimedBy: text().notNull(),
		claimedAt: integer().notNull(),
		/** The answer as JSON, encrypted if it shows a secret; null while the request is running. */
		answer: text(),
		counted: counted(),
	},
	(table) => [
		primaryKey({ columns: [table.organizationId, table.key] }),
		index("idempotency_keys_claimedAt").on(table.claimedAt),
	],
);
