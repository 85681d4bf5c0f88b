// Delivering: claim, guard, sign, send, record. How to go on (nothing more, or other wake-ups) is what a record gives back,
// so it is told to the queues as soon as it is true.

import type { DeliveryWakeUp, Env, SendingRules } from "../env.ts";
import { sendingRules } from "../env.ts";
import { fault, log } from "../log.ts";
import { wakeUp } from "../outbox/wake.ts";
import { attempt, deliveryHeaders, type Outcome, withoutAnswer } from "./attempt.ts";
import { type Claimed, claim } from "./claim.ts";
import type { Ending } from "./ending.ts";
import { record } from "./finish.ts";
import { MASK } from "./headers.ts";
import { type Lanes, openLanes } from "./lanes.ts";
import type { WebhookRow } from "./receiver.ts";
import { nextAttemptAt, retryAfterSeconds } from "./schedule.ts";
import { opened, openHeaders } from "./sealing.ts";
import { signatureHeaders } from "./sign.ts";
import { targetProblem } from "./target.ts";

/** Deliveries that have been claimed and are being sent. */
export interface Sending {
	/** Those whose attempts have been under way for at least so long. */
	underWay(sinceMs: number): Claimed[];
	/** Resolves when all attempts are recorded, and the wake-ups sent that they need; a fault of ours is only logged. */
	readonly finished: Promise<void>;
}

/** How long an attempt that has ended waits for its neighbours, so that a full batch is recorded in one round trip. */
const GROUPING_MS = 100;
/** When something of ours is broken for a webhook (its secret can't be opened), how long until it is tried again. */
const DEFERRED_MS = 60_000;

/**
 * Claims what is due among the wake-ups of a queue and begins to send it.
 * @param lanes those of the whole invocation, where it delivers for several shards
 * @throws when D1 fails: nothing was claimed
 */
export async function send(
	env: Env,
	wakeUps: readonly DeliveryWakeUp[],
	from: "first" | "slow",
	lanes = openLanes(),
): Promise<Sending> {
	const { claimed, early, slow } = await claim(env, wakeUps, Date.now(), from);
	const onward = wakeUp(env, [...early, ...slow]);
	const begun = new Map<Claimed, number>();
	const finished = sendClaimed(env, claimed, begun, lanes);
	return {
		underWay: (sinceMs) =>
			[...begun].filter(([, at]) => Date.now() - at >= sinceMs).map(([delivery]) => delivery),
		finished: Promise.all([onward, finished]).then(() => {}),
	};
}

/** Sends what is due among the wake-ups, to the end, slow webhooks' too. */
export async function deliver(env: Env, wakeUps: readonly DeliveryWakeUp[]): Promise<void> {
	const { finished } = await send(env, wakeUps, "slow");
	await finished;
}

async function sendClaimed(
	env: Env,
	claimed: readonly Claimed[],
	begun: Map<Claimed, number>,
	lanes: Lanes,
): Promise<void> {
	const rules = sendingRules(env);
	/** Given back because their own webhook held the lanes: they go on among the slow. */
	const crowded = new Set<string>();
	const work = claimed.map(async (delivery): Promise<Ending> => {
		const { webhookId, deliveryId } = delivery;
		if (!(await lanes.enter(webhookId))) {
			if (lanes.held(webhookId) > 0) crowded.add(deliveryId);
			return returned(delivery, Date.now());
		}
		begun.set(delivery, Date.now());
		try {
			return await carryOut(env, rules, delivery);
		} finally {
			begun.delete(delivery);
			lanes.leave(webhookId);
		}
	});
	// Recording waits for no queue: an attempt of a neighbour may be next.
	const sends: Promise<unknown>[] = [];
	for await (const endings of inGroups(work, GROUPING_MS)) {
		try {
			const wakeUps = await record(env, endings, Date.now());
			sends.push(
				wakeUp(
					env,
					wakeUps.map((one) => (crowded.has(one.deliveryId) ? { ...one, slow: true } : one)),
				),
			);
		} catch (error) {
			fault("recording_failed", { deliveries: endings.length }, error);
		}
	}
	await Promise.all(sends);
}

