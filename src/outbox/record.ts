// The outbox: statements that record events and insert a delivery for each subscribed webhook. They are part of the batch of
// the change itself, and webhooks are found in SQL, so that none committed before is missed.
import { chance } from "../chance.ts";
import type { EventCtx } from "../context.ts";
import { splitIntoChunks } from "../db/chunks.ts";
import type { PlannedQuery, Statement } from "../db/commit.ts";
import { eventIdOf, keyBaseOf, newestKey, previousEvent } from "../db/event-keys.ts";
import type { OwnedTable } from "../db/owned-row.ts";
import { oncePerTable } from "../db/row-columns.ts";
import { events } from "../db/schema/events.ts";
import { deliveries, webhooks } from "../db/schema/webhooks.ts";
import { fillSlotsInText, isoInstant, slotsOf } from "../db/slots.ts";
import { COMPUTED_ONCE, type NumberOperand, type SQL, sql } from "../db/sql.ts";
import type { Operand } from "../db/tenant.ts";
import { sendingRules } from "../env.ts";
import { hasBytesLeft } from "../quotas/expectations.ts";
import { countedForDelivery, deliveryBytes, expectLogRoom } from "../quotas/log.ts";
import {
	canWake,
	canWakePlain,
	type DeliveryTimes,
	returningWakeUps,
	trustMs,
	wakingStatement,
} from "./backlog.ts";
import { passesFilter } from "./filter.ts";
import { holdDeliveries } from "./held.ts";
import type { EventType } from "./names.ts";
import { BACKLOG_OFFSET, dueInBacklog, opensAt } from "./pace.ts";
import { expectPlain, mayBePlain } from "./plain.ts";
import { isSubscribed, subscribersTo, webhooksOf } from "./subscribers.ts";
import { expectUnwanted, isUnwanted, noteUnwanted } from "./unwanted.ts";

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

/** The statements of events, for a write that sends what it expects in one statement. Their order is that of `recordEvents`. */
export interface Recording {
	/** What must be so; before the deliveries. */
	readonly expected: readonly Statement[];
	readonly recorded: readonly Statement[];
	readonly delivered: readonly Statement[];
}

const ofEvents = (statement: Statement): Statement => ({
	...("query" in statement ? statement : { query: statement }),
	ofEvents: true,
});

const NOTHING: Recording = { expected: [], recorded: [], delivered: [] };

/**
 * Statements that record events and fan them out; wake-ups are sent after the commit. If the delivery log is full, a caller's
 * change is refused, 409; other events are delivered later.
 * @param written the table of the rows that `data` shows as this batch leaves them; none where it shows them as they were
 */
export function recordingOf(
	ctx: EventCtx,
	drafts: readonly EventDraft[],
	written?: OwnedTable,
	cause: Cause = "change",
): Recording {
	if (drafts.length === 0) return NOTHING;
	const { organizationId } = ctx.caller;
	const recorded = insertEvents(ctx, drafts, written).map(ofEvents);
	if (ctx.isRetry === false && isUnwanted(organizationId, drafts, ctx.now))
		return { expected: [expectUnwanted(organizationId, drafts, ctx.now)], recorded, delivered: [] };
	const plain = ctx.isRetry === false && mayBePlain(organizationId, ctx.now);
	const mayBeRefused = cause === "change" && ctx.actor.type !== "system";
	return {
		expected: [
			...(plain ? [expectPlain(organizationId, ctx.now)] : []),
			...(mayBeRefused
				? [expectLogRoom(organizationId, sql`EXISTS (${subscribersTo(organizationId, drafts)})`)]
				: []),
		],
		recorded: mayBeRefused ? recorded : [ofEvents(holdDeliveries(organizationId, drafts)), ...recorded],
		delivered: [ofEvents(noteUnwanted(fanOut(ctx, drafts.length, plain), organizationId, drafts, ctx.now))],
	};
}

/** The same as a list, for statements that only follow each other. */
export function recordEvents(...events: Parameters<typeof recordingOf>): Statement[] {
	const { expected, recorded, delivered } = recordingOf(...events);
	return [...expected, ...recorded, ...delivered];
}

/**
 * The same for events that report on a webhook, few and small. No write is refused because of them: they are left out when the
 * organization's quota on bytes is used up.
 */
