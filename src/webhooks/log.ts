// The delivery log: deliveries and their attempts.

import type { z } from "@hono/zod-openapi";
import type { Ctx } from "../context.ts";
import { batch, type RawRow } from "../db/client.ts";
import { isoOf } from "../db/columns.ts";
import { payloadOf } from "../db/event-keys.ts";
import { textOrNull } from "../db/fact.ts";
import { feedPage, idOrder, oneOf } from "../db/feed.ts";
import type { PageQuery } from "../db/list-query.ts";
import { attempts as attemptTable, deliveries, webhooks } from "../db/schema/webhooks.ts";
import { sql } from "../db/sql.ts";
import { rowOf } from "../db/tenant.ts";
import { bodyOf } from "../delivery/body.ts";
import { namesIn, readNames } from "../delivery/names.ts";
import { webhookStore } from "../delivery/receiver.ts";
import { notFound } from "../errors.ts";
import { firstIdAt } from "../ids.ts";
import { isOfWebhook } from "../outbox/backlog.ts";
import { eventTypes } from "../outbox/event-types.ts";
import { allowedFrom } from "../outbox/pace.ts";
import { readableTypes, requireReadable } from "../outbox/readable.ts";

import { type DeliveryQuery, MAX_ATTEMPTS } from "./log-schema.ts";
import { recordPage } from "./record-log.ts";
import { mayShow } from "./shown-names.ts";

export type LogQuery = PageQuery & z.output<typeof DeliveryQuery>;

const toInstant = (ms: unknown) => (ms === null ? null : isoOf(ms));

/**
 * A delivery as lists show it. Its next attempt is not before its webhook's next probe, while that is paused, and not before its
 * rate limit allows one; a test send waits for neither.
 * @param webhook a row with at least its pause and its rate limit
 */
export function showSummary(row: RawRow, webhook: RawRow = {}) {
	const earliest = row.test === 1 ? 0 : Math.max(Number(webhook.pausedUntil ?? 0), allowedFrom(webhook));
	const next = row.status === "pending" ? Math.max(Number(row.nextAttemptAt), earliest) : null;
	return {
		id: String(row.id),
		webhookId: String(row.webhookId),
		event: String(row.event),
		eventId: String(row.eventId),
		status: String(row.status),
		test: row.test === 1,
		createdAt: toInstant(row.createdAt),
		nextAttemptAt: toInstant(next),
		lastStatusCode: row.lastStatusCode,
		attemptCount: Number(row.attemptCount),
	};
}

/** The number of the last recorded attempt. It is found by one lookup, where counting would read every attempt. */
export const ATTEMPT_COUNT = sql`coalesce((SELECT "number" FROM ${attemptTable} WHERE "deliveryId" = ${deliveries.id} ORDER BY "number" DESC LIMIT 1), 0) AS "attemptCount"`;

/**
 * A page of a webhook's deliveries, newest first, those that the caller may read; also of a deleted webhook.
 * @throws AppError 404 when there is no such webhook
 */
export async function listDeliveries(ctx: Ctx, query: LogQuery, webhookId: string) {
	const { organizationId } = ctx.caller;
	const { limit, after, recordId } = query;
	const readable = readableTypes(ctx.caller);
	const hook = { organizationId, id: webhookId };
	const columns = sql`${deliveries}.*, ${ATTEMPT_COUNT}`;
	const from = query.since ? [sql`${firstIdAt("whd", Date.parse(query.since))}`] : [];
	const before = query.until ? [sql`${firstIdAt("whd", Date.parse(query.until) + 1)}`] : [];
	const tests = [
		...oneOf(deliveries.status, query.status),
		...oneOf(deliveries.event, query.event),
		...(readable.length < eventTypes.length ? oneOf(deliveries.event, readable) : []),
		...oneOf(deliveries.lastStatusCode, query.statusCode),
	];
	const webhookItself = [webhookStore.byId(organizationId, webhookId, true)];
	const { rows, next, extra } =
		recordId === undefined
			? await feedPage(
					{
						db: ctx.env.DB,
						...idOrder(deliveries, ATTEMPT_COUNT),
						owner: isOfWebhook(hook),
						from,
						before,
						tests,
						after,
						limit,
					},
					webhookItself,
				)
			: await recordPage(
					ctx,
					hook,
					{
						recordId,
						columns,
						tests: [
							...tests,
							...from.map((id) => sql`${deliveries.id} >= ${id}`),
							...before.map((id) => sql`${deliveries.id} < ${id}`),
						],
						after,
						limit,
					},
					webhookItself,
				);
	const webhook = extra[0]?.[0];
	if (!webhook) throw notFound("webhook");
	return { items: rows.map((row) => showSummary(row, webhook)), next };
}

/** The condition that a row is one delivery of a webhook. */
export const isDelivery = (organizationId: string, webhookId: string, id: string) =>
	sql`${isOfWebhook({ organizationId, id: webhookId })} AND ${deliveries.id} = ${id}`;

/**
 * One delivery with its body and every attempt.
 * @throws AppError 404, or 403 when the caller can't read the event's resource
 */
export async function getDelivery(ctx: Ctx, webhookId: string, id: string) {
	const { organizationId } = ctx.caller;
	const fromThisDelivery = sql`FROM ${deliveries} WHERE ${isDelivery(organizationId, webhookId, id)}`;
	const payload = payloadOf(deliveries.organizationId, deliveries.eventId);
	const hasNames = sql`NOT ${deliveries.test} AND (SELECT "expand" FROM ${rowOf(webhooks, organizationId, webhookId)}) <> '[]'`;
	const [found, bodies, made, webhook] = await batch(ctx.env.DB, [
		sql`SELECT *, ${ATTEMPT_COUNT} ${fromThisDelivery}`,
		sql`SELECT ${payload} AS "payload", ${namesIn(payload, sql`${deliveries.organizationId}`, hasNames)} AS "names" ${fromThisDelivery}`,
		sql`SELECT * FROM (SELECT * FROM ${attemptTable} WHERE "deliveryId" = (SELECT "id" ${fromThisDelivery}) ORDER BY "number" DESC ${sql.limit(MAX_ATTEMPTS)}) ORDER BY "number"`,
		webhookStore.byId(organizationId, webhookId, true),
	]);
	const row = found?.[0];
	if (!row) throw notFound("delivery");
	requireReadable(ctx.caller, [String(row.event)]);
	const body = bodies?.[0];
	const parts = {
		deliveryId: id,
		payload: textOrNull(body?.payload),
		template: textOrNull(row.template),
		names: readNames(body?.names, webhook?.[0]?.expand, mayShow(ctx.caller)),
	};
	return {
		...showSummary(row, webhook?.[0]),
		payload: JSON.parse(bodyOf(parts)),
		attempts: (made ?? []).map(showAttempt),
	};
}

function showAttempt(row: RawRow) {
	return {
		number: row.number,
		at: toInstant(row.at),
		trigger: row.trigger,
		url: row.url,
		requestHeaders: JSON.parse(String(row.requestHeaders)),
		statusCode: row.statusCode,
		durationMs: row.durationMs,
		error: row.error,
		responseHeaders: row.responseHeaders === null ? null : JSON.parse(String(row.responseHeaders)),
		responseBody: row.responseBody,
		responseTruncated: row.responseTruncated === 1,
	};
}
