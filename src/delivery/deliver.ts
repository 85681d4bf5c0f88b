// Delivering: claim, guard, sign, send, record. What became of each is written before anything is acknowledged, and how
// to go on (nothing more, or another wake-up in some seconds) is given back as data.
import type { DeliveryWakeUp, Env, SendingRules, WakeUp } from "../env.ts";
import { sendingRules } from "../env.ts";
import { fault, log } from "../log.ts";
import { opened, openHeaders, type WebhookRow } from "../webhooks/webhooks.ts";
import { attempt, deliveryHeaders, type Outcome, withoutAnswer } from "./attempt.ts";
import { type Claimed, claim } from "./claim.ts";
import { type Ending, record } from "./finish.ts";
import { MASK } from "./headers.ts";
import { inTurn, leavePlace, openLanes, takePlaces } from "./lanes.ts";
import { nextAttemptAt, retryAfterSeconds } from "./schedule.ts";
import { signatureHeaders } from "./sign.ts";
import { targetProblem } from "./target.ts";
import { wakeUp } from "./wake.ts";

/** Deliveries that have been claimed and are being sent. */
export interface Sending {
	/** Those that were not claimed and need another wake-up. */
	readonly later: readonly WakeUp[];
	/** Resolves when all attempts are recorded and the wake-ups sent that they need; rejects when D1 fails. */
	readonly finished: Promise<void>;
}

/** How long finished attempts wait for their neighbours, so that a full batch is recorded in one round trip. */
const GROUPING_MS = 1_000;
/** When something of ours is broken for a webhook (its secret can't be opened), how long until it is tried again. */
const DEFERRED_MS = 60_000;
/** How long those wait whose webhook has as much under way as it may. */
const BUSY_SECONDS = 2;

/**
 * Claims what is due among the wake-ups and begins to send it.
 * @throws when D1 fails: nothing was claimed
 */
export async function send(env: Env, wakeUps: readonly DeliveryWakeUp[]): Promise<Sending> {
	const { admitted, refused } = takePlaces(wakeUps);
	const busy = refused.map((wakeUp) => ({ ...wakeUp, slow: false, delaySeconds: BUSY_SECONDS }));
	if (admitted.length === 0) return { later: busy, finished: Promise.resolve() };
	let claimed: readonly Claimed[] = [];
	try {
		const claims = await claim(env, admitted, Date.now(), "slow");
		claimed = claims.claimed;
		return { later: [...busy, ...claims.early], finished: sendClaimed(env, claimed) };
	} finally {
		const taken = new Set(claimed.map(({ deliveryId }) => deliveryId));
		for (const { webhookId, deliveryId } of admitted) if (!taken.has(deliveryId)) leavePlace(webhookId);
	}
}

/** Sends what is due among the wake-ups, to the end; gives those that need another wake-up. */
export async function deliver(env: Env, wakeUps: readonly DeliveryWakeUp[]): Promise<WakeUp[]> {
	const { later, finished } = await send(env, wakeUps);
	await finished;
	return [...later];
}

async function sendClaimed(env: Env, claimed: readonly Claimed[]): Promise<void> {
	const rules = sendingRules(env);
	const lanes = openLanes();
	const work = inTurn(claimed).map(async (delivery): Promise<Ending> => {
		const entered = await lanes.enter();
		try {
			return entered ? await carryOut(env, rules, delivery) : returned(delivery, Date.now());
		} finally {
			if (entered) lanes.leave();
			leavePlace(delivery.webhookId);
		}
	});
	const sends: Promise<unknown>[] = [];
	for await (const endings of inGroups(work, GROUPING_MS)) {
		// Recording waits for no queue.
		sends.push(wakeUp(env, await record(env, endings, Date.now())));
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
export function verdict(
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

/** Results as they come: all that are there after each stretch of patience, while the rest go on. */
async function* inGroups<T>(work: readonly Promise<T>[], patienceMs: number): AsyncGenerator<T[]> {
	let ready: T[] = [];
	let open = work.length;
	const running = work.map(async (one) => {
		const result = await one;
		ready.push(result);
		open -= 1;
	});
	const all = Promise.all(running);
	while (open > 0 || ready.length > 0) {
		if (open > 0) await Promise.race([all, sleep(patienceMs)]);
		if (ready.length === 0) continue;
		const group = ready;
		ready = [];
		yield group;
	}
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
