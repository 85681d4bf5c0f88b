// What only an operator may do, directly on the database: organizations, their topics, quotas and first keys. The Worker has
// no endpoint for this, so none can be attacked.
import { databaseOf } from "./database.ts";
import { keysIn } from "./keys.ts";
import { organizationsIn } from "./organizations.ts";
import type { Execute } from "./query.ts";
import { sealedValuesIn } from "./sealed-values.ts";

export type Operator = ReturnType<typeof operator>;

/** The operator's functions on a database, that of the first shard by default. */
export function operator(execute: Execute, shard = 0) {
	const database = databaseOf(execute, shard);
	return { ...organizationsIn(database), ...keysIn(database), ...sealedValuesIn(database) };
}
