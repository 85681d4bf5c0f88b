// Removes the oldest ended deliveries of organizations whose log is nearly full, before their retention is over. What waits, or
// is being sent, stays. The position in an organization's log, which is an id and so a time, is stored, so that no chunk reads
// again what the one before has left; at the end of the log it starts over.

import { CHUNK_ROWS, type Chore, hasTurn } from "../chore.ts";
import { batch, type RawRow } from "../db/client.ts";
import { write } from "../db/commit.ts";
import { isCounter } from "../db/counters.ts";
import { acceptsWrites } from "../db/moves.ts";
import { counters, LARGE_LOG_BYTES } from "../db/schema/bookkeeping.ts";
import { organizations } from "../db/schema/organizations.ts";
import { deliveries, webhooks } from "../db/schema/webhooks.ts";
import { sql } from "../db/sql.ts";
import { isOrganization, ownedBy } from "../db/tenant.ts";
import { hasLogReached, removeDeliveries } from "../quotas/log.ts";

/** How many webhooks' logs a chunk reads at most: those that begin first behind the position. */
const MAX_LOGS = 100;

/**
 * Organizations with overflowing logs that are in this database, and not about to leave it. Those with the standard limit are
 * found by the size of their logs; those with limits of their own, of which there may be many, in turn.
 */
const overflowing = (
	now: number,
) => sql`FROM (SELECT "organizationId" AS "id" FROM ${counters} INDEXED BY "counters_logs"
		WHERE "resource" = 'attempts' AND "value" >= ${sql.inline(sql`${LARGE_LOG_BYTES}`)}
		UNION SELECT organization."id" FROM ${organizations} AS organization INDEXED BY "organizations_limited"
			WHERE organization."quotas" IS NOT NULL AND ${hasTurn(now)}) AS candidate
		CROSS JOIN ${organizations} AS organization ON ${isOrganization("organization", sql`candidate."id"`)}
	WHERE ${acceptsWrites("organization")} AND ${hasLogReached(sql`organization."id"`, "overflowing")}`;

/**
 * The chore of full logs, for one sweep; each chunk is of one organization, in turn by chance. When the end of a log is reached,
 * what is left of it waits: the sweep goes on with the other organizations.
 */
export function overflowChore(now: number): Chore {
	const ended: string[] = [];
	return {
		name: "log_overflow",
		due: sql`SELECT 1 ${overflowing(now)}`,
		async run({ DB }) {
			const [rows = []] = await batch(DB, [oldestDeliveries(now, ended)]);
			const [first] = rows;
			if (!first) return false;
			const organizationId = String(first.organizationId);
			if (first.webhookId === null) ended.push(organizationId);
			await write(DB, removeEnded(organizationId, rows));
			return true;
		},
	};
}

/** The next chunk of the log of an organization that is not among these; one row without a delivery at its end. */
const oldestDeliveries = (
	now: number,
	ended: readonly string[],
) => sql`WITH owner AS MATERIALIZED (SELECT organization."id", coalesce((SELECT "upTo" FROM ${counters}
			WHERE ${isCounter("attempts", sql`organization."id"`)}), '') AS "after" ${overflowing(now)}
				AND organization."id" NOT IN (SELECT value FROM ${sql.each(ended)}) ORDER BY random() LIMIT 1),
		log AS MATERIALIZED (SELECT * FROM (SELECT webhook."id", (SELECT min("id") FROM ${deliveries} WHERE "webhookId" = webhook."id" AND "id" > owner."after") AS "first"
			FROM owner CROSS JOIN ${webhooks} AS webhook ON ${ownedBy("webhook", sql`owner."id"`)}) WHERE "first" IS NOT NULL ORDER BY "first" ${sql.limit(MAX_LOGS + 1)}),
		cut AS MATERIALIZED (SELECT (SELECT "first" FROM log ORDER BY "first" LIMIT 1 OFFSET ${MAX_LOGS}) AS "before"),
		next AS MATERIALIZED (SELECT log."id" AS "webhookId", item.value AS "id" FROM owner CROSS JOIN cut CROSS JOIN log CROSS JOIN json_each((SELECT json_group_array("id") FROM
				(SELECT "id" FROM ${deliveries} WHERE "webhookId" = log."id" AND "id" > owner."after" ORDER BY "id" ${sql.limit(CHUNK_ROWS)}))) AS item
			WHERE cut."before" IS NULL OR item.value < cut."before" ORDER BY item.value ${sql.limit(CHUNK_ROWS)})
	SELECT owner."id" AS "organizationId", next."webhookId", next."id" FROM owner LEFT JOIN next`;

/** Statements that remove those of the deliveries that have ended, and store the position. */
function removeEnded(organizationId: string, rows: readonly RawRow[]) {
	const keys = rows.map(({ webhookId, id }) => [webhookId, id]);
	const ended = sql`SELECT delivery."webhookId", delivery."id" FROM ${sql.each(keys)} AS listed
		CROSS JOIN ${deliveries} AS delivery ON delivery."webhookId" = listed.value->>0 AND delivery."id" = listed.value->>1 WHERE delivery."dueAt" IS NULL`;
	return [
		...removeDeliveries(ended),
		sql`INSERT INTO ${counters} ("organizationId", "resource", "value", "upTo") VALUES (${organizationId}, 'attempts', 0, ${rows.at(-1)?.id ?? null})
			ON CONFLICT DO UPDATE SET "upTo" = excluded."upTo"`,
	];
}
