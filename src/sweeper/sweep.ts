// Sweeps deliveries, so that none is ever lost. Every minute it finds deliveries that are due without a lease or a wake-up,
// wakes them again, and delivers some itself when the queue refuses.

import { batch } from "../db/client.ts";
import { write } from "../db/commit.ts";
import { type Meter, metered } from "../db/meter.ts";
import { deliver } from "../delivery/deliver.ts";
import { leftover } from "../delivery/health.ts";
import { endWaiting, MOST_ENDED } from "../delivery/receiver.ts";
import { readWaiting, type Waiting, waitingHooks, wakeFirst } from "../delivery/waiting.ts";
import type { Bindings, Env, WakeUp } from "../env.ts";
import { fault, log } from "../log.ts";
import { type HookKey, hooksOf, release, WINDOW, wakeUpsOf } from "../outbox/line.ts";
import { wakeUp } from "../outbox/wake.ts";
import { inEachShard, shardsOf } from "../shards.ts";
import { purge } from "./purge.ts";

/** Deliveries per sweep: fifteen sweeps repeat a million lost wake-ups, in some seconds each. */
const MOST_SWEPT = 70_000;
/** Webhooks read by one statement. */
const SLICE = 2_000;
/** Deliveries woken by one statement. */
const MOST_AT_ONCE = 5_000;
/** The factor by which the number of deliveries per webhook grows each round. */
const GROWTH = 4;
/** Chunks of a thousand deliveries of one disabled webhook that a sweep ends. */
const ENDINGS = 10;
const INLINE_AT_ONCE = 10;

/** The platform's limit of D1 statements per invocation. */
const MOST_QUERIES = 1_000;
/** The share of a shard's statements that is used up at most when each part of its sweep ends. */
const TENDING_SHARE = 0.2;
const WAKING_SHARE = 0.4;
const INLINE_SHARE = 0.7;
/** Statements of a delivery that is recorded by itself. */
const QUERIES_OF_ONE = 25;
/** The fewest statements with which each part of a shard's sweep makes progress. */
const LEAST_QUERIES = 50;
/** Long enough for a backlog, short enough to end before the next sweep. */
const INLINE_MS = 45_000;
const MINUTE_MS = 60_000;
/** Shards that a sweep always handles, because they run at once; the next sweep begins after them. */
const SURELY_SEEN = 5;

/** Sweeps all shards, as far as the limits of an invocation allow; the next minute's sweep begins at a later shard. */
export async function sweep(bindings: Bindings): Promise<void> {
	const begun = Date.now();
	const shards = shardsOf(bindings);
	const first = (Math.floor(begun / MINUTE_MS) * SURELY_SEEN) % shards.length;
	const unseen: number[] = [];
	let left = MOST_QUERIES;
	let waiting = shards.length;
	const failures = await inEachShard(
		bindings,
		[...shards.slice(first), ...shards.slice(0, first)],
		async (env) => {
			const share = Math.max(LEAST_QUERIES, Math.floor(left / waiting));
			waiting -= 1;
			if (share > left || Date.now() >= begun + INLINE_MS) return void unseen.push(env.SHARD);
			left -= share;
			const meter = metered(env.DB);
			try {
				await sweepShard({ ...env, DB: meter.db }, meter, share);
			} finally {
				left += share - meter.used;
			}
		},
	);
	for (const { shard, error } of failures) fault("sweep_failed", { shard }, error);
	const [next] = unseen;
	if (next !== undefined) log("sweep", { shards: shards.length, unseen: unseen.length, next });
	const [failure] = failures;
	if (failure) throw failure.error;
}

/** @param share how many statements it may send */
async function sweepShard(env: Env, meter: Meter, share: number): Promise<void> {
	const now = Date.now();
	const overdue = await tend(env, meter, share * TENDING_SHARE, now);
	const refused = await wakeInRounds(env, meter, share * WAKING_SHARE, overdue, now);
	await deliverInline(env, meter, share * INLINE_SHARE, refused);
	await purge(env, now, share - meter.used);
}

/**
 * Goes through all webhooks with waiting deliveries: releases backlogs, ends the deliveries of webhooks that are off.
 * @returns the webhooks with overdue deliveries
 */
async function tend(env: Env, meter: Meter, most: number, now: number): Promise<HookKey[]> {
	const overdue: HookKey[] = [];
	let slice: Waiting[] = [];
	let left = MOST_SWEPT;
	do {
		const [rows = []] = await batch(env.DB, [waitingHooks(slice.at(-1)?.id ?? "", now, SLICE)]);
		slice = rows.map(readWaiting);
		const lines = slice.filter(({ hasLine }) => hasLine);
		for (let start = 0; start < lines.length && left > 0; start += MOST_AT_ONCE / WINDOW) {
			const some = lines.slice(start, start + MOST_AT_ONCE / WINDOW);
			const [released = []] = await write(env.DB, [release(hooksOf(some), now)]);
			left -= released.length;
			if (released.length > 0) await wakeUp(env, wakeUpsOf(released, now));
		}
		for (const hook of slice.filter(({ isLive }) => !isLive)) await endAll(env, meter, most, hook, now);
		overdue.push(...slice.filter(({ isOverdue }) => isOverdue));
	} while (slice.length === SLICE);
	return overdue;
}

async function endAll(env: Env, meter: Meter, most: number, webhook: Waiting, now: number): Promise<void> {
	for (let chunk = 0; chunk < ENDINGS && meter.used < most; chunk += 1) {
		const [ended = []] = await write(env.DB, [endWaiting(now, webhook, leftover(webhook)).query]);
		if (ended.length < MOST_ENDED) return;
	}
}

/**
 * Wakes overdue deliveries in rounds: one of each webhook, then four of each, and so on, so that no webhook waits for thousands
 * of another.
 * @returns those that the queue refused
 */
async function wakeInRounds(
	env: Env,
	meter: Meter,
	most: number,
	overdue: readonly HookKey[],
	now: number,
): Promise<WakeUp[]> {
	let left = MOST_SWEPT;
	const goesOn = () => left > 0 && meter.used < most;
	let hooks = overdue;
	for (let share = 1; hooks.length > 0 && goesOn(); share *= GROWTH) {
		const more: HookKey[] = [];
		const width = Math.max(1, Math.floor(MOST_AT_ONCE / share));
		for (let start = 0; start < hooks.length && goesOn(); start += width) {
			const some = hooks.slice(start, start + width);
			const [rows = []] = await write(env.DB, [wakeFirst(some, Math.min(share, left), now)]);
			if (rows.length === 0) continue;
			left -= rows.length;
			const woken = wakeUpsOf(rows, now);
			log("sweep", { shard: env.SHARD, due: woken.length });
			if (!(await wakeUp(env, woken))) return woken;
			const counts = Map.groupBy(woken, ({ webhookId }) => webhookId);
			more.push(...some.filter(({ id }) => counts.get(id)?.length === share));
		}
		hooks = more;
	}
	return [];
}

/** Delivers without the queue. What is left or fails is due in the next sweep. */
async function deliverInline(env: Env, meter: Meter, most: number, due: readonly WakeUp[]): Promise<void> {
	const until = Date.now() + INLINE_MS;
	const room = () => Math.min(INLINE_AT_ONCE, Math.floor((most - meter.used) / QUERIES_OF_ONE));
	let start = 0;
	for (let some = room(); some > 0 && start < due.length && Date.now() < until; some = room()) {
		await deliver(env, due.slice(start, start + some));
		start += some;
	}
}
