// Delivering: claim, check, sign, send, record. Recording returns the wake-ups that are needed next, and they are sent at once.

import { BOOKMARK_HEADER, sealSeen } from "../db/seen-header.ts";
import { type DeliveryWakeUp, type Env, type SendingRules, sendingRules } from "../env.ts";
import { log, logFault } from "../log.ts";
import { sendWakeUps } from "../outbox/wake.ts";
import { sleep } from "../time.ts";
import { attempt, deliveryHeaders, type Outcome, outcomeWithoutAnswer } from "./attempt.ts";
import { bodyOf } from "./body.ts";
import { claim } from "./claim.ts";
import type { ClaimedDelivery } from "./claimed.ts";
import type { Ending } from "./ending.ts";
import { MASK, secretsIn } from "./headers.ts";
import { createLanes, type Lanes } from "./lanes.ts";
import type { WebhookRow } from "./receiver.ts";
import { recordEndings } from "./recording.ts";
import { nextStateOf } from "./schedule.ts";
import { openHeaders, openValue } from "./sealing.ts";
import { signatureHeaders } from "./sign.ts";
import { targetProblem } from "./target.ts";

/** Claimed deliveries that are being sent. */
export interface Sending {
	/** Deliveries whose attempt has been running for at least `sinceMs`. */
	inProgress(sinceMs: number): ClaimedDelivery[];
	/** Resolves when all attempts are recorded and their wake-ups sent; internal errors are only logged. */
	readonly finished: Promise<void>;
}

/** How long an ended attempt waits for others, so that a full batch is recorded in one round trip. */
const GROUP_WAIT_MS = 100;
/** How long until a delivery is tried again after an internal error, such as a secret that can't be opened. */
const DEFER_MS = 60_000;

/**
 * Claims the deliveries that are due among a queue's wake-ups and starts to send them.
 * @param lanes shared by the whole invocation when it delivers for several shards
 * @throws AppError 503, or what else D1 throws; what was claimed by then is free again when its lease ends
 */
export async function send(
	env: Env,
	wakeUps: readonly DeliveryWakeUp[],
	from: "first" | "slow",
	lanes = createLanes(),
): Promise<Sending> {
	const { claimed, dueLater, forSlowQueue } = await claim(env, wakeUps, Date.now(), from);
	const passedOn = sendWakeUps(env, [...dueLater, ...forSlowQueue]);
	const startTimes = new Map<ClaimedDelivery, number>();
	const finished = sendClaimed(env, claimed, startTimes, lanes);
	return {
		inProgress: (sinceMs) =>
			[...startTimes].filter(([, at]) => Date.now() - at >= sinceMs).map(([delivery]) => delivery),
		finished: Promise.all([passedOn, finished]).then(() => {}),
	};
}

/** Sends the deliveries that are due, including those of slow webhooks, and waits until all are recorded. */
export async function deliver(env: Env, wakeUps: readonly DeliveryWakeUp[]): Promise<void> {
	const { finished } = await send(env, wakeUps, "slow");
	await finished;
}

async function sendClaimed(
	env: Env,
	claimed: readonly ClaimedDelivery[],
	startTimes: Map<ClaimedDelivery, number>,
	lanes: Lanes,
): Promise<void> {
	const rules = sendingRules(env);
	/** Returned because their own webhook used the lanes; they continue in the slow queue. */
	const withoutLane = new Set<string>();
	// The limit on the rate counts from the claim: one that waits for a lane would begin too shortly before the next.
	const isPaced = ({ webhook }: ClaimedDelivery) => Number(webhook !== null && webhook.rateLimit !== null);
	const pacedFirst = claimed.toSorted((one, other) => isPaced(other) - isPaced(one));
	const work = pacedFirst.map(async (delivery): Promise<Ending> => {
		const { webhookId, deliveryId } = delivery;
		if (!(await lanes.enter(webhookId))) {
			if (lanes.heldBy(webhookId) > 0) withoutLane.add(deliveryId);
			return returnedEnding(delivery, Date.now());
		}
		startTimes.set(delivery, Date.now());
		try {
			return await deliverOne(env, rules, delivery);
		} finally {
			startTimes.delete(delivery);
			lanes.leave(webhookId);
		}
	});
	// Recording doesn't wait for the queues: the next attempt may already have ended.
	const sends: Promise<unknown>[] = [];
	for await (const endings of inGroups(work, GROUP_WAIT_MS)) {
		try {
			const wakeUps = await recordEndings(env, endings, Date.now());
			sends.push(
				sendWakeUps(
					env,
					wakeUps.map((one) => (withoutLane.has(one.deliveryId) ? { ...one, slow: true } : one)),
				),
			);
		} catch (error) {
			logFault("recording_failed", { deliveries: endings.length }, error);
		}
	}
	await Promise.all(sends);
}

