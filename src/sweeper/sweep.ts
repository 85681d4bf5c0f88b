// Sweeps deliveries, so that none is ever lost. Every minute it finds deliveries that are due without a lease or a wake-up,
// wakes them again, and delivers some itself when the queue refuses.

import { batch } from "../db/client.ts";
import { write } from "../db/commit.ts";
import { countStatements, type StatementCounter } from "../db/meter.ts";
import { deliver } from "../delivery/deliver.ts";
import { unsentStatus } from "../delivery/health.ts";
import { endWaitingDeliveries, MAX_ENDED_DELIVERIES } from "../delivery/receiver.ts";
import {
	readWaitingWebhook,
	type WaitingWebhook,
	waitingWebhooks,
	wakeOverdue,
} from "../delivery/waiting.ts";
import type { Bindings, Env, WakeUp } from "../env.ts";
import { log, logFault } from "../log.ts";
import { carryOutMoves, REOPENING_QUERIES } from "../moving/worker.ts";
import { NOTIFY_QUERIES, notify } from "../notifications/notify.ts";
import { releaseBacklog, type WebhookKey, WINDOW_SIZE, wakeUpsOf, webhooksQuery } from "../outbox/backlog.ts";
import { sendWakeUps } from "../outbox/wake.ts";
import { envOf, forEachShard, shardsOf } from "../shards.ts";
import { MINUTE_MS } from "../time.ts";
import { type Due, purge } from "./purge.ts";

/** Deliveries per sweep: fifteen sweeps repeat a million lost wake-ups, in some seconds each. */
const MAX_SWEPT_DELIVERIES = 70_000;
const WEBHOOKS_PER_QUERY = 2_000;
const MAX_WOKEN_PER_QUERY = 5_000;
/** The factor by which the number of deliveries per webhook grows each round. */
const ROUND_GROWTH = 4;
/** Chunks of a thousand deliveries of one disabled webhook that a sweep ends. */
const MAX_ENDING_CHUNKS = 10;
const MAX_PARALLEL_INLINE = 10;

/** The platform's limit of D1 statements per invocation. */
const MAX_QUERIES = 1_000;
/** The share of a shard's statements that is used up at most when each part of its sweep ends. */
const SCAN_SHARE = 0.2;
const WAKING_SHARE = 0.4;
const INLINE_SHARE = 0.7;
/** Statements of a delivery that is recorded by itself. */
const QUERIES_PER_DELIVERY = 25;
/** The fewest statements with which each part of a shard's sweep makes progress. */
const MIN_QUERIES = 50;
/** Long enough for a backlog, short enough to end before the next sweep. */
const MAX_INLINE_MS = 45_000;
/** Shards that a sweep always handles, because they run at once; the next sweep begins after them. */
const MIN_SHARDS = 5;

/** Sweeps all shards, as far as the limits of an invocation allow; the next minute's sweep begins at a later shard. */
export async function sweep(bindings: Bindings): Promise<void> {
	const begun = Date.now();
	const shards = shardsOf(bindings);
	const first = (Math.floor(begun / MINUTE_MS) * MIN_SHARDS) % shards.length;
	const order = [...shards.slice(first), ...shards.slice(0, first)];
	const skipped: number[] = [];
	const moving: number[] = [];
	const notifying = new Set<number>();
	let left = MAX_QUERIES - REOPENING_QUERIES;
	let waiting = shards.length;
	const failures = await forEachShard(bindings, order, async (env) => {
		const share = Math.max(MIN_QUERIES, Math.floor(left / waiting));
		waiting -= 1;
		if (share > left || Date.now() >= begun + MAX_INLINE_MS) return void skipped.push(env.SHARD);
		left -= share;
		const meter = countStatements(env.DB);
		try {
			const due = await sweepShard({ ...env, DB: meter.db }, meter, share);
			if (due.moves) moving.push(env.SHARD);
			if (due.notifying) notifying.add(env.SHARD);
		} finally {
			left += share - meter.statementCount;
		}
	});
	for (const { shard, error } of failures) logFault("sweep_failed", { shard }, error);
	left += REOPENING_QUERIES;
	for (const shard of moving) left -= await carryOutMoves(bindings, shard, left);
	for (const shard of order.filter((one) => notifying.has(one))) {
		if (left < NOTIFY_QUERIES || Date.now() >= begun + MAX_INLINE_MS) break;
		const env = envOf(bindings, shard);
		const meter = countStatements(env.DB);
		try {
			await notify({ ...env, DB: meter.db }, Date.now());
		} catch (error) {
			logFault("notifying_failed", { shard }, error);
		}
		left -= meter.statementCount;
	}
	const [next] = skipped;
	if (next !== undefined) log("sweep", { shards: shards.length, unseen: skipped.length, next });
	const [failure] = failures;
	if (failure) throw failure.error;
}

