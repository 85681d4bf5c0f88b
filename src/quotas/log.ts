// The quota on the delivery log. Attempts are sampled for the organization's counter (quotas/sampling.ts); what a row was
// counted with stands in the row, and is taken off when that goes. No delivery is lost to it: beyond the quota an attempt is
// recorded without what makes it heavy.
import { type SQL, sql } from "drizzle-orm";
import { isCounter } from "../db/counters.ts";
import { counters } from "../db/schema/bookkeeping.ts";
import { attempts, deliveries } from "../db/schema/webhooks.ts";
import type { Operand } from "../db/tenant.ts";
import { limitOf, logCounted } from "./quotas.ts";
import { sampled } from "./sampling.ts";

const UNIT = 65_536;
/** Bytes of an attempt without its texts, its delivery's row and that one's place in an index. */
const BYTES_BESIDE = 500;

/** What an attempt of so many bytes of text is counted with. */
export const countedFor = (bytes: number): number => sampled(bytes + BYTES_BESIDE, UNIT);

/** Whether the log of an organization weighs as much as it may. */
export const isLogFull = (organizationId: Operand): SQL =>
	sql`${logCounted(organizationId)} >= ${limitOf(organizationId, "logBytes")}`;

/** Counts attempts of an organization that were just inserted; `keys` are their `deliveryId` and `number`. */
export const countAttempts = (organizationId: string, keys: readonly (readonly [string, number])[]): SQL =>
	sql`INSERT INTO ${counters} ("organizationId", "resource", "value")
		SELECT ${organizationId}, 'attempts', sum("counted") FROM ${attempts}
		WHERE ("deliveryId", "number") IN (SELECT value->>0, value->>1 FROM json_each(${JSON.stringify(keys)})) HAVING sum("counted") > 0
		ON CONFLICT DO UPDATE SET "value" = "value" + excluded."value"`;

/**
 * Uncounts the attempts of deliveries about to be removed; must stand before their removal.
 * @param gone a query for their `webhookId` and `id`
 */
export const uncountAttempts = (gone: SQL): SQL =>
	sql`UPDATE ${counters} SET "value" = max(0, "value" - counted."sum") FROM (
			SELECT delivery."organizationId", sum(attempt."counted") AS "sum" FROM (${gone}) AS gone
				CROSS JOIN ${deliveries} AS delivery ON delivery."webhookId" = gone."webhookId" AND delivery."id" = gone."id"
				CROSS JOIN ${attempts} AS attempt ON attempt."deliveryId" = gone."id"
			GROUP BY 1 HAVING sum(attempt."counted") > 0
		) AS counted
		WHERE ${isCounter("attempts", sql`counted."organizationId"`)}`;
