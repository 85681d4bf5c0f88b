// When a read that failed is repeated.
import { ApiError } from "./api.ts";

/** How often. A server that says when it will answer, such as one that moves an organization, gets longer. */
const [RETRIES, RETRIES_WHEN_ASKED] = [2, 6];
const MAX_WAIT_MS = 10_000;

/** Whether to repeat a read that has failed before, too: only after temporary failures, no answer and server errors. */
export function isRetried(failures: number, error: unknown): boolean {
	if (!(error instanceof ApiError) || (error.status > 0 && error.status < 500)) return false;
	return failures < (error.retryAfterMs === null ? RETRIES : RETRIES_WHEN_ASKED);
}

/** As long as the server asks for; otherwise twice as long each time. */
export function retryDelayMs(failures: number, error: unknown): number {
	const asked = error instanceof ApiError ? error.retryAfterMs : null;
	return Math.min(asked ?? 1_000 * 2 ** failures, MAX_WAIT_MS);
}
