// A webhook's deliveries of the events of one record. They are found by the index of the record's history: a delivery's row has
// no column and no index for it.
import type { Ctx } from "../context.ts";
import { batch } from "../db/client.ts";
import { keyBaseOf, keyEndOf, keyOfNumber, numberOfKey } from "../db/event-keys.ts";
import type { PageQuery, Position } from "../db/list-query.ts";
import { events } from "../db/schema/events.ts";
import { deliveries } from "../db/schema/webhooks.ts";
import { type SQL, sql } from "../db/sql.ts";
import { isOfWebhook, type WebhookKey } from "../outbox/backlog.ts";

/** The maximum of events that one page reads, also if none of them was sent to the webhook. */
const MAX_EVENTS = 1_000;

interface RecordFeed extends PageQuery {
	readonly recordId: string;
	/** Conditions that each delivery must meet. */
	readonly tests: readonly SQL[];
	readonly columns: SQL;
}

/**
 * One page, newest event first, and where the next one begins: at the number of an event, after one of its deliveries. The
 * queries `besides` run in the same batch. `save_lead` is not in the index; it follows the event that it repeats, or the other
 * one that the same change caused.
 */
export async function recordPage(ctx: Ctx, hook: WebhookKey, feed: RecordFeed, extraQueries: readonly SQL[]) {
	const { recordId, tests, columns, limit, after } = feed;
	const base = keyBaseOf(hook.organizationId);
	const end = after
		? sql`min(${keyEndOf(base)}, ${keyOfNumber(base, sql`${String(after.value)}`)} + 1)`
		: keyEndOf(base);
	const next = sql`(SELECT next."id" FROM ${events} AS next WHERE next."key" = ${events.key} + 1 AND next."type" = 'save_lead' AND next."entityId" = ${recordId})`;
	const entries = sql`SELECT ${events.key} AS "key", ${events.id} AS "id", ${next} AS "next" FROM ${events}
		WHERE ${events.entityId} = ${recordId} AND ${events.type} <> 'save_lead' AND ${events.test} = 0 AND ${events.key} >= ${base} AND ${events.key} < ${end}
		ORDER BY ${events.key} DESC ${sql.limit(MAX_EVENTS)}`;
	const number = numberOfKey(sql`entry."key"`);
	const isAfter = after
		? [sql`(${number} < CAST(${String(after.value)} AS INTEGER) OR ${deliveries.id} > ${after.id})`]
		: [];
	// All deliveries of an event have its time in the first digits of their ids.
	const time = sql`'whd_' || substr(entry."id", 5, 10)`;
	const [found = [], [scanned] = [], ...rest] = await batch(ctx.env.DB, [
		sql`WITH entry AS MATERIALIZED (${entries})
			SELECT ${columns}, ${number} AS "number" FROM entry CROSS JOIN ${deliveries} ON ${isOfWebhook(hook)}
				AND ${deliveries.id} >= ${time} AND ${deliveries.id} < ${time} || '~' AND ${deliveries.eventId} IN (entry."id", entry."next")
			WHERE ${sql.all([...tests, ...isAfter])} ${sql.limit(limit + 1)}`,
		sql`SELECT count(*) AS "count", ${numberOfKey(sql`min("key")`)} AS "number" FROM (${entries})`,
		...extraQueries,
	]);
	const rows = found.slice(0, limit);
	const last = rows.at(-1);
	const nextPage: Position | null =
		found.length > limit && last
			? { value: String(last.number), id: String(last.id) }
			: Number(scanned?.count) === MAX_EVENTS
				? // After all deliveries of the last event that was read.
					{ value: String(scanned?.number), id: "~" }
				: null;
	return { rows, next: nextPage, extra: rest };
}
