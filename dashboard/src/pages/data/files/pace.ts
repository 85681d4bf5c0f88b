// Many requests in a row, within the rate limit that they share with the pages of this session.
import { ApiError } from "../../../api.ts";
import { connection } from "../../../connection.ts";

/** How many requests of a minute are left to the pages, so that they go on meanwhile. */
const LEFT_TO_PAGES = 60;

const pause = (ms: number) => new Promise((wake) => setTimeout(wake, ms));

/** The answers after which a call is repeated: refused by the limit, and not possible while the server is busy. */
const passing = [429, 503];

/** Makes one of many calls, which may be repeated: it waits while the limit is nearly used up, and as long as the server asks. */
export async function paced<T>(call: () => Promise<T>): Promise<T> {
	const { remaining = LEFT_TO_PAGES, resetsAt = 0 } = connection.allowance ?? {};
	const waitMs = resetsAt - Date.now();
	if (remaining < LEFT_TO_PAGES && waitMs > 0) await pause(waitMs);
	try {
		return await call();
	} catch (error) {
		if (!(error instanceof ApiError) || !passing.includes(error.status) || error.retryAfterMs === null)
			throw error;
		await pause(error.retryAfterMs);
		return paced(call);
	}
}
