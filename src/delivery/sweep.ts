// The sweeper: what makes "never lost" true. Every minute it looks for deliveries that are due and that nobody attends to,
// whatever became of their wake-ups, and delivers itself when the queue refuses. It also throws away what is past its time.
import { batch } from "../db/client.ts";
import { type Meter, metered } from "../db/meter.ts";
import type { Env, WakeUp } from "../env.ts";
import { log } from "../log.ts";
import { type HookKey, hooksOf, release, WINDOW, wakeUpsOf } from "../outbox/line.ts";
import { wakeUp } from "../outbox/wake.ts";
import { purge } from "../retention/purge.ts";
import { endWaiting, MOST_ENDED } from "../webhooks/webhooks.ts";
import { deliver } from "./deliver.ts";
import { leftover } from "./health.ts";
import { readWaiting, type Waiting, waitingHooks, wakeFirst } from "./waiting.ts";

/** A million lost wake-ups are sent again by fifteen sweeps. Sent by the hundred, five sends at once, this takes some seconds. */
const MOST_SWEPT = 70_000;
/** Webhooks looked at by one statement. */
const SLICE = 2_000;
/** Deliveries woken by one statement. */
const MOST_AT_ONCE = 5_000;
/** How much more of each webhook a round takes than the one before it. */
const GROWTH = 4;
/** How many thousands of one webhook that was turned off are ended in a sweep. */
const ENDINGS = 10;
const INLINE_AT_ONCE = 10;

/** Statements that the platform lets one invocation send to D1. Each part of a sweep leaves some to those that come after it. */
const MOST_QUERIES = 1_000;
const TENDING_QUERIES = 200;
const WAKING_QUERIES = 400;
const INLINE_QUERIES = 700;
/** What ten deliveries take that are recorded one by one, and some more. */
const QUERIES_OF_TEN = 250;
/** Long enough for a backlog, short enough to end before the next sweep. */
const INLINE_MS = 45_000;

/** One sweep. */
export async function sweep(env: Env): Promise<void> {
	const now = Date.now();
	const meter = metered(env.DB);
	const own = { ...env, DB: meter.db };
	const overdue = await tend(own, meter, now);
	const refused = await wakeInRounds(own, meter, overdue, now);
	await deliverInline(own, meter, refused);
	await purge(own, now, MOST_QUERIES - meter.used);
}

/** Goes through all webhooks that have something due: lets lines go on that nobody serves, ends what waits for those turned off. */
async function tend(env: Env, meter: Meter, now: number): Promise<HookKey[]> {
	const overdue: HookKey[] = [];
	let slice: Waiting[] = [];
	let left = MOST_SWEPT;
	do {
		const [rows = []] = await batch(env.DB, [waitingHooks(slice.at(-1)?.id ?? "", now, SLICE)]);
		slice = rows.map(readWaiting);
		const lines = slice.filter(({ hasLine }) => hasLine);
		for (let start = 0; start < lines.length && left > 0; start += MOST_AT_ONCE / WINDOW) {
			const some = lines.slice(start, start + MOST_AT_ONCE / WINDOW);
			const [released = []] = await batch(env.DB, [release(hooksOf(some), now)]);
			left -= released.length;
			if (released.length > 0) await wakeUp(env, wakeUpsOf(released, now));
		}
		for (const hook of slice.filter(({ isLive }) => !isLive)) await endAll(env, meter, hook, now);
		overdue.push(...slice.filter(({ isOverdue }) => isOverdue));
	} while (slice.length === SLICE);
	return overdue;
}

async function endAll(env: Env, meter: Meter, webhook: Waiting, now: number): Promise<void> {
	for (let chunk = 0; chunk < ENDINGS && meter.used < TENDING_QUERIES; chunk += 1) {
		const [ended = []] = await batch(env.DB, [endWaiting(now, webhook, leftover(webhook)).query]);
		if (ended.length < MOST_ENDED) return;
	}
}

/**
 * Wakes overdue deliveries: first one of each webhook, then four of each, and so on, so that no webhook's thousands come before
 * another's first.
 * @returns those that the queue refused
 */
async function wakeInRounds(
	env: Env,
	meter: Meter,
	overdue: readonly HookKey[],
	now: number,
): Promise<WakeUp[]> {
	let left = MOST_SWEPT;
	const goesOn = () => left > 0 && meter.used < WAKING_QUERIES;
	let hooks = overdue;
	for (let share = 1; hooks.length > 0 && goesOn(); share *= GROWTH) {
		const more: HookKey[] = [];
		const width = Math.max(1, Math.floor(MOST_AT_ONCE / share));
		for (let start = 0; start < hooks.length && goesOn(); start += width) {
			const some = hooks.slice(start, start + width);
			const [rows = []] = await batch(env.DB, [wakeFirst(some, Math.min(share, left), now)]);
			if (rows.length === 0) continue;
			left -= rows.length;
			const woken = wakeUpsOf(rows, now);
			log("sweep", { due: woken.length });
			if (!(await wakeUp(env, woken))) return woken;
			const counts = Map.groupBy(woken, ({ webhookId }) => webhookId);
			more.push(...some.filter(({ id }) => counts.get(id)?.length === share));
		}
		hooks = more;
	}
	return [];
}

/** Delivers without the queue. What is left over, or fails again, is due in the next sweep. */
async function deliverInline(env: Env, meter: Meter, due: readonly WakeUp[]): Promise<void> {
	const until = Date.now() + INLINE_MS;
	const goesOn = () => Date.now() < until && meter.used + QUERIES_OF_TEN <= INLINE_QUERIES;
	for (let start = 0; start < due.length && goesOn(); start += INLINE_AT_ONCE) {
		await deliver(env, due.slice(start, start + INLINE_AT_ONCE));
	}
}
