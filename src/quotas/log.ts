// The quota on the delivery log, in bytes. Deliveries and attempts are sampled for the organization's counter
// (quotas/sampling.ts); a row stores what it was counted with, and that is subtracted when the row is removed, of deliveries by
// triggers (migrations/0025_deliveries_counted.sql). The log never exceeds its quota by more than one write, and no delivery is
// lost: a delivery is counted with room for bare rows of all attempts that it may make; when the log is nearly full, its oldest
// ended deliveries are removed (retention/overflow.ts), then attempts are recorded as bare rows, and in the end creates and
// changes that cause deliveries are refused. What is always possible, such as a deletion, only records its event then: its
// deliveries are made when there is room (outbox/held.ts).
import { expect, type Statement } from "../db/commit.ts";
import { isCounter } from "../db/counters.ts";
import { counters } from "../db/schema/bookkeeping.ts";
import { attempts, deliveries } from "../db/schema/webhooks.ts";
import { type NumberOperand, type SQL, sql } from "../db/sql.ts";
import type { Operand } from "../db/tenant.ts";
import { type Env, sendingRules } from "../env.ts";
import { overQuota } from "./expectations.ts";
import { limitOf, logBytes } from "./quotas.ts";
import { sampleBytes, sampleRows, storedBytes } from "./sampling.ts";

/** Samples are this many bytes apart: of ordinary deliveries, one in 276 writes the counter. */
export const SAMPLE_BYTES = 262_144;
/** What a delivery takes at most: its row and its place in the index of those due. */
const DELIVERY_BYTES = 350;
/** What an attempt takes without its texts, which is what a bare row of it takes. */
const ATTEMPT_BYTES = 120;

/** The shares of the quota from which on old deliveries are removed, attempts are bare, and no delivery is added. */
const SHARES = { overflowing: 0.8, bare: 0.9, full: 1 } as const;

/** The condition that the delivery log of an organization has reached a share of its quota. */
export const hasLogReached = (organizationId: Operand, share: keyof typeof SHARES): SQL =>
	sql`${logBytes(organizationId)} >= ${SHARES[share]} * ${limitOf(organizationId, "logBytes")}`;

/** The bytes that an attempt with texts of this size is counted with: those beyond the bare row, which came with its delivery. */
export const countedFor = (textBytes: number): number =>
	sampleBytes(storedBytes(ATTEMPT_BYTES + textBytes) - ATTEMPT_BYTES, SAMPLE_BYTES);

/** The bytes that a scheduled run of a delivery may add to the log, at least. */
const scheduleBytes = (env: Env) => ATTEMPT_BYTES * sendingRules(env).delays.length;

/** What a new delivery takes at least, with what its scheduled run may add. */
export const deliveryBytes = (env: Env): number => DELIVERY_BYTES + scheduleBytes(env);

/**
 * The scalar to count a new delivery with.
 * @param place its number within the statement, from 1
 * @param bytes `deliveryBytes`
 * @param template its text or null
 * @param begin as in `sampleRows`
 */
export const countedForDelivery = (
	place: SQL,
	bytes: NumberOperand,
	template: SQL,
	begin: NumberOperand,
): SQL =>
	sampleRows(place, sql`(${bytes} + coalesce(length(CAST(${template} AS BLOB)), 0))`, SAMPLE_BYTES, begin);

const isLogFull = sql.prepared<[organizationId: string]>((organizationId) =>
	hasLogReached(organizationId, "full"),
);

/** Expects that the log is not full, if this condition is met: for a request that causes deliveries or further attempts. */
export const expectLogRoom = (organizationId: string, needsRoom = sql`true`): Statement =>
	expect(sql`NOT (${isLogFull(organizationId)} AND ${needsRoom})`, () => overQuota("logBytes"));

/** The bytes to count a delivery with for one more attempt that was requested. */
export const countedForRequest = (): number => sampleBytes(ATTEMPT_BYTES, SAMPLE_BYTES);

/** The scalar to count a delivery with for another run of its schedule; `place` as in `countedForDelivery`. */
export const countedForRun = (env: Env, place: SQL): SQL =>
	sampleRows(place, sql`${scheduleBytes(env)}`, SAMPLE_BYTES);

/** The statement that counts attempts that were just inserted; `keys` are their `deliveryId` and `number`. */
export const countAttempts = (organizationId: string, keys: readonly (readonly [string, number])[]): SQL =>
	sql`INSERT INTO ${counters} ("organizationId", "resource", "value")
		SELECT ${organizationId}, 'attempts', sum("counted") FROM ${attempts}
		WHERE ("deliveryId", "number") IN (SELECT value->>0, value->>1 FROM ${sql.each(keys)}) HAVING sum("counted") > 0
		ON CONFLICT DO UPDATE SET "value" = "value" + excluded."value"`;

/**
 * Statements that remove deliveries and their attempts from the log; the last one returns a row for each delivery.
 * @param gone a query for their `webhookId` and `id`
 */
export const removeDeliveries = (gone: SQL): SQL[] => [
	sql`UPDATE ${counters} SET "value" = max(0, "value" - counted."sum") FROM (
			SELECT delivery."organizationId", sum(attempt."counted") AS "sum" FROM (${gone}) AS gone
				CROSS JOIN ${deliveries} AS delivery ON delivery."webhookId" = gone."webhookId" AND delivery."id" = gone."id"
				CROSS JOIN ${attempts} AS attempt ON attempt."deliveryId" = gone."id"
			GROUP BY 1 HAVING sum(attempt."counted") > 0
		) AS counted
		WHERE ${isCounter("attempts", sql`counted."organizationId"`)}`,
	sql`DELETE FROM ${attempts} WHERE "deliveryId" IN (SELECT "id" FROM (${gone}))`,
	sql`DELETE FROM ${deliveries} WHERE ("webhookId", "id") IN (${gone}) RETURNING 1`,
];
