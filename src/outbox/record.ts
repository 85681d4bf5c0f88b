// The outbox: statements that record events and insert a delivery for each subscribed webhook. They are part of the batch of
// the change itself, and webhooks are found in SQL, so that none committed before is missed.
import type { EventCtx } from "../context.ts";
import { splitIntoChunks } from "../db/chunks.ts";
import type { Statement } from "../db/commit.ts";
import { eventIdOf, keyBaseOf, newestKey, previousEvent } from "../db/event-keys.ts";
import type { OwnedTable } from "../db/owned-row.ts";
import { events } from "../db/schema/events.ts";
import { organizations } from "../db/schema/organizations.ts";
import { deliveries, webhooks } from "../db/schema/webhooks.ts";
import { fillSlotsInText, isoInstant, slotsOf } from "../db/slots.ts";
import { type SQL, sql } from "../db/sql.ts";
import { isOrganization, notDeleted, ownedBy } from "../db/tenant.ts";
import { sendingRules } from "../env.ts";
import { hasBytesLeft } from "../quotas/expectations.ts";
import { type Cause, limitDeliveries } from "../quotas/log.ts";
import { BACKLOG_OFFSET, canWake, returningWakeUps, trustMs, wakingStatement } from "./backlog.ts";
import { passesFilter } from "./filter.ts";
import type { EventType } from "./names.ts";

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

/**
 * Statements that record events and fan them out; wake-ups are sent after the commit.
 * @param written the table of the rows that `data` shows as this batch leaves them; none where it shows them as they were
 */
export function recordEvents(
	ctx: EventCtx,
	drafts: readonly EventDraft[],
	written?: OwnedTable,
	cause: Cause = "change",
): Statement[] {
	return [
		...insertEvents(ctx, drafts, written),
		...(drafts.length > 0 ? [fanOut(ctx, sql`${drafts.length}`, cause)] : []),
	];
}

/**
 * The same for events that report on a webhook, few and small. No write is refused because of them: they are left out when the
 * organization's quota on bytes is used up, and not sent when that on the log is.
 */
export function recordReports(ctx: EventCtx, drafts: readonly EventDraft[]): Statement[] {
	if (drafts.length === 0) return [];
	const condition = hasBytesLeft(ctx.caller.organizationId);
	return [
		insertChunk(ctx, JSON.stringify(drafts), webhooks, condition),
		fanOut(ctx, sql`changes()`, "report"),
	];
}

/** Statements that record events; the commit gives each its key, id and instant. `written` as in `recordEvents`. */
export function insertEvents(
	ctx: EventCtx,
	drafts: readonly (EventDraft | TestDraft)[],
	written?: OwnedTable,
): Statement[] {
	return splitIntoChunks(drafts, (draft) => JSON.stringify(draft)).map((chunk) =>
		insertChunk(ctx, `[${chunk.join(",")}]`, written),
	);
}

function insertChunk(
	ctx: EventCtx,
	drafts: string,
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
			FROM last CROSS JOIN json_each(${drafts}) AS draft WHERE ${condition}`,
	};
}

/**
 * Whether the row with the alias `webhook` subscribes to an event, by its name, by `<noun>.*` or by `*`, and the operator's
 * topics in the row `organization` allow it. GLOB is safe: subscriptions are validated and contain no other special character
 * than a final `*`.
 */
export function isSubscribed(type: SQL): SQL {
	return sql`(organization."topics" IS NULL OR ${type} IN (SELECT value FROM json_each(organization."topics")))
		AND EXISTS (SELECT 1 FROM json_each(webhook."events") AS wanted WHERE ${type} GLOB wanted.value)`;
}

/**
 * Inserts one delivery per webhook for each of the last `count` events that it subscribes to and that pass its filter: in flight while the window has
 * room, else in the backlog, or skipped when the webhook is disabled. Must directly follow the statements that record these
 * events.
 */
function fanOut(ctx: EventCtx, count: SQL, cause: Cause): Statement {
	const { organizationId } = ctx.caller;
	const [firstDelay = 0] = sendingRules(ctx.env).delays;
	const dueAt = ctx.now + firstDelay * 1_000;
	const webhookOfRow = { id: sql`wanted."webhookId"`, pausedUntil: sql`wanted."pausedUntil"` };
	const isWoken = canWake(webhookOfRow, sql`wanted."place"`, dueAt, ctx.now);
	const newest = newestKey(keyBaseOf(organizationId));
	return insertDeliveries(
		ctx,
		sql`SELECT "webhookId", ${DELIVERY_ID}, ${organizationId}, "eventId", "event", iif("due" IS NULL, 'skipped', 'pending'), 0,
				"at", "at", 0, 0, 0, iif("due" IS NULL, NULL, ${dueAt}), "due", iif("due" < ${BACKLOG_OFFSET}, "due" + ${trustMs(sql`"slow"`)}, NULL)
			FROM (SELECT "webhookId", "eventId", "event", "at", "slow", CASE WHEN "status" <> 'active' THEN NULL WHEN ${isWoken} THEN max(${dueAt}, coalesce("pausedUntil", 0)) ELSE ${BACKLOG_OFFSET + dueAt} END AS "due"
				FROM (SELECT webhook."id" AS "webhookId", webhook."status", webhook."pausedUntil", coalesce(webhook."slowUntil" > ${ctx.now}, 0) AS "slow",
						event."id" AS "eventId", event."type" AS "event", event."createdAt" AS "at",
						row_number() OVER (PARTITION BY webhook."id" ORDER BY event."key") AS "place"
					FROM ${webhooks} AS webhook INDEXED BY "webhooks_live" CROSS JOIN ${organizations} AS organization
						CROSS JOIN ${events} AS event ON event."key" > ${newest} - CAST(${count} AS INTEGER) AND event."key" <= ${newest}
					WHERE ${ownedBy("webhook", organizationId)} AND ${notDeleted("webhook")}
						AND ${isOrganization("organization", organizationId)}
						AND ${isSubscribed(sql`event."type"`)} AND webhook."id" <> event."entityId"
						AND ${passesFilter(sql`event."payload"`)}) AS wanted)`,
		cause,
	);
}

/**
 * The statement that inserts deliveries and wakes those that are due, within the quota on the log.
 * @param rows VALUES or a query for the columns in this order, without the last
 */
export function insertDeliveries(ctx: EventCtx, rows: SQL, cause: Cause = "change"): Statement {
	const { counted, condition, ...guarded } = limitDeliveries(ctx, cause, sql`row_number() OVER ()`);
	const query = sql`INSERT INTO ${deliveries} ("webhookId", "id", "organizationId", "eventId", "event", "status", "test", "createdAt",
			"updatedAt", "attemptsMade", "lastAttempt", "manualWaiting", "nextAttemptAt", "dueAt", "leaseUntil", "counted")
		SELECT made.*, ${counted} FROM (${rows}) AS made WHERE ${condition} ${returningWakeUps(ctx.now)}`;
	return { ...wakingStatement(query, ctx), ...guarded };
}
