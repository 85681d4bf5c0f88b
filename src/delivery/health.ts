// A webhook's health after a group of its attempts, and when it is disabled.

import { expect, type Statement } from "../db/commit.ts";
import { deliveryHours, webhooks } from "../db/schema/webhooks.ts";
import { type SQL, sql } from "../db/sql.ts";
import { isRow, notDeleted } from "../db/tenant.ts";
import { HOUR_MS, MINUTE_MS } from "../time.ts";
import { breakerAssignments } from "./breaker.ts";
import type { AttemptedEnding } from "./ending.ts";
import type { WebhookRow } from "./receiver.ts";
import { isQuick, slownessOf, slowUntil, staysQuick } from "./slow.ts";

/** A webhook is disabled after this time without a success, if at least this many deliveries used up their schedule. */
const MAX_FAILING_MS = 120 * HOUR_MS;
const MIN_EXHAUSTED_DELIVERIES = 10;

const REASON_GONE = "The receiver answered 410 Gone.";
const REASON_FAILING = "No delivery has succeeded for 120 hours.";
/** Why this server disables webhooks by itself. */
export const DISABLING_REASONS: readonly string[] = [REASON_GONE, REASON_FAILING];

/** Whether deliveries are sent to the webhook: it is active and not deleted. */
export const isLive = ({ status, deletedAt }: WebhookRow): boolean =>
	status === "active" && deletedAt === null;

/**
 * The final status of a delivery that was not sent because its webhook is disabled or deleted (null). Skipped deliveries can be
 * recovered; test sends can't, and after 410 Gone recovery would make no sense.
 */
export const unsentStatus = (
	webhook: Pick<WebhookRow, "deletedAt" | "disabledReason"> | null,
	test = false,
): "skipped" | "cancelled" =>
	webhook === null || webhook.deletedAt !== null || webhook.disabledReason === REASON_GONE || test
		? "cancelled"
		: "skipped";

/** The result of a group of attempts for one webhook. Test sends count only in its hourly statistics. */
export interface Health {
	/** As stored now, or as read when the deliveries were claimed. */
	readonly webhook: WebhookRow;
	/** In the order in which they ended. */
	readonly attempts: readonly AttemptedEnding[];
	/** Those that were sent to the URL that the webhook has: what another one answers says nothing of it. */
	readonly judged: readonly AttemptedEnding[];
	/** When the last success among them began, in ms; null without one. */
	readonly succeededAt: number | null;
	/** The failures after it. */
	readonly failures: readonly AttemptedEnding[];
	/** The failures after it that used up their schedule. */
	readonly exhausted: readonly AttemptedEnding[];
}

/** Groups attempts by webhook; `stored` has rows newer than those of the claims. */
export function healthOf(attempts: readonly AttemptedEnding[], stored: ReadonlyMap<string, WebhookRow>) {
	return [...Map.groupBy(attempts, ({ webhook }) => webhook.id)].flatMap(([id, group]) => {
		const [first] = group;
		if (!first) return [];
		const webhook = stored.get(id) ?? first.webhook;
		const judged = group.filter((ending) => ending.webhook.url === webhook.url);
		const withoutTests = judged.filter(({ delivery }) => !delivery.isTest);
		const last = withoutTests.findLastIndex(({ outcome }) => outcome.ok);
		const failures = withoutTests.slice(last + 1);
		return [
			{
				webhook,
				attempts: group,
				judged,
				succeededAt: withoutTests[last]?.at ?? null,
				failures,
				exhausted: failures.filter((one) => isExhausted(webhook, one)),
			},
		];
	});
}

/**
 * Whether this attempt was the last of its schedule. A 410 ends the schedule early, but disables the webhook instead, unless it is of
 * the URL that the webhook had before.
 * @param webhook as it is now
 */
export const isExhausted = (
	{ url }: WebhookRow,
	{ delivery, status, outcome, webhook: claimed }: AttemptedEnding,
): boolean =>
	status === "failed" &&
	(outcome.statusCode !== 410 || claimed.url !== url) &&
	delivery.trigger === "scheduled" &&
	!delivery.isTest;

/** Why the webhook must be disabled now, or null. */
export function reasonToDisable({ webhook, judged, succeededAt, failures, exhausted }: Health, now: number) {
	if (!isLive(webhook)) return null;
	if (judged.some(({ outcome }) => outcome.statusCode === 410)) return REASON_GONE;
	if (succeededAt !== null || exhausted.length === 0) return null;
	const since = webhook.failingSince ? Date.parse(webhook.failingSince) : (failures[0]?.at ?? now);
	const hasFailedTooLong =
		now - since >= MAX_FAILING_MS && webhook.exhausted + exhausted.length >= MIN_EXHAUSTED_DELIVERIES;
	return hasFailedTooLong ? REASON_FAILING : null;
}

/** Whether a success closes the webhook's breaker. */
export const hasRecovered = ({ webhook, succeededAt }: Health): boolean =>
	succeededAt !== null && webhook.pausedUntil !== null;

/** How old `lastDeliveredAt` may be while nothing else of a webhook changes: otherwise each delivery would write its row. */
const MAX_DELIVERED_AGE_MS = MINUTE_MS;

/** Whether nothing of a webhook's row need be written: it was well, all attempts succeeded, and that it is well was just stored. */
const staysWell = ({ webhook, judged, succeededAt, failures }: Health, now: number): boolean =>
	succeededAt !== null &&
	failures.length === 0 &&
	webhook.failingSince === null &&
	webhook.pausedUntil === null &&
	webhook.lastDeliveredAt !== null &&
	succeededAt - Date.parse(webhook.lastDeliveredAt) < MAX_DELIVERED_AGE_MS &&
	staysQuick(webhook, durationsOf(judged), now);

