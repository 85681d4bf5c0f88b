// What a database says of its own schema.

import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import { formerEvents } from "../../src/db/schema/events.ts";
import { refolds } from "../../src/db/schema/refolds.ts";
import { weighings } from "../../src/db/schema/weighings.ts";
import { type SQL, sql } from "../../src/db/sql.ts";
import type { Query } from "./query.ts";

/**
 * What has to be empty before rows are copied, because the sweeper still works on what a migration has left to it: to read rows,
 * all of them; to write rows, only the weighing, which would count them again.
 */
const UNFINISHED: Readonly<Record<"read" | "write", readonly SQLiteTable[]>> = {
	read: [weighings, refolds, formerEvents],
	write: [weighings],
};

/** The last migration of a database. Throws an Error in plain words while rows can't be read or written because of it. */
export async function lastMigration(query: Query, purpose: "read" | "write"): Promise<string> {
	const some = (table: SQLiteTable): SQL => sql`EXISTS (SELECT 1 FROM ${table})`;
	const [row] = await query(
		sql`SELECT (SELECT "name" FROM "d1_migrations" ORDER BY "id" DESC LIMIT 1), ${sql.join(UNFINISHED[purpose].map(some), sql` OR `)}`,
	);
	const [migration, isUnfinished] = row ?? [];
	if (isUnfinished === 1)
		throw new Error(
			"The sweeper still works on what the last upgrade has left to it (docs/operating.md, Upgrading). Try again in some minutes.",
		);
	return String(migration).replace(/\.sql$/, "");
}
