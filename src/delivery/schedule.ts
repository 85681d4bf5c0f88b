// The state of a delivery after an attempt, and when the next one is due.
import { chance } from "../chance.ts";
import type { SendingRules } from "../env.ts";
import type { Outcome } from "./attempt.ts";
import type { ClaimedDelivery } from "./claimed.ts";

const MAX_RETRY_AFTER_SECONDS = 3_600;
const MAX_JITTER_SHARE = 0.1;

const SECONDS = /^\d+(?:\.\d+)?$/;
// RFC 9110 §5.6.7: a sender writes the first form, a recipient must accept all three. `Date.parse` alone would read nearly
// anything as a date ("1.5 " is one in 2001).
const HTTP_DATES = [
	/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/,
	/^[A-Z][a-z]{5,8}, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/,
	/^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/,
];

/**
 * A `Retry-After` header (RFC 9110 §10.2.3) as whole seconds from `now` (ms since 1970), rounded up and never negative; null
 * when it is missing or invalid. Fractions are outside the specification but occur in practice.
 */
export function retryAfterSeconds(header: string | null, now: number): number | null {
	const value = header?.trim() ?? "";
	if (SECONDS.test(value)) return Math.min(Math.ceil(Number(value)), Number.MAX_SAFE_INTEGER);
	if (!HTTP_DATES.some((form) => form.test(value))) return null;
	const at = Date.parse(value.endsWith("GMT") ? value : `${value} GMT`);
	return Number.isNaN(at) ? null : Math.max(0, Math.ceil((at - now) / 1_000));
}

export interface FailedAttempt {
	/** Seconds before each attempt, from the setting `WEBHOOK_RETRY_DELAYS`. */
	readonly delays: readonly number[];
	/** The number of the scheduled attempt that has just failed, from 1. */
	readonly attempt: number;
	/** When it ended, in ms since 1970. */
	readonly endedAt: number;
	/** The receiver's `Retry-After`, in seconds. */
	readonly retryAfter: number | null;
	/** From 0 up to 1: how much of the jitter to add. */
	readonly random: number;
}

/**
 * When to try again (ms since 1970), or null when the schedule is used up. The delay is the schedule's step or, if longer, the
 * receiver's `Retry-After` (at most an hour), plus 0–10 % jitter so that many retries don't arrive at once.
 */
export function nextAttemptAt({
	delays,
	attempt,
	endedAt,
	retryAfter,
	random,
}: FailedAttempt): number | null {
	const step = delays[attempt];
	if (step === undefined) return null;
	const seconds = Math.max(step, Math.min(retryAfter ?? 0, MAX_RETRY_AFTER_SECONDS));
	return Math.ceil(endedAt + seconds * 1_000 * (1 + MAX_JITTER_SHARE * random));
}

/** The next status of a delivery; null leaves it as it is. `dueAt` in ms. */
interface NextState {
	readonly status: "success" | "failed" | "pending" | null;
	readonly dueAt: number | null;
}

/**
 * The next state of a delivery after an attempt. A manual attempt has no schedule: when it fails, nothing changes. A 410 ends
 * the schedule.
 */
export function nextStateOf(rules: SendingRules, delivery: ClaimedDelivery, outcome: Outcome): NextState {
	if (outcome.ok) return { status: "success", dueAt: null };
	if (delivery.trigger === "manual") return { status: null, dueAt: delivery.nextAttemptAt };
	if (outcome.statusCode === 410) return { status: "failed", dueAt: null };
	return retryOf(rules, delivery, outcome);
}

/** The next state after a failure of the schedule: it is tried again, unless the schedule is used up. */
export function retryOf({ delays }: SendingRules, delivery: ClaimedDelivery, outcome: Outcome): NextState {
	const endedAt = Date.now();
	const dueAt = nextAttemptAt({
		delays,
		attempt: delivery.attemptsMade + 1,
		endedAt,
		retryAfter: retryAfterSeconds(outcome.retryAfter, endedAt),
		random: chance.random(),
	});
	return { status: dueAt === null ? "failed" : "pending", dueAt };
}
