// Purges the delivery log, notifications, and the answers stored for an Idempotency-Key.

import { CHUNK_ROWS, type Chore } from "../chore.ts";
import { write } from "../db/commit.ts";
import { idempotencyKeys } from "../db/schema/bookkeeping.ts";
import { notifications } from "../db/schema/notifications.ts";
import { deliveries, deliveryHours, webhooks } from "../db/schema/webhooks.ts";
import { type SQL, sql } from "../db/sql.ts";
import { isAmong } from "../db/tenant.ts";
import type { Env } from "../env.ts";
import { firstIdAt } from "../ids.ts";
import { uncountAnswers } from "../quotas/answers.ts";
import { removeDeliveries } from "../quotas/log.ts";
import { settingsOf } from "../settings.ts";
import { DAY_MS } from "../time.ts";

/** How long it is remembered that a target was told of a state; then it is told again if the state still holds. */
const NOTIFICATION_DAYS = 7;

/** The chores for log rows. */
export function logChores(env: Env, now: number): Chore[] {
	const kept = now - settingsOf(env).DELIVERY_RETENTION_DAYS * DAY_MS;
	const oldDeliveries = sql`SELECT delivery."webhookId", delivery."id" FROM ${webhooks} AS webhook
		CROSS JOIN ${deliveries} AS delivery ON delivery."webhookId" = webhook."id" AND delivery."id" < ${firstIdAt("whd", kept)}
		WHERE delivery."dueAt" IS NULL ${sql.limit(CHUNK_ROWS)}`;
	const oldHours = sql`SELECT hours."webhookId", hours."hour" FROM ${webhooks} AS webhook
		CROSS JOIN ${deliveryHours} AS hours ON hours."webhookId" = webhook."id" AND hours."hour" < ${kept} ${sql.limit(CHUNK_ROWS)}`;
	const oldAnswers = sql`SELECT "organizationId", "key" FROM ${idempotencyKeys} WHERE "claimedAt" < ${now - DAY_MS} ${sql.limit(CHUNK_ROWS)}`;
	const oldNotifications = sql`SELECT "organizationId", "key", "targetId" FROM ${notifications} WHERE "at" < ${now - NOTIFICATION_DAYS * DAY_MS} ${sql.limit(CHUNK_ROWS)}`;
	return [
		removalChore("notifications", oldNotifications, [
			sql`DELETE FROM ${notifications} WHERE ${isAmong(notifications, oldNotifications, "key", "targetId")} RETURNING 1`,
		]),
		removalChore("deliveries", oldDeliveries, removeDeliveries(oldDeliveries)),
		removalChore("delivery_hours", oldHours, [
			sql`DELETE FROM ${deliveryHours} WHERE ("webhookId", "hour") IN (${oldHours}) RETURNING 1`,
		]),
		removalChore("idempotency_keys", oldAnswers, [
			uncountAnswers(oldAnswers),
			sql`DELETE FROM ${idempotencyKeys} WHERE ${isAmong(idempotencyKeys, oldAnswers, "key")} RETURNING 1`,
		]),
	];
}

/**
 * A chore whose chunk is these statements; the last one returns the rows that it removed. A small chunk is not the last one: it may
 * be of a few organizations, of which there are more.
 */
export function removalChore(name: string, due: SQL, removal: readonly SQL[]): Chore {
	return {
		name,
		due,
		run: async ({ DB }) => ((await write(DB, removal)).at(-1)?.length ?? 0) > 0,
	};
}
