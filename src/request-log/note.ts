// The log of requests, for whoever integrates: each request of a key that failed, and a sample of the others. An isolate
// collects an organization's requests and stores them after their answers, equal ones together, in one batch at most every ten
// seconds. So a flood of failing requests costs a database a write now and then; what is in memory when an isolate ends is lost.
import { chance } from "../chance.ts";
import type { Ctx } from "../context.ts";
import type { AppError } from "../errors.ts";
import { logFault } from "../log.ts";
import { Memory } from "../memory.ts";
import { settingsOf } from "../settings.ts";
import { sleep } from "../time.ts";
import { shownMessage } from "./shown.ts";
import { type Collected, storeRequests } from "./store.ts";

/** The share of the requests that succeeded which is logged. */
const SAMPLE = 1 / 50;
/** Rows that an isolate stores at a time; what does not fit is only counted. */
const MAX_ROWS = 20;
const FIRST_WAIT_MS = 250;
/** Between two writes of an isolate for one organization. */
const INTERVAL_MS = 10_000;
/** The platform ends work 30 s after an answer; what was collected for a write that never came is dropped then. */
const MAX_WAIT_MS = 30_000;

interface Answered {
	readonly method: string;
	/** As it may be shown. */
	readonly path: string;
	readonly status: number;
	readonly error: AppError | null;
	readonly durationMs: number;
}

interface Collecting extends Collected {
	readonly since: number;
}

const collecting = new Map<string, Collecting>();
/** When each organization's requests were last stored (ms). */
const storedAt = new Memory<number>();

/** Notes a request that was answered; it is stored later, by this request or by one before. */
export function noteRequest(ctx: Ctx, { method, path, status, error, durationMs }: Answered): void {
	if (settingsOf(ctx.env).REQUEST_LOG_DAYS === 0 || (status < 400 && chance.random() >= SAMPLE)) return;
	const { rows, more } = collectionOf(ctx);
	const shown = {
		keyId: ctx.caller.keyId,
		method,
		path,
		status,
		code: error?.code ?? null,
		message: error && shownMessage(error),
	};
	const kind = JSON.stringify(shown);
	const same = rows.get(kind);
	if (same) same.count += 1;
	else if (rows.size < MAX_ROWS)
		rows.set(kind, { ...shown, at: ctx.now + durationMs, requestId: ctx.requestId, durationMs, count: 1 });
	else more.count += 1;
}

/** What is being collected for the caller's organization; a new collection is stored after this request. */
function collectionOf(ctx: Ctx): Collecting {
	const { organizationId } = ctx.caller;
	const now = Date.now();
	const current = collecting.get(organizationId);
	if (current && now - current.since < MAX_WAIT_MS && now >= current.since) return current;
	const begun: Collecting = { rows: new Map(), more: { count: 0 }, since: now };
	collecting.set(organizationId, begun);
	const last = storedAt.get(organizationId, now);
	const pause = last === undefined ? 0 : last + INTERVAL_MS - now;
	ctx.waitUntil(store(ctx, begun, Math.max(FIRST_WAIT_MS, pause)));
	return begun;
}

async function store({ env, caller: { organizationId } }: Ctx, collected: Collecting, waitMs: number) {
	await sleep(waitMs);
	if (collecting.get(organizationId) === collected) collecting.delete(organizationId);
	const now = Date.now();
	storedAt.set(organizationId, now, now, INTERVAL_MS);
	try {
		await storeRequests(env, organizationId, collected, now);
	} catch (error) {
		logFault("request_log_failed", { organizationId }, error);
	}
}
