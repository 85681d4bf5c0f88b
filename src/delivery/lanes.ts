// How many sends may be under way at once: in one invocation, because the platform says so, and to one webhook, because
// a hanging receiver must not hold what the others need.

/** The platform lets an invocation wait for six answers; one is left for D1 and the queue, or nothing could be recorded. */
const LANES = 5;
/** A delivery that finds no lane for so long is given back: another invocation has lanes of its own. */
const PATIENCE_MS = 500;
/**
 * To one webhook, per isolate: as many as open its breaker. A receiver that hangs for 30 s therefore never holds more than
 * two of the 250 consumers there may be, and pauses itself when the first ten time out.
 */
const MOST_PER_WEBHOOK = 10;

export interface Lanes {
	/** Waits for a free lane; false when none came free in time. */
	enter(): Promise<boolean>;
	leave(): void;
}

/** The lanes of one invocation. */
export function openLanes(): Lanes {
	let free = LANES;
	const waiting: (() => void)[] = [];
	return {
		async enter() {
			if (free > 0) {
				free -= 1;
				return true;
			}
			return new Promise<boolean>((resolve) => {
				const admit = () => {
					clearTimeout(timer);
					resolve(true);
				};
				const timer = setTimeout(() => {
					waiting.splice(waiting.indexOf(admit), 1);
					resolve(false);
				}, PATIENCE_MS);
				waiting.push(admit);
			});
		},
		leave() {
			const next = waiting.shift();
			if (next) next();
			else free += 1;
		},
	};
}

// Counts what this isolate has under way; another isolate counts for itself, so this is a bound on harm and not a lock.
const underWay = new Map<string, number>();

/** Takes a place for each item as far as its webhook has places left, in order; those without one are `refused`. */
export function takePlaces<T extends { readonly webhookId: string }>(items: readonly T[]) {
	const admitted: T[] = [];
	const refused: T[] = [];
	for (const item of items) {
		const count = underWay.get(item.webhookId) ?? 0;
		const admits = count < MOST_PER_WEBHOOK;
		(admits ? admitted : refused).push(item);
		if (admits) underWay.set(item.webhookId, count + 1);
	}
	return { admitted, refused };
}

/** Gives a place back. */
export function leavePlace(webhookId: string): void {
	const left = (underWay.get(webhookId) ?? 0) - 1;
	if (left > 0) underWay.set(webhookId, left);
	else underWay.delete(webhookId);
}

/** The items so ordered that each webhook has its first before any has its second. */
export function inTurn<T extends { readonly webhookId: string }>(items: readonly T[]): T[] {
	const counts = new Map<string, number>();
	const placed = items.map((item) => {
		const place = counts.get(item.webhookId) ?? 0;
		counts.set(item.webhookId, place + 1);
		return { item, place };
	});
	return placed.toSorted((one, other) => one.place - other.place).map(({ item }) => item);
}
