// A webhook as sending sees it: its row, its public form, and how its deliveries end when it is disabled.

import { deliveries, webhooks } from "../db/schema/webhooks.ts";
import { sql } from "../db/sql.ts";
import { tableStore } from "../db/store.ts";
import type { Env } from "../env.ts";
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
		rateUsed,
		rateAt,
		...shown
	} = row;
	return { ...shown, headers: maskHeaders(await openHeaders(env, row)) };
}

/** How many waiting deliveries one statement ends; the sweeper ends the rest. */
export const MAX_ENDED_DELIVERIES = 1_000;

/**
 * Ends the deliveries that wait for a webhook that was disabled or deleted. An attempt in progress ends by itself. Unless the webhook
 * is deleted, manual attempts that were requested are still made, and test sends go on: a disabled webhook may be tested.
 */
export function endWaitingDeliveries(
	now: number,
	hook: WebhookKey & Pick<WebhookRow, "deletedAt">,
	outcome: "skipped" | "cancelled",
) {
	const isOfThisWebhook = isOfWebhook(hook);
	const [isKept, goesOn] =
		hook.deletedAt === null ? [sql`"manualWaiting" > 0`, sql`AND "test" = 0`] : [sql`false`, sql``];
	return sql`UPDATE ${deliveries} SET "status" = ${outcome}, "nextAttemptAt" = NULL,
			"dueAt" = iif(${isKept}, "dueAt", NULL), "manualWaiting" = iif(${isKept}, "manualWaiting", 0),
			"lease" = NULL, "leaseUntil" = iif(${isKept}, "leaseUntil", NULL), "updatedAt" = ${now}
		WHERE ${isOfThisWebhook} AND "id" IN (SELECT "id" FROM ${deliveries} INDEXED BY "deliveries_due"
			WHERE ${isOfThisWebhook} AND "dueAt" IS NOT NULL AND "status" = 'pending' ${goesOn}
				AND ("lease" IS NULL OR "leaseUntil" <= ${now}) ORDER BY "dueAt" ${sql.limit(MAX_ENDED_DELIVERIES)})
		RETURNING "id"`;
}

/** The fields of a webhook that is disabled at `now` (ms); the reason is a sentence that its owner reads. */
export const disabledFields = (now: number, reason: string) => ({
	disabledAt: new Date(now).toISOString(),
	disabledReason: reason,
});
