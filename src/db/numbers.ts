// `number` counts 1, 2, 3 … per organization and resource. It is given out inside the batch, so concurrent creates
// leave no gaps and a rolled-back one uses none up; slots.ts says how it gets into what shows it.
import { type SQL, sql } from "drizzle-orm";
import type { Statement } from "./commit.ts";
import { counters } from "./schema/organizations.ts";

/** Moves a counter on by `count`; must stand in the batch before anything that reads the numbers. */
export function takeNumbers(organizationId: string, counter: string, count: number): Statement {
	return {
		query: sql`INSERT INTO ${counters} ("organizationId", "resource", "value") VALUES (${organizationId}, ${counter}, ${count})
			ON CONFLICT DO UPDATE SET "value" = "value" + excluded."value"`,
	};
}

/** The number that lies `fromLast` before the counter's value. */
export function numberAt(organizationId: string, counter: string, fromLast: SQL): SQL {
	return sql`((SELECT "value" FROM ${counters} WHERE "organizationId" = ${organizationId} AND "resource" = ${counter}) - ${fromLast})`;
}
