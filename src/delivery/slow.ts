// Slow webhooks. A queue delivers the next batch when the one before is done (locally), or adds consumers only gradually (on
// the platform), so a slow receiver delays all messages behind it. Slow webhooks therefore have a queue of their own.

import { type SQL, sql } from "drizzle-orm";
import { write } from "../db/commit.ts";
import { webhooks } from "../db/schema/webhooks.ts";
import { among } from "../db/tenant.ts";
import type { Env } from "../env.ts";
import { fault } from "../log.ts";
import { hooksOf } from "../outbox/line.ts";
import type { Claimed } from "./claim.ts";

/**
 * An attempt that takes longer than this is late: it is as long as the consumer waits for a batch (consumer.ts), so it delays
 * the deliveries behind it. One late attempt doesn't make a webhook slow, because on a busy machine quick receivers are late
 * too. It takes two delayed batches within `DELAY_PENALTY_MS` without quick answers between them, or one attempt that hangs.
 */
export const SLOW_AFTER_MS = 1_000;
/** An attempt that takes longer than this hangs. Even a busy machine doesn't delay a quick receiver so much. */
const HANGING_AFTER_MS = 5_000;
/** How long a webhook stays slow after an attempt that hung; in this time it delays others by a second or two. */
const LONGEST_MEMORY_MS = 300_000;
/** What a delayed batch adds to `slowUntil`. Longer than an attempt can take, whose own record is more exact. */
const STUMBLE_MS = 60_000;
/**
 * What a quick answer subtracts: three offset one delayed batch, fifteen an attempt that hung. A slow webhook with more than
 * one late answer in four stays slow.
 */
const QUICK_MS = 20_000;

/** Summarizes the durations (ms) of a webhook's attempts: whether one was late or hung, and the credit of the quick ones. */
export function slowness(durations: readonly number[]): { late: number; hung: number; quick: number } {
	const longest = Math.max(...durations);
	return {
		late: Number(longest >= SLOW_AFTER_MS),
		hung: Number(longest >= HANGING_AFTER_MS),
		quick: QUICK_MS * durations.filter((duration) => duration < SLOW_AFTER_MS).length,
	};
}

/**
 * A webhook's new `slowUntil`, from the `slowness` in a JSON row `health`. Late attempts of a webhook that is not slow yet are
 * counted by `countDelay`.
 */
export function slowUntil(now: number): SQL {
	const longest = now + LONGEST_MEMORY_MS;
	return sql`CASE WHEN health.value->>'hung' THEN ${longest}
		WHEN health.value->>'late' AND "slowUntil" > ${now} THEN min("slowUntil" + ${STUMBLE_MS}, ${longest})
		ELSE "slowUntil" END - (health.value->>'quick')`;
}

/**
 * Records that these deliveries delayed a batch, before their attempts end: their webhooks become slow if they delayed another
 * one shortly before. Best effort: the attempts' own records repeat it for those that hang.
 */
export async function countStumble(env: Env, underWay: readonly Claimed[], now: number): Promise<void> {
	if (underWay.length === 0) return;
	const keys = underWay.map(({ organizationId, webhookId: id }) => ({ organizationId, id }));
	try {
		await write(env.DB, [
			sql`UPDATE ${webhooks} SET "slowUntil" = max(coalesce("slowUntil", 0), ${now - STUMBLE_MS}) + ${STUMBLE_MS}
				WHERE ${among(webhooks, hooksOf(keys))}
					AND ("slowUntil" IS NULL OR "slowUntil" <= ${now})`,
		]);
	} catch (error) {
		fault("slowness_not_marked", { deliveries: underWay.length }, error);
	}
}
