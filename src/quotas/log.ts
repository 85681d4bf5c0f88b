// The quota on the delivery log. Attempts are sampled for the organization's counter (quotas/sampling.ts); a row stores what it
// was counted with, and that is subtracted when the row is removed. No delivery is lost: beyond the quota an attempt is recorded
// without its headers and body.
import { isCounter } from "../db/counters.ts";
import { counters } from "../db/schema/bookkeeping.ts";
import { attempts, deliveries } from "../db/schema/webhooks.ts";
import { type SQL, sql } from "../db/sql.ts";
import type { Operand } from "../db/tenant.ts";
import { limitOf, logBytes } from "./quotas.ts";
import { sampleBytes } from "./sampling.ts";

const SAMPLE_BYTES = 65_536;
/** Bytes of an attempt without its texts, including its delivery's row and index entry. */
const ROW_BYTES = 500;

/** The bytes that an attempt with texts of this size is counted with. */
export const countedFor = (bytes: number): number => sampleBytes(bytes + ROW_BYTES, SAMPLE_BYTES);

/** The condition that the delivery log of an organization has used up its quota. */
export const isLogFull = (organizationId: Operand): SQL =>
	sql`${logBytes(organizationId)} >= ${limitOf(organizationId, "logBytes")}`;

/** The statement that counts attempts that were just inserted; `keys` are their `deliveryId` and `number`. */
export const countAttempts = (organizationId: string, keys: readonly (readonly [string, number])[]): SQL =>
	sql`INSERT INTO ${counters} ("organizationId", "resource", "value")
		SELECT ${organizationId}, 'attempts', sum("counted") FROM ${attempts}
		WHERE ("deliveryId", "number") IN (SELECT value->>0, value->>1 FROM json_each(${JSON.stringify(keys)})) HAVING sum("counted") > 0
		ON CONFLICT DO UPDATE SET "value" = "value" + excluded."value"`;

/**
 * The statement that uncounts the attempts of deliveries that are about to be removed; must come before the removal.
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
