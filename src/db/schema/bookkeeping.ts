// What is kept beside the rows of resources to answer for them: counts, links and the answers of Idempotency-Keys.
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

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