/** The guards, in the order they are asked, and then the attempt. */
async function carryOut(env: Env, rules: SendingRules, delivery: Claimed): Promise<Ending> {
	const { webhook, trigger } = delivery;
	if (!webhook) return cancelled(delivery);
	const asked = trigger === "manual" || delivery.test;
	if (webhook.status !== "active" && !asked) return cancelled(delivery);
	const at = Date.now();
	let outcome: Outcome;
	let headers: Record<string, string> = {};
	try {
		const custom = await openHeaders(env, webhook);
		const all = deliveryHeaders({
			custom,
			event: delivery.event,
			deliveryId: delivery.deliveryId,
			timestamp: Math.floor(at / 1_000),
			attempt: delivery.number,
			signature: await signed(env, webhook, delivery, at),
		});
		headers = Object.fromEntries(
			Object.entries(all).map(([name, value]) => [name, name in custom ? MASK : value]),
		);
		outcome = targetProblem(webhook.url, rules)
			? withoutAnswer("blocked_target")
			: await attempt({
					url: webhook.url,
					method: webhook.method,
					headers: all,
					body: delivery.body,
					timeoutMs: rules.timeoutMs,
				});
	} catch (error) {
		fault("delivery_deferred", { deliveryId: delivery.deliveryId, webhookId: delivery.webhookId }, error);
		return returned(delivery, Date.now() + DEFERRED_MS);
	}
	const { statusCode, durationMs, error } = outcome;
	log("attempt", {
		deliveryId: delivery.deliveryId,
		webhookId: delivery.webhookId,
		number: delivery.number,
		trigger,
		statusCode,
		durationMs,
		error,
	});
	return { kind: "attempted", delivery, webhook, at, headers, outcome, ...verdict(rules, delivery, outcome) };
}

/** What an outcome makes of a delivery, as data. Manual attempts have no schedule of their own; failing, they change nothing. */
function verdict(
	rules: SendingRules,
	delivery: Claimed,
	outcome: Outcome,
): { status: string | null; dueAt: number | null } {
	if (outcome.ok) return { status: "success", dueAt: null };
	if (delivery.trigger === "manual") return { status: null, dueAt: delivery.nextAttemptAt };
	if (outcome.statusCode === 410) return { status: "failed", dueAt: null };
	const endedAt = Date.now();
	const dueAt = nextAttemptAt({
		delays: rules.delays,
		attempt: delivery.attemptsMade + 1,
		endedAt,
		retryAfter: retryAfterSeconds(outcome.retryAfter, endedAt),
		random: Math.random(),
	});
	return { status: dueAt === null ? "failed" : "pending", dueAt };
}

const cancelled = (delivery: Claimed): Ending => ({ kind: "cancelled", delivery, dueAt: null });

const returned = (delivery: Claimed, dueAt: number): Ending => ({ kind: "returned", delivery, dueAt });

async function signed(
	env: Env,
	webhook: WebhookRow,
	delivery: Claimed,
	at: number,
): Promise<Record<string, string>> {
	const secret = await opened(env, webhook, "secret", webhook.secret);
	const inGrace =
		webhook.previousSecretExpiresAt !== null && Date.parse(webhook.previousSecretExpiresAt) > at;
	const previous = inGrace ? await opened(env, webhook, "secret", webhook.previousSecret) : null;
	return signatureHeaders({
		secrets: secret === null ? null : { current: secret, ...(previous === null ? {} : { previous }) },
		deliveryId: delivery.deliveryId,
		timestamp: Math.floor(at / 1_000),
		body: delivery.body,
	});
}

/** Results as they come: each waits so long for others at the most, while the rest go on. */
async function* inGroups<T>(work: readonly Promise<T>[], patienceMs: number): AsyncGenerator<T[]> {
	let ready: T[] = [];
	let open = work.length;
	let arrival = Promise.withResolvers<void>();
	const running = work.map(async (one) => {
		const result = await one;
		ready.push(result);
		open -= 1;
		arrival.resolve();
	});
	const all = Promise.all(running);
	while (open > 0 || ready.length > 0) {
		await Promise.race([all, arrival.promise]);
		if (open > 0) await Promise.race([all, sleep(patienceMs)]);
		const group = ready;
		ready = [];
		arrival = Promise.withResolvers();
		yield group;
	}
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
