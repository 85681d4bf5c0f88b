// A database as the operator's functions use it.
import { and, eq, isNull, type SQL } from "drizzle-orm";
import { drizzle } from "drizzle-orm/sqlite-proxy";
import { organizations } from "../../src/db/schema/organizations.ts";
import { type Execute, queryWith } from "./query.ts";

export type OperatorDatabase = ReturnType<typeof databaseOf>;

/** The database of a shard, for queries of drizzle and of `src`. */
export const databaseOf = (execute: Execute, shard: number) => ({
	db: drizzle(async (statement, values) => ({ rows: await execute(statement, values) })),
	query: queryWith(execute),
	shard,
});

/** The condition that a row of `organizations` is this one, and that it accepts writes. */
export const organizationAcceptsWrites = (id: string | SQL) =>
	and(eq(organizations.id, id), isNull(organizations.home));

/** The Error for an id that no organization has. */
export const missing = (organizationId: string) => new Error(`There is no organization ${organizationId}.`);
