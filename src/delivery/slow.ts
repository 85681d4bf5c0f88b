// Slow webhooks. A queue hands a batch over when the one before it is done (on one machine), or adds consumers only by and
// by (on the platform), so whoever answers slowly holds up all that come after it. Those go through a queue of their own.
import { type SQL, sql } from "drizzle-orm";
import { batch } from "../db/client.ts";
import { webhooks } from "../db/schema/webhooks.ts";
import { among } from "../db/tenant.ts";
import type { Env } from "../env.ts";
import { fault } from "../log.ts";
import { hooksOf } from "../outbox/line.ts";
import type { Claimed } from "./claim.ts";

/**
 * An attempt that takes so long is late: as long as a batch is waited for (consumer.ts), for it holds up those behind it. Not
 * every late one makes a webhook slow: on a busy machine a quick receiver stumbles too, and would find itself among those that
 * hang. So it takes two batches held up within `STUMBLE_MS`, without quick answers between them, or one attempt that hangs.
 */
export const SLOW_AFTER_MS = 1_000;
/** Who takes so long hangs, or as good as. No machine is so busy that a quick receiver does. */
const HANGING_AFTER_MS = 5_000;
/** How long a webhook that hangs is slow: long enough that it costs the others a second or two in this time. */
const LONGEST_MEMORY_MS = 300_000;
/** What a batch held up adds to it. Longer than an attempt can take, whose record says more. */
const STUMBLE_MS = 60_000;
/**
 * What a quick answer takes away again: three make up for a stumble, fifteen for a hang. A slow webhook of which more than one
 * answer in four is late stays slow.
 */
const QUICK_MS = 20_000;

/** What attempts of one webhook that took so long (ms) say of it: whether one was late or hung, and what the quick ones take away. */
export function slowness(durations: readonly number[]): { late: number; hung: number; quick: number } {
	const longest = Math.max(...durations);
	return {
		late: Number(longest >= SLOW_AFTER_MS),
		hung: Number(longest >= HANGING_AFTER_MS),
		quick: QUICK_MS * durations.filter((duration) => duration < SLOW_AFTER_MS).length,
	};
}

/** A webhook's new `slowUntil` by the `slowness` in a row `health`. Late ones of a webhook not yet slow are counted by `countStumble`. */
export function slowUntil(now: number): SQL {
	const longest = now + LONGEST_MEMORY_MS;
	return sql`CASE WHEN health.value->>'hung' THEN ${longest}
		WHEN health.value->>'late' AND "slowUntil" > ${now} THEN min("slowUntil" + ${STUMBLE_MS}, ${longest})
		ELSE "slowUntil" END - (health.value->>'quick')`;
}

/**
 * Writes down that a batch was held up by these, before their attempts have ended: their webhooks are slow if that was so a
 * short while ago. Best effort: the records of those that hang say so too.
 */
export async function countStumble(env: Env, underWay: readonly Claimed[], now: number): Promise<void> {
	if (underWay.length === 0) return;
	const keys = underWay.map(({ organizationId, webhookId: id }) => ({ organizationId, id }));
	try {
		await batch(env.DB, [
			sql`UPDATE ${webhooks} SET "slowUntil" = max(coalesce("slowUntil", 0), ${now - STUMBLE_MS}) + ${STUMBLE_MS}
				WHERE ${among(webhooks, hooksOf(keys))}
					AND ("slowUntil" IS NULL OR "slowUntil" <= ${now})`,
		]);
	} catch (error) {
		fault("slowness_not_marked", { deliveries: underWay.length }, error);
	}
}
