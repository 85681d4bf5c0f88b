// The outbox: statements that record events and insert a delivery for each subscribed webhook. They are part of the batch of
// the change itself, and webhooks are found in SQL, so that none committed before is missed.
import type { EventCtx } from "../context.ts";
import { splitIntoChunks } from "../db/chunks.ts";
import type { Statement } from "../db/commit.ts";
import { eventIdOf, keyBaseOf, newestKey, previousEvent } from "../db/event-keys.ts";
import type { OwnedTable } from "../db/owned-row.ts";
import { events } from "../db/schema/events.ts";
import { deliveries, webhooks } from "../db/schema/webhooks.ts";
import { fillSlotsInText, isoInstant, slotsOf } from "../db/slots.ts";
import { COMPUTED_ONCE, type SQL, sql } from "../db/sql.ts";
import { sendingRules } from "../env.ts";
import { hasBytesLeft } from "../quotas/expectations.ts";
import { countedForDelivery, expectLogRoom } from "../quotas/log.ts";
import { canWake, returningWakeUps, trustMs, wakingStatement } from "./backlog.ts";
import { passesFilter } from "./filter.ts";
import { holdDeliveries } from "./held.ts";
import type { EventType } from "./names.ts";
import { BACKLOG_OFFSET, dueInBacklog, opensAt } from "./pace.ts";
import { isSubscribed, subscribersTo, webhooksOf } from "./subscribers.ts";

/** An event to be recorded. */
export interface EventDraft {
	readonly type: EventType;
	readonly entityId: string;
	/** The body to send; its `webhookId` is empty until a delivery fills it in. */
	readonly payload: object;
}

/** The body of every CRM event, around `data` and `changes`. New fields are only added at its end. */
export function envelope(ctx: EventCtx, event: EventType, data: object, changes?: object): object {
	return {
		event,
		timestamp: new Date(ctx.now).toISOString(),
		webhookId: "",
		organizationId: ctx.caller.organizationId,
		data,
		...(changes ? { changes } : {}),
		actor: ctx.actor,
	};
}

/** A test send's event, whose id must be known before the commit. Its payload is recorded unchanged. */
export interface TestDraft extends EventDraft {
	readonly id: string;
	readonly test: 1;
}

/**
 * A delivery's id, a TypeID like every other: the event's time, version 7, variant 10 and random digits. It is made in SQL,
 * because only the fan-out knows how many there are.
 */
const DELIVERY_ID = sql`'whd_' || substr("eventId", 5, 10) || 'e' || lower(hex(randomblob(1))) || '8' || lower(hex(randomblob(6)))`;

/** Whether a write may be refused when its events can't be delivered soon: a deletion must always work. */
export type Cause = "change" | "deletion";

/**
 * Statements that record events and fan them out; wake-ups are sent after the commit. If the delivery log is full, a caller's
 * change is refused, 409; other events are delivered later.
 * @param written the table of the rows that `data` shows as this batch leaves them; none where it shows them as they were
 */
export function recordEvents(
	ctx: EventCtx,
	drafts: readonly EventDraft[],
	written?: OwnedTable,
	cause: Cause = "change",
): Statement[] {
	if (drafts.length === 0) return [];
	const { organizationId } = ctx.caller;
	return [
		cause === "change" && ctx.actor.type !== "system"
			? expectLogRoom(organizationId, sql`EXISTS (${subscribersTo(organizationId, drafts)})`)
			: holdDeliveries(organizationId, drafts),
		...insertEvents(ctx, drafts, written),
		fanOut(ctx, sql`${drafts.length}`),
	];
}

/**
 * The same for events that report on a webhook, few and small. No write is refused because of them: they are left out when the
 * organization's quota on bytes is used up.
 */
export function recordReports(ctx: EventCtx, drafts: readonly EventDraft[]): Statement[] {
	if (drafts.length === 0) return [];
	return [
		holdDeliveries(ctx.caller.organizationId, drafts),
		insertChunk(ctx, sql.each(drafts), webhooks, hasBytesLeft(ctx.caller.organizationId)),
		fanOut(ctx, sql`changes()`),
	];
}

/** Statements that record events; the commit gives each its key, id and instant. `written` as in `recordEvents`. */
export function insertEvents(
	ctx: EventCtx,
	drafts: readonly (EventDraft | TestDraft)[],
	written?: OwnedTable,
): Statement[] {
	return splitIntoChunks(drafts).map(({ each }) => insertChunk(ctx, each, written));
}

