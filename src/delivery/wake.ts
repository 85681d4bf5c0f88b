// Wake-ups: telling the queue that deliveries are due. Never relied on; the rows are swept every minute.
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
		return false;
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
