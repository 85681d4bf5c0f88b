// Waits for something that others do.
import { setTimeout as sleep } from "node:timers/promises";

const RETRY_MS = 200;

/**
 * Asks again until there is an answer other than null.
 * @param ms for how long
 * @param onWait called once, if the answer is not there at once
 * @returns null when the time is up
 */
export async function within<T>(
	ms: number,
	ask: () => T | null | Promise<T | null>,
	onWait?: () => void,
): Promise<T | null> {
	const end = Date.now() + ms;
	for (let tries = 0; ; tries += 1) {
		const found = await ask();
		if (found !== null || Date.now() >= end) return found;
		if (tries === 0) onWait?.();
		await sleep(RETRY_MS);
	}
}
