// Making the deliveries of events: one statement inserts one for each webhook that wants them. Webhooks are found in SQL, so that
// none committed before is missed.
import { chance } from "../chance.ts";
import type { EventCtx } from "../context.ts";
import type { PlannedQuery } from "../db/commit.ts";
import { keyBaseOf, newestKey } from "../db/event-keys.ts";
import { events } from "../db/schema/events.ts";
import { deliveries } from "../db/schema/webhooks.ts";
import { COMPUTED_ONCE, type NumberOperand, type SQL, sql } from "../db/sql.ts";
import type { Operand } from "../db/tenant.ts";
import { sendingRules } from "../env.ts";
import { countedForDelivery, deliveryBytes } from "../quotas/log.ts";
import {
	canWake,
	canWakePlain,
	type DeliveryTimes,
	returningWakeUps,
	trustMs,
	wakingStatement,
} from "./backlog.ts";
import { passesFilter } from "./filter.ts";
import { BACKLOG_OFFSET, dueInBacklog, opensAt } from "./pace.ts";
import { isSubscribed, webhooksOf } from "./subscribers.ts";

/**
 * A delivery's id, a TypeID like every other: the event's time, version 7, variant 10 and random digits. It is made in SQL,
 * because only the fan-out knows how many there are.
 */
const DELIVERY_ID = sql`'whd_' || substr("eventId", 5, 10) || 'e' || lower(hex(randomblob(1))) || '8' || lower(hex(randomblob(6)))`;

/**
 * Delivers the last `count` events, or as many as the statement before has recorded, except to webhooks whose deliveries are held.
 * Must directly follow the statements that record these events.
 * @param plain whether all webhooks are expected to be plain (plain.ts)
 */
export function fanOut(ctx: EventCtx, count: number | null, plain = false): PlannedQuery {
	const { env, now, caller } = ctx;
	const { dueAt, isDue } = timesOf(ctx);
	const bytes = deliveryBytes(env);
	const query = fanOuts[plain ? "plain" : "any"][isDue ? "now" : "later"](
		caller.organizationId,
		now,
		dueAt,
		bytes,
		chance.random(),
		count,
	);
	return wakingStatement(query, ctx);
}

const fanOutTo = (isDue: boolean, plain: boolean) =>
	sql.prepared<
		[organizationId: string, now: number, dueAt: number, bytes: number, begin: number, count: number | null]
	>((organizationId, now, dueAt, bytes, begin, count) => {
		const newest = newestKey(keyBaseOf(organizationId));
		const range = sql`event."key" > ${newest} - CAST(coalesce(${count}, changes()) AS INTEGER) AND event."key" <= ${newest}`;
		const condition = sql`webhook."heldFrom" IS NULL`;
		const rows = deliveriesOf(organizationId, { now, dueAt, isDue }, range, condition, plain);
		return insertionOfDeliveries(now, bytes, begin, rows);
	});
const fanOutsTo = (plain: boolean) => ({ now: fanOutTo(true, plain), later: fanOutTo(false, plain) });
const fanOuts = { any: fanOutsTo(false), plain: fanOutsTo(true) };

/** When a delivery that is made now is due. */
function timesOf({ env, now }: Pick<EventCtx, "env" | "now">) {
	const [firstDelay = 0] = sendingRules(env).delays;
	return { now, dueAt: now + firstDelay * 1_000, isDue: firstDelay === 0 };
}

/**
 * Inserts one delivery per webhook for each event that it subscribes to and that passes its filter: in flight while the window has room, else in the
 * backlog, or skipped.
 * @param range the keys of the events, alias `event`
 * @param condition for webhooks, alias `webhook`, and events
 * @param isSkipped which of these deliveries are skipped
 */
export const deliverEvents = (
	ctx: Pick<EventCtx, "env" | "now" | "wake" | "caller">,
	range: SQL,
	condition: SQL,
	isSkipped: SQL,
): PlannedQuery =>
	insertDeliveries(
		ctx,
		deliveriesOf(ctx.caller.organizationId, timesOf(ctx), range, condition, false, isSkipped),
	);

