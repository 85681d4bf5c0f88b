// The sweeper's queries: which webhooks have deliveries waiting, and which of these should have been handled by now. Each
// statement has a limit.
import type { RawRow } from "../db/client.ts";
import { textOrNull } from "../db/fact.ts";
import { isSendingSuspended } from "../db/moves.ts";
import { deliveries, webhooks } from "../db/schema/webhooks.ts";
import { type SQL, sql } from "../db/sql.ts";
import { isRow, notDeleted } from "../db/tenant.ts";
import {
	MAX_WAKE_UP_TRUST_MS,
	returningWakeUps,
	trustMsOfRow,
	type WebhookKey,
	webhooksQuery,
} from "../outbox/backlog.ts";
import { BACKLOG_OFFSET } from "../outbox/pace.ts";

/** A row of `waitingWebhooks`. */
export const readWaitingWebhook = (row: RawRow) => ({
	id: String(row.id),
	organizationId: String(row.organizationId),
	/** Some deliveries are due, without a lease or a recent wake-up. */
	isOverdue: row.overdue === 1,
	/** Some deliveries are in the backlog. */
	hasBacklog: row.backlog === 1,
	/** The organization is moving to another database, and its deliveries wait. */
	isSendingSuspended: row.suspended === 1,
	/** The webhook is active and not deleted. */
	isLive: row.live === 1,
	deletedAt: row.deletedAt === null ? null : new Date(Number(row.deletedAt)).toISOString(),
	disabledReason: textOrNull(row.disabledReason),
});

export type WaitingWebhook = ReturnType<typeof readWaitingWebhook>;

const indexedDeliveries = (webhookId: SQL, condition: SQL): SQL =>
	sql`FROM ${deliveries} INDEXED BY "deliveries_due" WHERE "webhookId" = ${webhookId} AND ${condition}`;

const isOverdue = (now: number): SQL =>
	sql`"dueAt" <= ${now} AND ("leaseUntil" IS NULL OR "leaseUntil" <= ${now})`;

/** The next webhooks, by id, that have deliveries waiting. Each is found by one index seek, however many deliveries wait. */
export function waitingWebhooks(after: string, now: number, limit: number): SQL {
	const next = (id: SQL) =>
		sql`(SELECT "webhookId" FROM ${deliveries} INDEXED BY "deliveries_due" WHERE "dueAt" IS NOT NULL AND "webhookId" > ${id} ORDER BY "webhookId" LIMIT 1)`;
	const id = sql`named."id"`;
	return sql`WITH RECURSIVE found("id") AS (SELECT ${next(sql`${after}`)}
			UNION ALL SELECT ${next(sql`found."id"`)} FROM found WHERE found."id" IS NOT NULL ${sql.limit(limit)})
		SELECT named.*, webhook."id" IS NOT NULL AND webhook."status" = 'active' AND ${notDeleted("webhook")} AS "live",
			iif(webhook."id" IS NULL, ${now}, webhook."deletedAt") AS "deletedAt", webhook."disabledReason",
			${isSendingSuspended(sql`named."organizationId"`)} AS "suspended",
			EXISTS (SELECT 1 ${indexedDeliveries(id, isOverdue(now))}) AS "overdue",
			EXISTS (SELECT 1 ${indexedDeliveries(id, sql`"dueAt" >= ${BACKLOG_OFFSET}`)}) AS "backlog"
		FROM (SELECT found."id", (SELECT "organizationId" ${indexedDeliveries(sql`found."id"`, sql`"dueAt" IS NOT NULL`)} LIMIT 1) AS "organizationId"
			FROM found WHERE found."id" IS NOT NULL) AS named
		LEFT JOIN ${webhooks} AS webhook ON ${isRow("webhook", sql`named."organizationId"`, id)}
		ORDER BY named."id"`;
}

/**
 * Wakes the first `share` overdue deliveries of each webhook and moves them behind the others, so that the next sweep continues
 * with those. The time until a delivery may be woken again doubles with each sweep, so that a slow queue gets a second message
 * after minutes and a third after twice as many.
 */
export function wakeOverdue(hooks: readonly WebhookKey[], share: number, now: number): SQL {
	const first = sql`(SELECT json_group_array("id") FROM (SELECT "id" ${indexedDeliveries(sql`named."id"`, isOverdue(now))} ORDER BY "dueAt" ${sql.limit(share)}))`;
	const age = sql`min(${now} - coalesce("nextAttemptAt", ${now}), ${MAX_WAKE_UP_TRUST_MS})`;
	return sql`UPDATE ${deliveries} SET "dueAt" = ${now}, "lease" = NULL, "leaseUntil" = ${now} + max(${age}, ${trustMsOfRow(now)})
		WHERE ("webhookId", "id") IN (SELECT named."id", first.value FROM (${webhooksQuery(hooks)}) AS named CROSS JOIN json_each(${first}) AS first)
		${returningWakeUps(now)}`;
}
