// The quota on bytes of an organization's records, messages and events, computed from counters that exist anyway. A row of up
// to one block counts as half a block; a larger one counts as that and the blocks beyond its first. So ordinary writes need no
// extra counter, and every row counts as at least half its size. Triggers count the blocks beyond the first; they write only
// if a row's number of blocks changes (retention/weights.ts).
import { eventCount } from "../db/event-keys.ts";
import { counters } from "../db/schema/bookkeeping.ts";
import { type SQL, sql } from "../db/sql.ts";
import { type Operand, ownedBy } from "../db/tenant.ts";

/** The size of a block in bytes. */
export const BLOCK = { record: 4_096, message: 1_024, event: 2_048 } as const;

/**
 * A scalar: the bytes that an organization is counted with. Up to 99 records of a resource may be missing
 * (db/counts.ts, db/numbers.ts).
 */
export function countedBytes(organizationId: Operand): SQL {
	const each = sql`CASE "resource" WHEN 'answers' THEN 0 WHEN 'attempts' THEN 0 WHEN 'messages' THEN ${BLOCK.message / 2} ELSE ${BLOCK.record / 2} END`;
	return sql`((SELECT coalesce(sum("excess" + (coalesce("lastNumber", "value") - "removed") * ${each}), 0) FROM ${counters} WHERE ${ownedBy(counters, organizationId)})
		+ ${eventCount(organizationId)} * ${BLOCK.event / 2})`;
}