/** Checks whether the delivery may be sent, and sends it. */
async function deliverOne(env: Env, rules: SendingRules, delivery: ClaimedDelivery): Promise<Ending> {
	const { webhook, trigger } = delivery;
	if (!webhook) return cancelledEnding(delivery);
	const isRequested = trigger === "manual" || delivery.isTest;
	if (webhook.status !== "active" && !isRequested) return cancelledEnding(delivery);
	const at = Date.now();
	let outcome: Outcome;
	let headers: Record<string, string> = {};
	try {
		const body = bodyOf(delivery);
		const custom = await openHeaders(env, webhook);
		const bookmark = delivery.seen && (await sealSeen(env, delivery.organizationId, delivery.seen));
		/** What the log shows neither in the request nor in the answer. */
		const hidden = { ...custom, ...(bookmark === null ? {} : { [BOOKMARK_HEADER]: bookmark }) };
		const allHeaders = deliveryHeaders({
			custom,
			event: delivery.event,
			deliveryId: delivery.deliveryId,
			timestamp: Math.floor(at / 1_000),
			attempt: delivery.number,
			signature: await signaturesOf(env, webhook, delivery, body, at),
			bookmark,
		});
		headers = Object.fromEntries(
			Object.entries(allHeaders).map(([name, value]) => [name, name in hidden ? MASK : value]),
		);
		outcome = targetProblem(webhook.url, rules)
			? outcomeWithoutAnswer("blocked_target")
			: await attempt({
					url: webhook.url,
					method: webhook.method,
					headers: allHeaders,
					body,
					timeoutMs: rules.timeoutMs,
					secrets: secretsIn(hidden),
				});
	} catch (error) {
		logFault("delivery_deferred", { deliveryId: delivery.deliveryId, webhookId: delivery.webhookId }, error);
		return returnedEnding(delivery, Date.now() + DEFER_MS);
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
	return {
		kind: "attempted",
		delivery,
		webhook,
		at,
		headers,
		outcome,
		...nextStateOf(rules, delivery, outcome),
	};
}

const cancelledEnding = (delivery: ClaimedDelivery): Ending => ({ kind: "cancelled", delivery, dueAt: null });

const returnedEnding = (delivery: ClaimedDelivery, dueAt: number): Ending => ({
	kind: "returned",
	delivery,
	dueAt,
});

async function signaturesOf(
	env: Env,
	webhook: WebhookRow,
	{ deliveryId }: ClaimedDelivery,
	body: string,
	at: number,
) {
	const secret = await openValue(env, webhook, "secret", webhook.secret);
	const inGrace =
		webhook.previousSecretExpiresAt !== null && Date.parse(webhook.previousSecretExpiresAt) > at;
	const previous = inGrace ? await openValue(env, webhook, "secret", webhook.previousSecret) : null;
	return signatureHeaders({
		secrets: secret === null ? null : { current: secret, ...(previous === null ? {} : { previous }) },
		deliveryId,
		timestamp: Math.floor(at / 1_000),
		body,
	});
}

/** Yields results in groups: each waits at most `patienceMs` for others. */
async function* inGroups<T>(work: readonly Promise<T>[], patienceMs: number): AsyncGenerator<T[]> {
	let ready: T[] = [];
	let pending = work.length;
	let arrival = Promise.withResolvers<void>();
	const running = work.map(async (one) => {
		const result = await one;
		ready.push(result);
		pending -= 1;
		arrival.resolve();
	});
	const all = Promise.all(running);
	while (pending > 0 || ready.length > 0) {
		await Promise.race([all, arrival.promise]);
		if (pending > 0) await Promise.race([all, sleep(patienceMs)]);
		const group = ready;
		ready = [];
		arrival = Promise.withResolvers();
		yield group;
	}
}
