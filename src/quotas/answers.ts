// The quota on answers kept for an Idempotency-Key. A large one is counted when it is kept, of the small ones a sample: so the
// counter is near enough, and few of the writes that bring a key write it. What a row was counted with stands in the row, and
// is taken off when that goes.
import { type SQL, sql } from "drizzle-orm";
import { expect, type Statement } from "../db/commit.ts";
import { addToCounter, isCounter } from "../db/counters.ts";
import { counters, idempotencyKeys } from "../db/schema/bookkeeping.ts";
import { among } from "../db/tenant.ts";
import { overQuota } from "./expectations.ts";
import { answersCounted, limitOf } from "./quotas.ts";
import { sampled } from "./sampling.ts";

const UNIT = 16_384;
/** Bytes of a row without its answer: key, fingerprint, claim and index. */
const BYTES_BESIDE = 500;

/** What an answer of so many bytes is counted with. */
export const countedFor = (bytes: number): number => sampled(bytes + BYTES_BESIDE, UNIT);

/** Counts an answer that is about to be kept. Refuses it when the organization's answers weigh as much as they may. */
export function countAnswer(organizationId: string, counted: number): Statement[] {
	const most = limitOf(organizationId, "idempotencyBytes");
	return [
		expect(sql`${answersCounted(organizationId)} + ${counted} <= ${most}`, () =>
			overQuota("idempotencyBytes"),
		),
		...(counted === 0 ? [] : [{ query: addToCounter("answers", organizationId, counted) }]),
	];
}

/**
 * What uncounts kept answers about to be removed; must stand before their removal.
 * @param gone a query for their `organizationId` and `key`
 */
export function uncountAnswers(gone: SQL): SQL {
	return sql`UPDATE ${counters} SET "value" = "value" - counted."sum" FROM (
			SELECT "organizationId", sum("counted") AS "sum" FROM ${idempotencyKeys}
			WHERE ${among(idempotencyKeys, gone, "key")} GROUP BY 1 HAVING sum("counted") > 0
		) AS counted
		WHERE ${isCounter("answers", sql`counted."organizationId"`)}`;
}
