// The quota on answers stored for an Idempotency-Key. Each large answer is counted, small ones are sampled: so the counter is
// accurate enough, and few of the requests with a key write it. A row stores what it was counted with; that is subtracted when
// the row is removed.
import { expect, type Statement } from "../db/commit.ts";
import { addToCounter, isCounter } from "../db/counters.ts";
import { counters, idempotencyKeys } from "../db/schema/bookkeeping.ts";
import { type SQL, sql } from "../db/sql.ts";
import { isAmong } from "../db/tenant.ts";
import { overQuota } from "./expectations.ts";
import { answerBytes, limitOf } from "./quotas.ts";
import { sampleBytes, storedBytes } from "./sampling.ts";

const SAMPLE_BYTES = 16_384;
/** Bytes of a row without its key and its answer, and of its place in the index without the key. */
const ROW_BYTES = 160;
const INDEX_BYTES = 60;

/** The bytes that an answer of this size is counted with; `keyBytes` are those of the stored key. */
export const countedFor = (bytes: number, keyBytes: number): number =>
	sampleBytes(storedBytes(ROW_BYTES + keyBytes + bytes) + storedBytes(INDEX_BYTES + keyBytes), SAMPLE_BYTES);

/** Statements that count an answer that is about to be stored, and refuse it if the quota is used up. */
export function countAnswer(organizationId: string, counted: number): Statement[] {
	const limit = limitOf(organizationId, "idempotencyBytes");
	return [
		expect(sql`${answerBytes(organizationId)} + ${counted} <= ${limit}`, () => overQuota("idempotencyBytes")),
		...(counted === 0 ? [] : [addToCounter("answers", organizationId, counted)]),
	];
}

/**
 * The statement that uncounts answers that are about to be removed; must come before the removal.
 * @param gone a query for their `organizationId` and `key`
 */
export function uncountAnswers(gone: SQL): SQL {
	return sql`UPDATE ${counters} SET "value" = "value" - counted."sum" FROM (
			SELECT "organizationId", sum("counted") AS "sum" FROM ${idempotencyKeys}
			WHERE ${isAmong(idempotencyKeys, gone, "key")} GROUP BY 1 HAVING sum("counted") > 0
		) AS counted
		WHERE ${isCounter("answers", sql`counted."organizationId"`)}`;
}
