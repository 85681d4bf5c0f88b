// The deliveries of one event, to all webhooks.
import type { Ctx } from "../context.ts";
import { batch } from "../db/client.ts";
import { eventWithId } from "../db/event-keys.ts";
import type { PageQuery } from "../db/list-query.ts";
import { deliveries, webhooks } from "../db/schema/webhooks.ts";
import { sql } from "../db/sql.ts";
import { ownedBy } from "../db/tenant.ts";
import { notFound } from "../errors.ts";
import { requireReadable } from "../outbox/readable.ts";
import { ATTEMPT_COUNT, showSummary } from "./log.ts";

/**
 * A page of an event's deliveries, those to the newest webhooks first, deleted webhooks included. The time in their ids is the
 * event's, so each webhook needs one lookup in the primary key.
 * @throws AppError 404 when there is no such event, 403 when the caller can't read its resource
 */
export async function listEventDeliveries(ctx: Ctx, { limit, after }: PageQuery, eventId: string) {
	const { organizationId } = ctx.caller;
	const time = `whd_${eventId.slice(4, 14)}`;
	const [found, rows = []] = await batch(ctx.env.DB, [
		eventWithId(organizationId, eventId, sql`event."type", event."test"`),
		sql`SELECT ${deliveries}.*, ${ATTEMPT_COUNT}, webhook."pausedUntil", webhook."rateLimit", webhook."rateUsed", webhook."rateAt" FROM ${webhooks} AS webhook
			CROSS JOIN ${deliveries} ON ${deliveries.webhookId} = webhook."id" AND ${deliveries.id} >= ${time} AND ${deliveries.id} < ${`${time}~`}
			WHERE ${ownedBy("webhook", organizationId)} AND ${deliveries.eventId} = ${eventId}
				${after ? sql`AND webhook."id" < ${after.id}` : sql``}
			ORDER BY webhook."id" DESC ${sql.limit(limit + 1)}`,
	]);
	const event = found?.[0];
	if (!event || event.test === 1) throw notFound("event");
	requireReadable(ctx.caller, [String(event.type)]);
	const items = rows.slice(0, limit).map((row) => showSummary(row, row));
	const last = rows.length > limit ? items.at(-1) : undefined;
	return { items, next: last ? { value: null, id: last.webhookId } : null };
}
