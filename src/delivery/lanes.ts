// How many sends may be under way at once in one invocation, and whose turn it is, so that a receiver that hangs never holds
// what another one's deliveries need. How many of one webhook are under way anywhere is bounded by its window: line.ts.

/** The platform lets an invocation wait for six answers; one is left for D1 and the queues, or nothing could be recorded. */
export const LANES = 5;
/**
 * A delivery that finds no lane for so long is given back: another invocation has lanes of its own. Short, since one that
 * begins late also ends late; consumer.ts has the sum.
 */
const PATIENCE_MS = 400;

export interface Lanes {
	/** Waits for a free lane; false when none came free in time. */
	enter(webhookId: string): Promise<boolean>;
	leave(webhookId: string): void;
	/** How many lanes a webhook holds. */
	held(webhookId: string): number;
}

/**
 * The lanes of one invocation. A free one goes to the webhook that holds the fewest, so each has its first before any has
 * its second, and none takes the last while another waits. Those who enter in the same tick are considered together.
 */
export function openLanes(): Lanes {
	let free = LANES;
	const holders = new Map<string, number>();
	const waiting: { readonly webhookId: string; admit(): void }[] = [];
	const held = (webhookId: string) => holders.get(webhookId) ?? 0;
	const admit = () => {
		while (free > 0 && waiting.length > 0) {
			const fewest = Math.min(...waiting.map(({ webhookId }) => held(webhookId)));
			const turn = waiting.findIndex(({ webhookId }) => held(webhookId) === fewest);
			for (const next of waiting.splice(turn, 1)) {
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
				}, PATIENCE_MS);
				waiting.push(entry);
				queueMicrotask(admit);
			});
		},
		leave(webhookId) {
			holders.set(webhookId, held(webhookId) - 1);
			free += 1;
			admit();
		},
		held,
	};
}
