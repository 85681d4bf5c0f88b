// `number` counts 1, 2, 3 … per organization and resource. It is given out inside the batch, so concurrent creates
// leave no gaps and a rolled-back one uses none up; whoever needs it before that keeps a slot for it.
import { type SQL, sql } from "drizzle-orm";
import type { Statement } from "./commit.ts";
import { counters } from "./schema/organizations.ts";

/** A number still to come: `path` says where it belongs, `fromLast` how far before the counter's new value it is. */
export interface NumberSlot {
	readonly path: string;
	readonly counter: string;
	readonly fromLast: number;
}

/** Moves a counter on by `count`; must stand in the batch before anything that reads the numbers. */
export function takeNumbers(organizationId: string, counter: string, count: number): Statement {
	return {
		query: sql`INSERT INTO ${counters} ("organizationId", "resource", "value") VALUES (${organizationId}, ${counter}, ${count})
			ON CONFLICT DO UPDATE SET "value" = "value" + excluded."value"`,
	};
}

/** The number that lies `fromLast` before the counter's value. */
export function numberAt(organizationId: string, counter: SQL | string, fromLast: SQL | number): SQL {
	return sql`((SELECT "value" FROM ${counters} WHERE "organizationId" = ${organizationId} AND "resource" = ${counter}) - ${fromLast})`;
}

/** JSON text with its slots filled in. */
export function withNumbers(text: SQL, organizationId: string, slots: readonly NumberSlot[]): SQL {
	return slots.reduce(
		(inner, slot) =>
			sql`json_replace(${inner}, ${slot.path}, ${numberAt(organizationId, slot.counter, slot.fromLast)})`,
		text,
	);
}
