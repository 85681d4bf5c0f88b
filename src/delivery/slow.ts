// Slow webhooks. A queue delivers the next batch when the one before is done (locally), or adds consumers only gradually (on
// the platform), so a slow receiver delays all messages behind it. Slow webhooks therefore have a queue of their own.

import { write } from "../db/commit.ts";
import { webhooks } from "../db/schema/webhooks.ts";
import { type SQL, sql } from "../db/sql.ts";
import { isAmong } from "../db/tenant.ts";
import type { Env } from "../env.ts";
import { logFault } from "../log.ts";
import { webhooksQuery } from "../outbox/backlog.ts";
import type { ClaimedDelivery } from "./claimed.ts";

/**
 * An attempt that takes longer than this is late: it is as long as the consumer waits for a batch (consumer.ts), so it delays
 * the deliveries behind it. One late attempt doesn't make a webhook slow, because on a busy machine quick receivers are late
 * too. It takes two delayed batches within `DELAY_PENALTY_MS` without quick answers between them, or one attempt that hangs.
 */
export const SLOW_AFTER_MS = 1_000;
/** An attempt that takes longer than this hangs. Even a busy machine doesn't delay a quick receiver so much. */
const HANGS_AFTER_MS = 5_000;
/** How long a webhook stays slow after an attempt that hung; in this time it delays others by a second or two. */
const MAX_SLOW_MS = 300_000;
/** What a delayed batch adds to `slowUntil`. Longer than an attempt can take, whose own record is more exact. */
const DELAY_PENALTY_MS = 60_000;
/**
 * What a quick answer subtracts: three offset one delayed batch, fifteen an attempt that hung. A slow webhook with more than
 * one late answer in four stays slow.
 */
const QUICK_CREDIT_MS = 20_000;

/** Summarizes the durations (ms) of a webhook's attempts: whether one was late or hung, and the credit of the quick ones. */
export function slownessOf(durations: readonly number[]): { late: number; hung: number; quick: number } {
	const maxDurationMs = Math.max(...durations);
	return {
		late: Number(maxDurationMs >= SLOW_AFTER_MS),
		hung: Number(maxDurationMs >= HANGS_AFTER_MS),
		quick: QUICK_CREDIT_MS * durations.filter((duration) => duration < SLOW_AFTER_MS).length,
	};
}

/**
 * A webhook's new `slowUntil`, from the `slownessOf` fields in a JSON row `health`. Late attempts of a webhook that is not slow yet are
 * counted by `countDelay`.
 */
export function slowUntil(now: number): SQL {
	const latest = now + MAX_SLOW_MS;
	return sql`CASE WHEN health.value->>'hung' THEN ${latest}
		WHEN health.value->>'late' AND "slowUntil" > ${now} THEN min("slowUntil" + ${DELAY_PENALTY_MS}, ${latest})
		ELSE "slowUntil" END - (health.value->>'quick')`;
}

/** Whether `slowUntil` of a webhook means nothing any more, also to `countDelay`: the condition on its row. */
export const isQuick = (now: number): SQL => sql`coalesce("slowUntil", 0) <= ${now - DELAY_PENALTY_MS}`;

/** The same of a row that was read, and that attempts which took so long (ms) don't change it. */
export const staysQuick = (
	{ slowUntil: until }: Pick<typeof webhooks.$inferSelect, "slowUntil">,
	durations: readonly number[],
	now: number,
): boolean =>
	(until === null || Date.parse(until) <= now - DELAY_PENALTY_MS) && slownessOf(durations).hung === 0;

/**
 * Records that these deliveries delayed a batch, before their attempts end: their webhooks become slow if they delayed another
 * one shortly before. Best effort: the attempts' own records repeat it for those that hang.
 */
export async function countDelay(env: Env, underWay: readonly ClaimedDelivery[], now: number): Promise<void> {
	if (underWay.length === 0) return;
	const keys = underWay.map(({ organizationId, webhookId: id }) => ({ organizationId, id }));
	try {
		await write(env.DB, [
			sql`UPDATE ${webhooks} SET "slowUntil" = max(coalesce("slowUntil", 0), ${now - DELAY_PENALTY_MS}) + ${DELAY_PENALTY_MS}
				WHERE ${isAmong(webhooks, webhooksQuery(keys))}
					AND ("slowUntil" IS NULL OR "slowUntil" <= ${now})`,
		]);
	} catch (error) {
		logFault("slowness_not_marked", { deliveries: underWay.length }, error);
	}
}
