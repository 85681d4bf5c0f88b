// The events of an organization as a feed to read, in the order of commits: the same data that webhooks send.

import type { Ctx } from "../context.ts";
import { batch, type RawRow } from "../db/client.ts";
import { isoOf } from "../db/columns.ts";
import {
	eventWithId,
	keyBaseOf,
	keyEndOf,
	keyOfNumber,
	NUMBER_BEFORE_FIRST,
	newestKey,
	numberOfKey,
	oldestKey,
} from "../db/event-keys.ts";
import { feedPage, oneOf } from "../db/feed.ts";
import type { ListQuery, PageQuery, Position } from "../db/list-query.ts";
import { events, formerEvents } from "../db/schema/events.ts";
import { type SQL, sql } from "../db/sql.ts";
import { rowsOf } from "../db/tenant.ts";
import { AppError, badRequest, notFound } from "../errors.ts";
import { eventTypes, matchesAny } from "../outbox/event-types.ts";
import { readableTypes, requireReadable } from "../outbox/readable.ts";

export interface EventQuery extends PageQuery, Pick<ListQuery, "orderDir"> {
	/** Event names, `<noun>.*` or `*`; any of them. */
	readonly type?: readonly string[] | undefined;
	readonly since?: string | undefined;
}

/** The columns that answers are made of. */
const EVENT_COLUMNS = sql`${events.id}, ${events.type}, ${events.entityId}, ${events.createdAt}, ${events.payload}, ${events.actor},
	${numberOfKey(sql`${events.key}`)} AS "sequence"`;

/** The feed in the order of event numbers, for the organization whose lowest key is `base`. */
export const feedByNumber = (base: SQL) => ({
	table: events,
	key: events.key,
	place: {
		column: "sequence",
		key: (number: string) => keyOfNumber(base, sql`${number}`),
		beyond: (number: string) => sql`${keyOfNumber(base, sql`${number}`)} + 1`,
	},
	columns: EVENT_COLUMNS,
});

/** An event as answers show it. */
export function showEvent({ id, type, entityId, createdAt, sequence, payload, actor: storedActor }: RawRow) {
	// `webhookId` is a delivery's id, and here nothing was delivered.
	const { webhookId: _, ...shown } = JSON.parse(String(payload));
	const actor = shown.actor ?? (storedActor === null ? null : JSON.parse(String(storedActor)));
	return { id, sequence, type, entityId, createdAt: isoOf(createdAt), actor, payload: shown };
}

/**
 * A page of the events that the caller may read, without test sends. In ascending order the last page has a next position too:
 * after the newest event, whether it matched or not.
 * @throws AppError 400 for a cursor whose following events are no longer stored; 503 while the wanted events are yet to be
 *   moved (db/event-keys.ts)
 */
export async function listEvents(ctx: Ctx, query: EventQuery) {
	const { limit, after, orderDir, type: wanted, since: instant } = query;
	const ascending = orderDir === "asc";
	const types = readableTypes(ctx.caller).filter(
		(type) => !wanted || wanted.some((one) => matchesAny(one, [type])),
	);
	const all = types.length === eventTypes.length;
	const { organizationId } = ctx.caller;
	const base = keyBaseOf(organizationId);
	const since = instant === undefined ? null : Date.parse(instant);
	const { rows, next, extra } = await feedPage(
		{
			limit,
			after,
			ascending,
			db: ctx.env.DB,
			...feedByNumber(base),
			from: [base, ...(since === null ? [] : [firstKeySince(base, since)])],
			before: [keyEndOf(base)],
			tests: [sql`"test" = 0`, ...(all ? [] : oneOf(events.type, types))],
		},
		[
			sql`SELECT ${numberOfKey(oldestKey(base))} AS "oldest", coalesce(${numberOfKey(newestKey(base))}, ${NUMBER_BEFORE_FIRST}) AS "newest",
				(SELECT "createdAt" FROM ${rowsOf(formerEvents, organizationId)} ORDER BY "id" DESC LIMIT 1) AS "unmoved"`,
		],
	);
	const { oldest, newest, unmoved } = extra[0]?.[0] ?? {};
	const needsFormerEvents = unmoved !== null && (since === null || Number(unmoved) >= since);
	if (after) requireNoGap(after, ascending ? Number(oldest ?? newest) : 0, Number(newest));
	if (needsFormerEvents && (ascending ? !after : rows.length === 0 && !next)) throw eventsStillMoving();
	const nextNumber = ascending ? newest : needsFormerEvents ? oldest : null;
	return {
		items: rows.map(showEvent),
		next: next ?? (nextNumber === null ? null : { value: null, id: String(nextNumber) }),
		hasMore: next !== null || (!ascending && nextNumber !== null),
	};
}

/**
 * One event.
 * @throws AppError 404, or 403 when the caller can't read its resource
 */
export async function getEvent(ctx: Ctx, id: string) {
	const columns = sql`event."id", event."type", event."entityId", event."createdAt", event."test", event."payload"`;
	const [found] = await batch(ctx.env.DB, [
		eventWithId(
			ctx.caller.organizationId,
			id,
			sql`${columns}, event."actor", ${numberOfKey(sql`event."key"`)} AS "sequence"`,
			sql`${columns}, NULL, NULL`,
		),
	]);
	const row = found?.[0];
	if (!row || row.test === 1) throw notFound("event");
	requireReadable(ctx.caller, [String(row.type)]);
	return showEvent(row);
}

/**
 * Event numbers have no gaps and events are purged from the oldest on. So either all events after a cursor are stored, or the
 * oldest number is beyond it. A cursor beyond the newest number is from before the database was restored to an earlier state.
 */
function requireNoGap({ id }: Position, oldest: number, newest: number): void {
	if (/^\d{1,12}$/.test(id) && Number(id) + 1 >= oldest && Number(id) <= newest) return;
	throw badRequest(
		"cursor",
		"Events after this cursor are no longer kept. To start again, note the `createdAt` of the newest event (`limit=1`), copy the lists, then read with `orderDir=asc` and that time as `since`.",
	);
}

/** 503: the requested events are yet to be moved. */
export function eventsStillMoving(): AppError {
	return new AppError(
		"SERVICE_UNAVAILABLE",
		"Events from before the last upgrade are still being sorted; later ones can be read with `since`. Please try again in a minute.",
		undefined,
		{ "Retry-After": "60" },
	);
}

/** The first key at or after an instant, found by binary search: instants never decrease from one key to the next. */
function firstKeySince(base: SQL, since: number): SQL {
	return sql`(WITH RECURSIVE cut("low", "high") AS (SELECT ${oldestKey(base)}, ${newestKey(base)} + 1
			UNION ALL SELECT iif(middle."createdAt" < ${since}, middle."key" + 1, "low"), iif(middle."createdAt" < ${since}, "high", ("low" + "high") / 2)
				FROM cut CROSS JOIN ${events} AS middle ON middle."key" = (SELECT min("key") FROM ${events} WHERE "key" >= ("low" + "high") / 2 AND "key" < "high")
				WHERE "low" < "high")
		SELECT "low" FROM cut WHERE "low" >= "high")`;
}