/** How many statements a part of a sweep may still send. */
type StatementsLeft = () => number;

/**
 * @param share how many statements it may send
 * @returns what is to be done after the sweeps of all shards
 */
async function sweepShard(env: Env, meter: StatementCounter, share: number): Promise<Due> {
	const now = Date.now();
	const leftOf = (part: number) => () => share * part - meter.statementCount;
	const overdue = await scanWebhooks(env, leftOf(SCAN_SHARE), now);
	const refused = await wakeInRounds(env, leftOf(WAKING_SHARE), overdue, now);
	await deliverInline(env, leftOf(INLINE_SHARE), refused);
	return purge(env, now, share - meter.statementCount);
}

/**
 * Goes through all webhooks with waiting deliveries: releases backlogs, ends the deliveries of webhooks that are off.
 * @returns the webhooks with overdue deliveries
 */
async function scanWebhooks(env: Env, statementsLeft: StatementsLeft, now: number) {
	const overdue: WebhookKey[] = [];
	let slice: WaitingWebhook[] = [];
	let left = MAX_SWEPT_DELIVERIES;
	do {
		const [rows = []] = await batch(env.DB, [
			waitingWebhooks(slice.at(-1)?.id ?? "", now, WEBHOOKS_PER_QUERY),
		]);
		slice = rows.map(readWaitingWebhook);
		const active = slice.filter(({ isSendingSuspended }) => !isSendingSuspended);
		const backlogs = active.filter(({ hasBacklog }) => hasBacklog);
		for (let start = 0; start < backlogs.length && left > 0; start += MAX_WOKEN_PER_QUERY / WINDOW_SIZE) {
			const some = backlogs.slice(start, start + MAX_WOKEN_PER_QUERY / WINDOW_SIZE);
			const [released = []] = await write(env.DB, [releaseBacklog(webhooksQuery(some), now)]);
			left -= released.length;
			if (released.length > 0) await sendWakeUps(env, wakeUpsOf(released, now));
		}
		for (const hook of active.filter(({ isLive }) => !isLive))
			await endDeliveries(env, statementsLeft, hook, now);
		overdue.push(...active.filter(({ isOverdue }) => isOverdue));
	} while (slice.length === WEBHOOKS_PER_QUERY);
	return overdue;
}

async function endDeliveries(env: Env, statementsLeft: StatementsLeft, webhook: WaitingWebhook, now: number) {
	for (let chunk = 0; chunk < MAX_ENDING_CHUNKS && statementsLeft() > 0; chunk += 1) {
		const [ended = []] = await write(env.DB, [endWaitingDeliveries(now, webhook, unsentStatus(webhook))]);
		if (ended.length < MAX_ENDED_DELIVERIES) return;
	}
}

/**
 * Wakes overdue deliveries in rounds: one of each webhook, then four of each, and so on, so that no webhook waits for thousands
 * of another.
 * @returns those that the queue refused
 */
async function wakeInRounds(
	env: Env,
	statementsLeft: StatementsLeft,
	overdue: readonly WebhookKey[],
	now: number,
): Promise<WakeUp[]> {
	let left = MAX_SWEPT_DELIVERIES;
	const hasBudget = () => left > 0 && statementsLeft() > 0;
	let hooks = overdue;
	for (let share = 1; hooks.length > 0 && hasBudget(); share *= ROUND_GROWTH) {
		const more: WebhookKey[] = [];
		const webhooksPerQuery = Math.max(1, Math.floor(MAX_WOKEN_PER_QUERY / share));
		for (let start = 0; start < hooks.length && hasBudget(); start += webhooksPerQuery) {
			const some = hooks.slice(start, start + webhooksPerQuery);
			const [rows = []] = await write(env.DB, [wakeOverdue(some, Math.min(share, left), now)]);
			if (rows.length === 0) continue;
			left -= rows.length;
			const woken = wakeUpsOf(rows, now);
			log("sweep", { shard: env.SHARD, due: woken.length });
			if (!(await sendWakeUps(env, woken))) return woken;
			const counts = Map.groupBy(woken, ({ webhookId }) => webhookId);
			more.push(...some.filter(({ id }) => counts.get(id)?.length === share));
		}
		hooks = more;
	}
	return [];
}

/** Delivers without the queue. What is left or fails is due in the next sweep. */
async function deliverInline(env: Env, statementsLeft: StatementsLeft, due: readonly WakeUp[]) {
	const until = Date.now() + MAX_INLINE_MS;
	const nextSize = () => Math.min(MAX_PARALLEL_INLINE, Math.floor(statementsLeft() / QUERIES_PER_DELIVERY));
	let start = 0;
	for (let some = nextSize(); some > 0 && start < due.length && Date.now() < until; some = nextSize()) {
		await deliver(env, due.slice(start, start + some));
		start += some;
	}
}
