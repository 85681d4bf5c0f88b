// Many requests in a row, within the rate limit that they share with the pages of this session.
import { ApiError } from "../../../api.ts";
import { connection } from "../../../connection.ts";

/** How many requests of a minute are left to the pages, so that they go on meanwhile. */
const LEFT_TO_PAGES = 60;
const SECOND_MS = 1_000;

const pause = (ms: number) => new Promise((wake) => setTimeout(wake, ms));

/** Makes one of many calls: it waits while the limit is nearly used up, and repeats a call that the limit refused. */
export async function paced<T>(call: () => Promise<T>): Promise<T> {
	const { remaining = LEFT_TO_PAGES, resetSeconds = 0 } = connection.allowance ?? {};
	if (remaining < LEFT_TO_PAGES) await pause(Math.max(1, resetSeconds) * SECOND_MS);
	try {
		return await call();
	} catch (error) {
		if (!(error instanceof ApiError) || error.status !== 429) throw error;
		await pause(connection.waitsUntil - Date.now());
		return paced(call);
	}
}
