// The quota on bytes: what an organization's records, messages and events weigh together, from counters that are there anyway.
// A light one counts as half a block, whatever it weighs; what is heavier counts that and the blocks beyond its first.
// So an ordinary write moves nothing here, and nothing counts as less than half of what it weighs. The blocks beyond the first are
// kept by triggers, each of which writes only where a row's number of blocks changes (retention/weights.ts).
import { type SQL, sql } from "drizzle-orm";
import { counters } from "../db/schema/bookkeeping.ts";
import { type Operand, ownedBy } from "../db/tenant.ts";
import { baseOf, newestKey, oldestKey } from "../outbox/keys.ts";

/** Bytes of a block. */
export const BLOCK = { record: 4_096, message: 1_024, event: 2_048 } as const;

/**
 * A scalar: how many bytes an organization is counted with. Up to 99 records of a resource without numbers may be missing
 * (db/counts.ts). Numbers of events have no gaps, so the first and the last one say how many there are.
 */
export function bytesCounted(organizationId: Operand): SQL {
	const base = baseOf(organizationId);
	const each = sql`CASE "resource" WHEN 'answers' THEN 0 WHEN 'attempts' THEN 0 WHEN 'messages' THEN ${BLOCK.message / 2} ELSE ${BLOCK.record / 2} END`;
	return sql`((SELECT coalesce(sum("excess" + ("value" - "removed") * ${each}), 0) FROM ${counters} WHERE ${ownedBy(counters, organizationId)})
		+ coalesce(${newestKey(base)} - ${oldestKey(base)} + 1, 0) * ${BLOCK.event / 2})`;
}
