// An organization's counters, by name. They change inside the batch, so a write that rolls back leaves them unchanged.
// Those of resources are in counts.ts and numbers.ts.
import { counters } from "./schema/bookkeeping.ts";
import { type SQL, sql } from "./sql.ts";
import { type Operand, ownedBy } from "./tenant.ts";

/** The condition that a row is this counter. `of` is `counters` or its alias in the query. */
export const isCounter = (
	name: string | SQL,
	organizationId: Operand,
	of: typeof counters | string = counters,
): SQL => sql`${ownedBy(of, organizationId)} AND "resource" = ${name}`;

/** A scalar: a counter's value; 0 if it has no row. */
export const counterValue = (name: string, organizationId: Operand): SQL =>
	sql`coalesce((SELECT "value" FROM ${counters} WHERE ${isCounter(name, organizationId)}), 0)`;

/** The statement that adds `count` to a counter; in the batch it must come before the statements that read it. */
export const addToCounter = sql.prepared<[name: string, organizationId: string, count: number]>(
	(name, organizationId, count) =>
		sql`INSERT INTO ${counters} ("organizationId", "resource", "value") VALUES (${organizationId}, ${name}, ${count})
			ON CONFLICT DO UPDATE SET "value" = "value" + excluded."value"`,
);
