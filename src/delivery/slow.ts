// Slow webhooks. A queue hands a batch over when the one before it is done (on one machine), or adds consumers only by and
// by (on the platform), so whoever answers slowly holds up all that come after it. Those go through a queue of their own.
import { sql } from "drizzle-orm";
import { batch } from "../db/client.ts";
import { webhooks } from "../db/schema/webhooks.ts";
import type { Env } from "../env.ts";
import { fault } from "../log.ts";
import type { Claimed } from "./claim.ts";

/**
 * An answer or a time-out that took so long makes a webhook slow. As long as a batch is waited for (consumer.ts), and not less:
 * a quick receiver that once stumbles would find itself behind those that hang.
 */
export const SLOW_AFTER_MS = 1_000;
/**
 * For how long. Long enough that a receiver which hangs costs the others one batch in it, short enough that one which has got
 * well is soon among the quick again.
 */
export const SLOW_MEMORY_MS = 300_000;

/** Writes down that webhooks are slow before their attempts have ended. Best effort: the records of those say it again. */
export async function markSlow(env: Env, underWay: readonly Claimed[], now: number): Promise<void> {
	if (underWay.length === 0) return;
	const keys = JSON.stringify(underWay.map(({ organizationId, webhookId }) => [organizationId, webhookId]));
	try {
		await batch(env.DB, [
			sql`UPDATE ${webhooks} SET "slowUntil" = ${now + SLOW_MEMORY_MS}
				WHERE ("organizationId", "id") IN (SELECT value->>0, value->>1 FROM json_each(${keys}))
					AND ("slowUntil" IS NULL OR "slowUntil" <= ${now})`,
		]);
	} catch (error) {
		fault("slowness_not_marked", { deliveries: underWay.length }, error);
	}
}