function insertChunk(
	ctx: EventCtx,
	drafts: SQL,
	written: OwnedTable | undefined,
	condition = sql`true`,
): Statement {
	const { organizationId } = ctx.caller;
	const slots = written ? slotsOf(written, organizationId, sql`(draft.value->>'entityId')`) : [];
	const ownId = sql`draft.value->>'id'`;
	const body = fillSlotsInText(sql`draft.value->'payload'`, "$.data", slots);
	return {
		query: sql`INSERT INTO ${events} ("key", "id", "type", "entityId", "createdAt", "test", "ownId", "payload", "actor")
			WITH last AS MATERIALIZED (${previousEvent(organizationId, ctx.now)})
			SELECT last."key" + 1 + draft.key, coalesce(${ownId}, ${eventIdOf(organizationId, sql`last."at"`, sql`(last."key" + 1 + draft.key)`)}),
				draft.value->>'type', draft.value->>'entityId', last."at", coalesce(draft.value->>'test', 0), ${ownId} IS NOT NULL,
				CASE WHEN last."at" = ${ctx.now} OR ${ownId} IS NOT NULL THEN ${body}
				ELSE json_replace(${body}, '$.timestamp', ${isoInstant(sql`last."at"`)}) END,
				iif(json_type(draft.value, '$.payload.actor') IS NULL, ${JSON.stringify(ctx.actor)}, NULL)
			FROM last CROSS JOIN ${drafts} AS draft WHERE ${condition}`,
	};
}

/**
 * Delivers the last `count` events, except to webhooks whose deliveries are held. Must directly follow the statements that
 * record these events.
 */
function fanOut(ctx: EventCtx, count: SQL): Statement {
	const newest = newestKey(keyBaseOf(ctx.caller.organizationId));
	return deliverEvents(
		ctx,
		sql`event."key" > ${newest} - CAST(${count} AS INTEGER) AND event."key" <= ${newest}`,
		sql`webhook."heldFrom" IS NULL`,
	);
}

/**
 * Inserts one delivery per webhook for each event that it subscribes to and that passes its filter: in flight while the window has room, else in the
 * backlog, or skipped when the webhook is disabled.
 * @param range the keys of the events, alias `event`
 * @param condition for webhooks, alias `webhook`, and events
 */
export function deliverEvents(
	ctx: Pick<EventCtx, "env" | "now" | "wake" | "caller">,
	range: SQL,
	condition: SQL,
): Statement {
	const { organizationId } = ctx.caller;
	const [firstDelay = 0] = sendingRules(ctx.env).delays;
	const dueAt = ctx.now + firstDelay * 1_000;
	const isWoken = canWake(sql`wanted`, sql`wanted."place"`, dueAt, ctx.now);
	const inBacklog = dueInBacklog(sql`"ordered"`, sql`"eventId"`, sql`${dueAt}`);
	return insertDeliveries(
		ctx,
		sql`SELECT "webhookId", ${DELIVERY_ID}, ${organizationId}, "eventId", "event", iif("due" IS NULL, 'skipped', 'pending'), 0,
				"at", "at", 0, 0, 0, iif("due" IS NULL, NULL, ${dueAt}), "due", iif("due" < ${BACKLOG_OFFSET}, "due" + ${trustMs(sql`"slow"`)}, NULL), "template"
			FROM (SELECT "webhookId", "eventId", "event", "at", "slow", "template", CASE WHEN "status" <> 'active' THEN NULL WHEN ${isWoken} THEN max(${dueAt}, coalesce("pausedUntil", 0), ${opensAt(sql`wanted`)}) ELSE ${inBacklog} END AS "due"
				FROM (SELECT webhook."id" AS "webhookId", webhook."status", webhook."template", webhook."pausedUntil", webhook."ordered", webhook."rateLimit", webhook."rateUsed", webhook."rateAt", coalesce(webhook."slowUntil" > ${ctx.now}, 0) AS "slow",
						event."id" AS "eventId", event."type" AS "event", event."createdAt" AS "at",
						row_number() OVER (PARTITION BY webhook."id" ORDER BY event."key") AS "place"
					${webhooksOf(organizationId, sql`CROSS JOIN ${events} AS event ON ${range}`)}
						AND ${isSubscribed(sql`event."type"`)} AND webhook."id" <> event."entityId" AND ${condition}
						AND ${passesFilter(sql`event."payload"`)}) AS wanted
				${COMPUTED_ONCE})`,
	);
}

/** What `insertDeliveries` takes, in this order. */
const COLUMNS = sql`"webhookId", "id", "organizationId", "eventId", "event", "status", "test", "createdAt", "updatedAt",
	"attemptsMade", "lastAttempt", "manualWaiting", "nextAttemptAt", "dueAt", "leaseUntil", "template"`;

/**
 * The statement that inserts deliveries, counts them for the quota on the log, and wakes those that are due.
 * @param rows VALUES or a query for `COLUMNS`
 */
export function insertDeliveries(ctx: Pick<EventCtx, "env" | "now" | "wake">, rows: SQL): Statement {
	const counted = countedForDelivery(ctx.env, sql`row_number() OVER ()`, sql`"template"`);
	const query = sql`INSERT INTO ${deliveries} (${COLUMNS}, "counted") WITH made(${COLUMNS}) AS (${rows})
		SELECT made.*, ${counted} FROM made WHERE true ${returningWakeUps(ctx.now)}`;
	return wakingStatement(query, ctx);
}