/** How long attempts have held a lane. */
const durationsOf = (attempts: readonly AttemptedEnding[]) => attempts.map(({ outcome }) => outcome.tookMs);

/** A JSON row `health` and its webhook. */
const isWebhookOfHealth = isRow(webhooks, sql`health.value->>'organizationId'`, sql`health.value->>'id'`);

/**
 * Statements that store the health of webhooks. Failures are added in SQL, since other groups add theirs too. Whether the
 * webhook is active, whether a success closes its breaker, and that one is well of which nothing is written must still be as
 * planned, because the deliveries' next states and the events depend on it. So must the version of one that is written, which has
 * its URL, and how long it has failed when a schedule is used up, which may disable it. This is asserted first.
 */
export function recordHealth(healths: readonly Health[], now: number): Statement[] {
	if (healths.length === 0) return [];
	const rows = healths.map((health) => ({
		organizationId: health.webhook.organizationId,
		id: health.webhook.id,
		judged: health.judged.length,
		succeededAt: health.succeededAt,
		failedAt: health.failures[0]?.at ?? null,
		failures: health.failures.length,
		exhausted: health.exhausted.length,
		probe: health.judged.some(({ delivery }) => delivery.isProbe) ? 1 : 0,
		recovers: hasRecovered(health) ? 1 : 0,
		live: isLive(health.webhook) ? 1 : 0,
		well: staysWell(health, now) ? 1 : 0,
		version: health.webhook.version,
		failingSince: health.webhook.failingSince && Date.parse(health.webhook.failingSince),
		exhaustedBefore: health.webhook.exhausted,
		...slownessOf(durationsOf(health.judged)),
	}));
	const changed = rows.filter(({ well, judged }) => judged > 0 && well === 0);
	const unlessSucceeded = (column: SQL, otherwise: SQL) =>
		sql`iif(health.value->>'succeededAt' IS NULL, ${column}, ${otherwise})`;
	const asPlanned = sql`(SELECT count(*) FROM ${sql.each(rows)} AS health CROSS JOIN ${webhooks} ON ${isWebhookOfHealth}
		WHERE ("status" = 'active' AND ${notDeleted(webhooks)}) = (health.value->>'live')
			AND (health.value->>'succeededAt' IS NULL OR ("pausedUntil" IS NOT NULL) = (health.value->>'recovers'))
			AND iif(health.value->>'well', "failingSince" IS NULL AND ${isQuick(now)}, "version" = health.value->>'version')
			AND (NOT (health.value->>'exhausted')
				OR ("failingSince" IS health.value->>'failingSince' AND "exhausted" = health.value->>'exhaustedBefore')))`;
	return [
		expect(sql`${asPlanned} = ${rows.length}`),
		...(changed.length === 0
			? []
			: [
					sql`UPDATE ${webhooks} SET ${breakerAssignments(now)},
							"lastDeliveredAt" = coalesce(health.value->>'succeededAt', "lastDeliveredAt"),
							"failingSince" = coalesce(${unlessSucceeded(sql`"failingSince"`, sql`NULL`)}, health.value->>'failedAt'),
							"slowUntil" = ${slowUntil(now)},
							"exhausted" = ${unlessSucceeded(sql`"exhausted"`, sql`0`)} + (health.value->>'exhausted')
						FROM ${sql.each(changed)} AS health WHERE ${isWebhookOfHealth}`,
				]),
		countHours(healths),
	];
}

/** Adds the attempts to the counts and the duration histogram of their hour. */
function countHours(healths: readonly Health[]): Statement {
	const attempts = healths.flatMap((health) => health.attempts);
	const hours = Map.groupBy(
		attempts,
		({ webhook, at }) => `${webhook.id} ${Math.floor(at / HOUR_MS) * HOUR_MS}`,
	);
	const rows = [...hours].map(([key, group]) => {
		const [webhookId, hour] = key.split(" ");
		const successes = group.filter(({ outcome }) => outcome.ok).length;
		return {
			webhookId,
			hour: Number(hour),
			successes,
			failures: group.length - successes,
			durations: histogram(group.map(({ outcome }) => outcome.durationMs)),
		};
	});
	return sql`INSERT INTO ${deliveryHours} ("webhookId", "hour", "successes", "failures", "durations")
		SELECT value->>'webhookId', value->>'hour', value->>'successes', value->>'failures', value->>'durations'
		FROM ${sql.each(rows)} WHERE true
		ON CONFLICT DO UPDATE SET "successes" = "successes" + excluded."successes", "failures" = "failures" + excluded."failures",
			"durations" = (SELECT json_group_object("key", "count") FROM (SELECT "key", sum("value") AS "count" FROM
				(SELECT "key", "value" FROM json_each(${deliveryHours}."durations") UNION ALL SELECT "key", "value" FROM json_each(excluded."durations"))
				GROUP BY "key"))`;
}

/** How often each duration occurs, rounded to two significant digits: an error of at most 5 % and a few hundred keys. */
function histogram(durations: readonly number[]): Record<string, number> {
	const counts: Record<string, number> = {};
	for (const duration of durations) {
		const key = String(Number(duration.toPrecision(2)));
		counts[key] = (counts[key] ?? 0) + 1;
	}
	return counts;
}

/** The duration in ms that a share (0 to 1) of the attempts in a histogram did not exceed; null without attempts. */
export function percentile(durations: Readonly<Record<string, number>>, share: number): number | null {
	const sorted = Object.entries(durations)
		.map(([duration, count]) => [Number(duration), count] as const)
		.toSorted(([one], [other]) => one - other);
	const targetCount = share * sorted.reduce((sum, [, count]) => sum + count, 0);
	let seen = 0;
	for (const [duration, count] of sorted) {
		seen += count;
		if (seen >= targetCount) return duration;
	}
	return null;
}