export function recordReports(ctx: EventCtx, drafts: readonly EventDraft[]): Statement[] {
	if (drafts.length === 0) return [];
	return [
		holdDeliveries(ctx.caller.organizationId, drafts),
		insertChunk(ctx, JSON.stringify(drafts), reportInsertion),
		fanOut(ctx, null),
	];
}

/** Statements that record events; the commit gives each its key, id and instant. `written` as in `recordEvents`. */
export function insertEvents(
	ctx: EventCtx,
	drafts: readonly (EventDraft | TestDraft)[],
	written?: OwnedTable,
): Statement[] {
	const insertion = written ? insertionAfter(written) : insertionAlone;
	return splitIntoChunks(drafts).map(({ json }) => insertChunk(ctx, json, insertion));
}

const insertChunk = (ctx: EventCtx, drafts: string, insertion: typeof insertionAlone): Statement =>
	insertion(ctx.caller.organizationId, ctx.now, JSON.stringify(ctx.actor), drafts);

/**
 * The statement that inserts events.
 * @param written as in `recordEvents`
 * @param condition whether they are recorded at all
 */
const insertionOf = (written: OwnedTable | null, condition: (organizationId: SQL) => SQL = () => sql`true`) =>
	sql.prepared<[organizationId: string, now: number, actor: string, drafts: string]>(
		(organizationId, now, actor, drafts) => {
			const slots = written ? slotsOf(written, organizationId, sql`(draft.value->>'entityId')`) : [];
			const ownId = sql`draft.value->>'id'`;
			const body = fillSlotsInText(sql`draft.value->'payload'`, "$.data", slots);
			return sql`INSERT INTO ${events} ("key", "id", "type", "entityId", "createdAt", "test", "ownId", "payload", "actor")
			WITH last AS MATERIALIZED (${previousEvent(organizationId, now)})
			SELECT last."key" + 1 + draft.key, coalesce(${ownId}, ${eventIdOf(organizationId, sql`last."at"`, sql`(last."key" + 1 + draft.key)`)}),
				draft.value->>'type', draft.value->>'entityId', last."at", coalesce(draft.value->>'test', 0), ${ownId} IS NOT NULL,
				CASE WHEN last."at" = ${now} OR ${ownId} IS NOT NULL THEN ${body}
				ELSE json_replace(${body}, '$.timestamp', ${isoInstant(sql`last."at"`)}) END,
				iif(json_type(draft.value, '$.payload.actor') IS NULL, ${actor}, NULL)
			FROM last CROSS JOIN json_each(${drafts}) AS draft WHERE ${condition(organizationId)}`;
		},
	);

const insertionAlone = insertionOf(null);
const insertionAfter = oncePerTable((written: OwnedTable) => insertionOf(written));
const reportInsertion = insertionOf(webhooks, hasBytesLeft);

/**
 * Delivers the last `count` events, or as many as the statement before has recorded, except to webhooks whose deliveries are held.
 * Must directly follow the statements that record these events.
 * @param plain whether all webhooks are expected to be plain (plain.ts)
 */
function fanOut(ctx: EventCtx, count: number | null, plain = false): PlannedQuery {
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
 * backlog, or skipped when the webhook is disabled.
 * @param range the keys of the events, alias `event`
 * @param condition for webhooks, alias `webhook`, and events
 */
export const deliverEvents = (
	ctx: Pick<EventCtx, "env" | "now" | "wake" | "caller">,
	range: SQL,
	condition: SQL,
): PlannedQuery =>
	insertDeliveries(ctx, deliveriesOf(ctx.caller.organizationId, timesOf(ctx), range, condition));

/** The rows for `insertDeliveries` of events that become due at an instant; `plain` as in `fanOut`. */
function deliveriesOf(
	organizationId: Operand,
	times: DeliveryTimes,
	range: SQL,
	condition: SQL,
	plain = false,
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
			FROM (SELECT "webhookId", "eventId", "event", "at", "slow", "template", CASE WHEN "status" <> 'active' THEN NULL WHEN ${isWoken} THEN ${wokenAt} ELSE ${inBacklog} END AS "due"
				FROM (SELECT webhook."id" AS "webhookId", webhook."status", webhook."template", webhook."pausedUntil", webhook."ordered", webhook."rateLimit", webhook."rateUsed", webhook."rateAt", coalesce(webhook."slowUntil" > ${now}, 0) AS "slow",
						event."id" AS "eventId", event."type" AS "event", event."createdAt" AS "at",
						row_number() OVER (PARTITION BY webhook."id" ORDER BY event."key") AS "place"
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
