// Limits the concurrent sends of one invocation and shares them fairly, so that a receiver that hangs doesn't block the
// deliveries of others. The window of a webhook (outbox/backlog.ts) limits its sends across all invocations.

/** The platform allows six open connections per invocation; one is left for D1 and the queues. */
export const LANE_COUNT = 5;
/**
 * A delivery that gets no lane within this time is returned: another invocation has lanes of its own. It is short because an
 * attempt that begins late also ends late; see the sum in consumer.ts.
 */
const MAX_WAIT_MS = 400;

export interface Lanes {
	/** Waits for a free lane; false when none became free in time. */
	enter(webhookId: string): Promise<boolean>;
	leave(webhookId: string): void;
	/** How many lanes a webhook holds. */
	heldBy(webhookId: string): number;
}

/**
 * The lanes of one invocation. A free lane goes to the webhook that holds the fewest, so every webhook gets its first before
 * any gets its second. Calls of `enter` in the same tick are considered together.
 */
export function createLanes(): Lanes {
	let free = LANE_COUNT;
	const holders = new Map<string, number>();
	const waiting: { readonly webhookId: string; admit(): void }[] = [];
	const held = (webhookId: string) => holders.get(webhookId) ?? 0;
	const admit = () => {
		while (free > 0 && waiting.length > 0) {
			const fewest = Math.min(...waiting.map(({ webhookId }) => held(webhookId)));
			const nextIndex = waiting.findIndex(({ webhookId }) => held(webhookId) === fewest);
			for (const next of waiting.splice(nextIndex, 1)) {
				free -= 1;
				holders.set(next.webhookId, held(next.webhookId) + 1);
				next.admit();
			}
		}
	};
	return {
		enter(webhookId) {
			return new Promise((resolve) => {
				const entry = {
					webhookId,
					admit() {
						clearTimeout(timer);
						resolve(true);
					},
				};
				const timer = setTimeout(() => {
					waiting.splice(waiting.indexOf(entry), 1);
					resolve(false);
				}, MAX_WAIT_MS);
				waiting.push(entry);
				queueMicrotask(admit);
			});
		},
		leave(webhookId) {
			holders.set(webhookId, held(webhookId) - 1);
			free += 1;
			admit();
		},
		heldBy: held,
	};
}