/** Whether a webhook, alias `webhook`, is disabled. */
export const IS_DISABLED = sql`webhook."status" <> 'active'`;

/** The rows for `insertDeliveries` of events that become due at an instant; `plain` as in `fanOut`. */
function deliveriesOf(
	organizationId: Operand,
	times: DeliveryTimes,
	range: SQL,
	condition: SQL,
	plain = false,
	isSkipped = IS_DISABLED,
): SQL {
	const { now, dueAt } = times;
	const place = sql`wanted."place"`;
	const isWoken = plain
		? canWakePlain(sql`wanted."webhookId"`, place, times)
		: canWake(sql`wanted`, place, times);
	const wokenAt = plain
		? sql`${dueAt}`
		: sql`max(${dueAt}, coalesce("pausedUntil", 0), ${opensAt(sql`wanted`)})`;
	const inBacklog = dueInBacklog(plain ? sql`0` : sql`"ordered"`, sql`"eventId"`, sql`${dueAt}`);
	const passes = plain ? sql`` : sql`AND ${passesFilter(sql`event."payload"`)}`;
	return sql`SELECT "webhookId", ${DELIVERY_ID}, ${organizationId}, "eventId", "event", iif("due" IS NULL, 'skipped', 'pending'), 0,
				"at", "at", 0, 0, 0, iif("due" IS NULL, NULL, ${dueAt}), "due", iif("due" < ${BACKLOG_OFFSET}, "due" + ${trustMs(sql`"slow"`)}, NULL), "template"
			FROM (SELECT "webhookId", "eventId", "event", "at", "slow", "template", CASE WHEN "isSkipped" THEN NULL WHEN ${isWoken} THEN ${wokenAt} ELSE ${inBacklog} END AS "due"
				FROM (SELECT webhook."id" AS "webhookId", ${isSkipped} AS "isSkipped", webhook."template", webhook."pausedUntil", webhook."ordered", webhook."rateLimit", webhook."rateUsed", webhook."rateAt", coalesce(webhook."slowUntil" > ${now}, 0) AS "slow",
						event."id" AS "eventId", event."type" AS "event", event."createdAt" AS "at",
						row_number() OVER (PARTITION BY webhook."id", ${isSkipped} ORDER BY event."key") AS "place"
					${webhooksOf(organizationId, sql`CROSS JOIN ${events} AS event ON ${range}`)}
						AND ${isSubscribed(sql`event."type"`)} AND webhook."id" <> event."entityId" AND ${condition}
						${passes}) AS wanted
				${COMPUTED_ONCE})`;
}

/** What `insertDeliveries` takes, in this order. */
const COLUMNS = sql`"webhookId", "id", "organizationId", "eventId", "event", "status", "test", "createdAt", "updatedAt",
	"attemptsMade", "lastAttempt", "manualWaiting", "nextAttemptAt", "dueAt", "leaseUntil", "template"`;

/**
 * The statement that inserts deliveries, counts them for the quota on the log, and wakes those that are due.
 * @param rows VALUES or a query for `COLUMNS`
 */
export const insertDeliveries = (ctx: Pick<EventCtx, "env" | "now" | "wake">, rows: SQL): PlannedQuery =>
	wakingStatement(insertionOfDeliveries(ctx.now, deliveryBytes(ctx.env), chance.random(), rows), ctx);

function insertionOfDeliveries(
	now: NumberOperand,
	bytes: NumberOperand,
	begin: NumberOperand,
	rows: SQL,
): SQL {
	const counted = countedForDelivery(sql`row_number() OVER ()`, bytes, sql`"template"`, begin);
	return sql`INSERT INTO ${deliveries} (${COLUMNS}, "counted") WITH made(${COLUMNS}) AS (${rows})
		SELECT made.*, ${counted} FROM made WHERE true ${returningWakeUps(now)}`;
}
