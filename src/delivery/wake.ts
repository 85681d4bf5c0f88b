// Wake-ups: telling the queue that deliveries are due. Never relied on; the rows are swept every minute.
import { sql } from "drizzle-orm";
import { batch } from "../db/client.ts";
import { deliveries } from "../db/schema/webhooks.ts";
import type { Env, WakeUp } from "../env.ts";
import { fault } from "../log.ts";

/** The platform's limit of `sendBatch`. */
const MOST_PER_SEND = 100;
const PATIENCE_MS = 2_000;

/**
 * Sends wake-ups, each batch of them for up to two seconds.
 * @returns whether the queue took them all; a refusal is only logged
 */
export async function wakeUp(env: Env, wakeUps: readonly WakeUp[]): Promise<boolean> {
	try {
		for (let start = 0; start < wakeUps.length; start += MOST_PER_SEND) {
			const messages = wakeUps
				.slice(start, start + MOST_PER_SEND)
				.map(({ webhookId, deliveryId, delaySeconds = 0 }) => ({
					body: { webhookId, deliveryId },
					delaySeconds,
				}));
			await withinPatience(env.DELIVERIES.sendBatch(messages));
		}
		return true;
	} catch (error) {
		fault("queue_refused", { deliveries: wakeUps.length }, error);
		await clearMarks(env, wakeUps);
		return false;
	}
}

/** Without a mark a due delivery is in the next sweep; with it, a minute later. So that is all that a failure here costs. */
async function clearMarks(env: Env, refused: readonly WakeUp[]): Promise<void> {
	const keys = JSON.stringify(refused.map(({ webhookId, deliveryId }) => [webhookId, deliveryId]));
	try {
		await batch(env.DB, [
			sql`UPDATE ${deliveries} SET "leaseUntil" = NULL WHERE "lease" IS NULL
				AND ("webhookId", "id") IN (SELECT value->>0, value->>1 FROM json_each(${keys}))`,
		]);
	} catch (error) {
		fault("marks_kept", { deliveries: refused.length }, error);
	}
}

/** A send has been seen to hang for a minute before it failed. */
async function withinPatience(sending: Promise<unknown>): Promise<void> {
	let timer = 0;
	const late = new Promise<never>((_, reject) => {
		timer = setTimeout(() => reject(new Error("The queue did not answer in time")), PATIENCE_MS);
	});
	try {
		await Promise.race([sending, late]);
	} finally {
		clearTimeout(timer);
	}
}
