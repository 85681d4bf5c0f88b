// A webhook as sending sees it: its row, its public form, and how its deliveries end when it is disabled.

import { expect, type Statement } from "../db/commit.ts";
import { deliveries, webhooks } from "../db/schema/webhooks.ts";
import { type SQL, sql } from "../db/sql.ts";
import { tableStore } from "../db/store.ts";
import { liveRowOf } from "../db/tenant.ts";
import type { Env } from "../env.ts";
import { conflict } from "../errors.ts";
import { isOfWebhook, type WebhookKey } from "../outbox/backlog.ts";
import { maskHeaders } from "./headers.ts";
import { openHeaders } from "./sealing.ts";

export type WebhookRow = typeof webhooks.$inferSelect;

export const webhookStore = tableStore<WebhookRow>(webhooks);

/** A webhook as answers show it. */
export type ShownWebhook = Awaited<ReturnType<typeof showWebhook>>;

/** A webhook as callers may see it: sensitive header values masked, no secret. */
export async function showWebhook(env: Env, row: WebhookRow) {
	const {
		organizationId,
		secret,
		previousSecret,
		headers,
		exhausted,
		pauseSeconds,
		slowUntil,
		heldFrom,
		heldSkippedTo,
		rateUsed,
		rateAt,
		...shown
	} = row;
	return { ...shown, headers: maskHeaders(await openHeaders(env, row)) };
}

/** How many waiting deliveries one statement ends; the sweeper ends the rest. */
export const MAX_ENDED_DELIVERIES = 1_000;
/** How many the change ends that turns a webhook on again: as many as the sweeper ends in a minute. */
const MAX_ENDED_BEFORE_START = 10_000;

/** What tells of a webhook which of its deliveries end while it is off. */
type EndingWebhook = WebhookKey & Pick<WebhookRow, "deletedAt">;

/** Test sends go on while their webhook is only disabled: it may be tested. An attempt in progress ends by itself. */
const waits = (now: number, hook: EndingWebhook): SQL =>
	sql`${isOfWebhook(hook)} AND "dueAt" IS NOT NULL AND "status" = 'pending' ${hook.deletedAt === null ? sql`AND "test" = 0` : sql``}
		AND ("lease" IS NULL OR "leaseUntil" <= ${now})`;

/**
 * Ends the deliveries that wait for a webhook while it is disabled or deleted. Unless it is deleted, manual attempts that were
 * requested are still made.
 */
export function endWaitingDeliveries(
	now: number,
	hook: EndingWebhook,
	outcome: "skipped" | "cancelled",
	most = MAX_ENDED_DELIVERIES,
) {
	const isKept = hook.deletedAt === null ? sql`"manualWaiting" > 0` : sql`false`;
	// The sweeper has read that it is off some time ago; what was made since it is on again does not end.
	const isOff = sql`NOT EXISTS (SELECT 1 FROM ${liveRowOf(webhooks, hook.organizationId, hook.id)} AND "status" = 'active')`;
	return sql`UPDATE ${deliveries} SET "status" = ${outcome}, "nextAttemptAt" = NULL,
			"dueAt" = iif(${isKept}, "dueAt", NULL), "manualWaiting" = iif(${isKept}, "manualWaiting", 0),
			"lease" = NULL, "leaseUntil" = iif(${isKept}, "leaseUntil", NULL), "updatedAt" = ${now}
		WHERE ${isOfWebhook(hook)} AND ${isOff} AND "id" IN (SELECT "id" FROM ${deliveries} INDEXED BY "deliveries_due"
			WHERE ${waits(now, hook)} ORDER BY "dueAt" ${sql.limit(most)})
		RETURNING "id"`;
}

/**
 * Ends what still waits since a webhook was disabled or deleted, so that it isn't sent when the webhook is on again; must come
 * before that change. Refuses it (409) while more wait than one change can end.
 * @param hook as it was
 */
export const endBeforeStart = (
	now: number,
	hook: EndingWebhook,
	outcome: "skipped" | "cancelled",
): Statement[] => [
	endWaitingDeliveries(now, hook, outcome, MAX_ENDED_BEFORE_START),
	expect(
		sql`NOT EXISTS (SELECT 1 FROM ${deliveries} INDEXED BY "deliveries_due" WHERE ${waits(now, hook)})`,
		() =>
			conflict(
				`More than ${MAX_ENDED_BEFORE_START} deliveries that waited for the webhook when it was disabled or deleted are still being ended, which takes some minutes; try again shortly.`,
			),
	),
];

/** The fields of a webhook that is disabled at `now` (ms); the reason is a sentence that its owner reads. */
export const disabledFields = (now: number, reason: string) => ({
	disabledAt: new Date(now).toISOString(),
	disabledReason: reason,
});
