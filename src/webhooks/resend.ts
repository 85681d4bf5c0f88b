// Sends deliveries again: one, or all of a time window that failed or were skipped.

import type { z } from "@hono/zod-openapi";
import type { Ctx } from "../context.ts";
import { batch } from "../db/client.ts";
import { expect, expectChanged, type Write } from "../db/commit.ts";
import { deliveries, webhooks } from "../db/schema/webhooks.ts";
import { sql } from "../db/sql.ts";
import { liveRowOf, rowOf } from "../db/tenant.ts";
import { webhookStore } from "../delivery/receiver.ts";
import { badRequest, conflict, notFound } from "../errors.ts";
import { firstIdAt } from "../ids.ts";
import { isOfWebhook, isSlow, returnToOrder, wakeUpMark, wakingStatement } from "../outbox/backlog.ts";
import { dueInBacklog } from "../outbox/pace.ts";
import { countedForRequest, countedForRun, expectLogRoom } from "../quotas/log.ts";
import { requireVersion, type VersionCondition } from "../resources/condition.ts";
import { DAY_MS } from "../time.ts";
import { getDelivery, isDelivery } from "./log.ts";
import type { Recover } from "./log-schema.ts";
import { releaseWebhook } from "./verbs.ts";

const MAX_WINDOW_MS = 14 * DAY_MS;
const MAX_RECOVERED = 10_000;

/**
 * Plans one attempt now, whatever the delivery's status; a running schedule continues unless it succeeds.
 * @throws AppError 404 for an unknown delivery or a deleted webhook, 403 as for reading it, 409 if the log's quota is used up
 */
export async function redeliver(ctx: Ctx, webhookId: string, id: string) {
	const delivery = await getDelivery(ctx, webhookId, id);
	const { organizationId } = ctx.caller;
	const isThisDelivery = isDelivery(organizationId, webhookId, id);
	const isAttended = sql`(coalesce("dueAt" <= ${ctx.now}, 0) AND coalesce("leaseUntil" > ${ctx.now}, 0))`;
	return {
		value: delivery,
		statements: [
			expectLogRoom(organizationId),
			// During an attempt, its recording wakes this one; a wake-up already sent serves both.
			wakingStatement(
				sql`SELECT "webhookId", "id", ${ctx.now} AS "dueAt", ${isSlow(ctx.now)} AS "slow" FROM ${deliveries}
					WHERE ${isThisDelivery} AND NOT ${isAttended}`,
				ctx,
			),
			sql`UPDATE ${deliveries} SET "manualWaiting" = "manualWaiting" + 1, "updatedAt" = ${ctx.now},
					"counted" = "counted" + ${countedForRequest()},
					"lease" = iif(${isAttended}, "lease", NULL),
					"leaseUntil" = iif(${isAttended}, "leaseUntil", ${wakeUpMark(sql`${ctx.now}`, ctx.now)}),
					"dueAt" = min(coalesce("dueAt", ${ctx.now}), ${ctx.now})
				WHERE ${isThisDelivery} AND EXISTS
					(SELECT 1 FROM ${liveRowOf(webhooks, organizationId, webhookId)})`,
			expectChanged(() => notFound("webhook")),
		],
	};
}

/**
 * Plans the recovery of a time window: each delivery created in it that failed (or was skipped) starts its schedule again, at
 * most the oldest ten thousand. They go into the backlog, so that a receiver that has just recovered isn't flooded. Deliveries
 * that a redelivery has completed meanwhile, and test sends, are left out.
 * @throws AppError 400 for a window that is empty or longer than 14 days; 404; 409 while the webhook is disabled,
 *   or if the log's quota is used up
 */
export async function recover(
	ctx: Ctx,
	webhookId: string,
	window: z.output<typeof Recover>,
	condition: VersionCondition | null,
): Promise<Write<{ recovered: number }>> {
	const { organizationId } = ctx.caller;
	const { since, until = new Date(ctx.now).toISOString(), status = "failed" } = window;
	const length = Date.parse(until) - Date.parse(since);
	if (length < 0)
		throw window.until === undefined
			? badRequest("since", "Must not be in the future.")
			: badRequest("until", "Must not be before `since`.");
	if (length > MAX_WINDOW_MS) {
		throw badRequest("since", "At most 14 days before `until`.");
	}
	const chosen = sql`SELECT "webhookId", "id" FROM ${deliveries} WHERE ${isOfWebhook({ organizationId, id: webhookId })}
		AND "status" = ${status} AND "test" = 0 AND "id" >= ${firstIdAt("whd", Date.parse(since))} AND "id" < ${firstIdAt("whd", Date.parse(until) + 1)}
		ORDER BY "id" ${sql.limit(MAX_RECOVERED)}`;
	const isOrdered = sql`(SELECT "ordered" FROM ${rowOf(webhooks, organizationId, webhookId)})`;
	const [found, counted] = await batch(ctx.env.DB, [
		webhookStore.byId(organizationId, webhookId),
		sql`SELECT count(*) AS "count" FROM (${chosen})`,
	]);
	const webhook = found?.[0];
	if (!webhook) throw notFound("webhook");
	requireVersion(webhook, condition);
	if (webhook.status !== "active") throw conflict("The webhook is disabled; enable it first.");
	const recovered = Number(counted?.[0]?.count);
	return {
		value: { recovered },
		statements: [
			expectLogRoom(organizationId),
			// A delivery already woken by a redelivery keeps its due time.
			sql`UPDATE ${deliveries} SET "status" = 'pending', "attemptsMade" = 0, "nextAttemptAt" = ${ctx.now},
					"dueAt" = coalesce("dueAt", ${dueInBacklog(isOrdered, sql`"eventId"`, sql`${ctx.now}`)}), "updatedAt" = ${ctx.now},
					"counted" = "counted" + ${countedForRun(ctx.env, sql`chosen."place"`)}
				FROM (SELECT "webhookId", "id", row_number() OVER () AS "place" FROM (${chosen})) AS chosen
				WHERE ${deliveries.webhookId} = chosen."webhookId" AND ${deliveries.id} = chosen."id"`,
			expectChanged(undefined, recovered),
			expect(
				sql`EXISTS (SELECT 1 FROM ${liveRowOf(webhooks, organizationId, webhookId)} AND "status" = 'active')`,
			),
			returnToOrder({ organizationId, id: webhookId }),
			releaseWebhook(ctx, webhookId),
		],
	};
}
