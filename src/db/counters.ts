// An organization's counters, by name. They move inside the batch, so a rolled-back write leaves them as they were. Those of
// the numbered resources give out `number` 1, 2, 3 … without gaps; slots.ts says how it gets into what shows it.
import { type SQL, sql } from "drizzle-orm";
import { counters } from "./schema/bookkeeping.ts";
import { type Operand, ownedBy } from "./tenant.ts";

/** The condition that a row is this counter. `of` is `counters`, or what the query calls it. */
export const isCounter = (
	name: string,
	organizationId: Operand,
	of: typeof counters | string = counters,
): SQL => sql`${ownedBy(of, organizationId)} AND "resource" = ${name}`;

/** A scalar: what a counter stands at; 0 before it was ever moved. */
export const counterValue = (name: string, organizationId: Operand): SQL =>
	sql`coalesce((SELECT "value" FROM ${counters} WHERE ${isCounter(name, organizationId)}), 0)`;

/** The query that moves a counter on by `count`; must stand in the batch before what reads it. */
export const addToCounter = (name: string, organizationId: string, count: number): SQL =>
	sql`INSERT INTO ${counters} ("organizationId", "resource", "value") VALUES (${organizationId}, ${name}, ${count})
		ON CONFLICT DO UPDATE SET "value" = "value" + excluded."value"`;
