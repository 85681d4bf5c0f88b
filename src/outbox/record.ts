// The outbox: statements that record events and insert a delivery for each subscribed webhook (fan-out.ts). They are part of the
// batch of the change itself.
import type { EventCtx } from "../context.ts";
import { splitIntoChunks } from "../db/chunks.ts";
import type { Slot, Statement } from "../db/commit.ts";
import { eventIdOf, previousEvent } from "../db/event-keys.ts";
import type { OwnedTable } from "../db/owned-row.ts";
import { oncePerTable } from "../db/row-columns.ts";
import { events } from "../db/schema/events.ts";
import { webhooks } from "../db/schema/webhooks.ts";
import { fillSlotsInText, isoInstant, slotsOf, slotsWithin } from "../db/slots.ts";
import { type SQL, sql } from "../db/sql.ts";
import { hasBytesLeft } from "../quotas/expectations.ts";
import { expectLogRoom } from "../quotas/log.ts";
import type { EventType } from "./event-types.ts";
import { fanOut } from "./fan-out.ts";
import { holdDeliveries } from "./held.ts";
import { expectPlain, mayBePlain } from "./plain.ts";
import { subscribersTo } from "./subscribers.ts";
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

/** Whether a write may be refused when its events can't be delivered soon: a deletion must always work. */
export type Cause = "change" | "deletion";

/** The statements of events, for a write that sends what it expects in one statement. Their order is that of `recordEvents`. */
export interface Recording {
	/** What must be so; before the deliveries. */
	readonly expected: readonly Statement[];
	readonly recorded: readonly Statement[];
	readonly delivered: readonly Statement[];
}

/** The same statement, marked as one of events. */
const eventStatement = (statement: Statement): Statement => ({
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
	const recorded = insertEvents(ctx, drafts, written).map(eventStatement);
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
		recorded: mayBeRefused ? recorded : [eventStatement(holdDeliveries(organizationId, drafts)), ...recorded],
		delivered: [
			eventStatement(noteUnwanted(fanOut(ctx, drafts.length, plain), organizationId, drafts, ctx.now)),
		],
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
		insertionOf(ctx, JSON.stringify(drafts), selectionOfReports)(hasBytesLeft(ctx.caller.organizationId)),
		fanOut(ctx, null),
	];
}

/**
 * Statements that record events; the commit gives each its key, id and instant. What is expected before them is looked up by the
 * first. `written` as in `recordingOf`.
 */
export const insertEvents = (
	ctx: EventCtx,
	drafts: readonly (EventDraft | TestDraft)[],
	written?: OwnedTable,
): Statement[] =>
	splitIntoChunks(drafts).map(({ json }) => {
		const onlyIf = insertionOf(ctx, json, written ? selectionAfter(written) : selectionAlone);
		return { query: onlyIf(sql`true`), onlyIf };
	});

/** The statement that inserts the events that `select` makes of drafts, which are a JSON list, if a condition is met. */
function insertionOf(
	ctx: EventCtx,
	drafts: string,
	select: ReturnType<typeof selectionOf>,
): (condition: SQL) => SQL {
	const rows = select(ctx.caller.organizationId, ctx.now, JSON.stringify(ctx.actor), drafts);
	return (condition) => sql`${INSERT} WITH met AS MATERIALIZED (SELECT 1 WHERE ${condition}), ${rows}`;
}

const INSERT = sql.fixed(
	sql`INSERT INTO ${events} ("key", "id", "type", "entityId", "createdAt", "test", "ownId", "payload", "actor")`,
);

/**
 * The rows of events, after the common table `met`, which has a row if they are to be inserted. It is the outermost loop, so that
 * it is looked up once and also where there is no organization.
 * @param slotsOfEntity what the events show of the row of their `entityId` as it is then
 */
const selectionOf = (slotsOfEntity: (organizationId: SQL, entityId: SQL) => readonly Slot[]) =>
	sql.prepared<[organizationId: string, now: number, actor: string, drafts: string]>(
		(organizationId, now, actor, drafts) => {
			const ownId = sql`draft.value->>'id'`;
			const payload = sql`draft.value->'payload'`;
			const slots = slotsOfEntity(organizationId, sql`(draft.value->>'entityId')`);
			const timestamp = {
				path: "timestamp",
				value: sql`iif(last."at" = ${now} OR ${ownId} IS NOT NULL, ${payload}->>'timestamp', ${isoInstant(sql`last."at"`)})`,
			};
			return sql`last AS MATERIALIZED (${previousEvent(organizationId, now)})
			SELECT last."key" + 1 + draft.key, coalesce(${ownId}, ${eventIdOf(organizationId, sql`last."at"`, sql`(last."key" + 1 + draft.key)`)}),
				draft.value->>'type', draft.value->>'entityId', last."at", coalesce(draft.value->>'test', 0), ${ownId} IS NOT NULL,
				${fillSlotsInText(payload, [...slotsWithin("data", slots), timestamp])},
				iif(json_type(draft.value, '$.payload.actor') IS NULL, ${actor}, NULL)
			FROM met CROSS JOIN last CROSS JOIN json_each(${drafts}) AS draft`;
		},
	);

const selectionAlone = selectionOf(() => []);
const selectionAfter = oncePerTable((written: OwnedTable) =>
	selectionOf((organizationId, id) => slotsOf(written, organizationId, id)),
);
/** Of a webhook also what attempts change: other groups of attempts are counted in between. */
const selectionOfReports = selectionOf((organizationId, id) =>
	slotsOf(webhooks, organizationId, id, {
		consecutiveFailures: sql`"consecutiveFailures"`,
		failingSince: isoInstant(sql`"failingSince"`),
		lastDeliveredAt: isoInstant(sql`"lastDeliveredAt"`),
		pausedUntil: isoInstant(sql`"pausedUntil"`),
	}),
);
