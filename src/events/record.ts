// From "this happened" to statements: the event rows, and one delivery row per webhook that wants them, found in SQL so
// that no webhook committed before us can be missed. They join the batch of the change itself.
import { type SQL, sql } from "drizzle-orm";
import type { EventCtx } from "../context.ts";
import { inChunks } from "../db/chunks.ts";
import type { Statement } from "../db/commit.ts";
import { numberAt } from "../db/numbers.ts";
import { organizations } from "../db/schema/organizations.ts";
import { deliveries, events, webhooks } from "../db/schema/webhooks.ts";
import { LINE_OFFSET, mayWake, trust, wakeUpsOf, woken } from "../delivery/line.ts";
import { sendingRules } from "../env.ts";
import { newId, timeDigits } from "../ids.ts";
import type { EventType } from "./catalogue.ts";

/** An event about to be recorded. */
export interface EventDraft {
	readonly type: EventType;
	readonly entityId: string;
	/** The body to send; `webhookId` in it is empty until a delivery fills it. */
	readonly payload: object;
	/** Where the number in `data` comes from, when the batch is only now giving it out. */
	readonly number?: { readonly counter: string; readonly fromLast: number };
}

/** What `data` and `changes` go into: the body of every CRM event. */
export function envelope(ctx: EventCtx, event: EventType, data: object, changes?: object): object {
	return {
		event,
		timestamp: new Date(ctx.now).toISOString(),
		webhookId: "",
		organizationId: ctx.caller.organizationId,
		data,
		...(changes ? { changes } : {}),
	};
}

/**
 * A delivery's id, made in SQL since only the fan-out knows how many there are: the instant's digits, then version 7,
 * variant 10 and random digits, so it is a TypeID like every other.
 */
const deliveryId = (now: number) =>
	sql`'whd_' || ${timeDigits(now)} || 'e' || lower(hex(randomblob(1))) || '8' || lower(hex(randomblob(6)))`;

/** Statements that record events and fan them out; wake-ups go out once they are committed. */
export function record(ctx: EventCtx, drafts: readonly EventDraft[]): Statement[] {
	const rows = drafts.map((draft) => ({ ...draft.number, ...draft, id: newId("evt", ctx.now) }));
	const targets = rows.map(({ id, type, entityId }) => ({ id, type, entityId }));
	return [
		...inChunks(rows, (row) => JSON.stringify(row)).map((chunk) => insertEvents(ctx, `[${chunk.join(",")}]`)),
		...(rows.length > 0 ? [fanOut(ctx, JSON.stringify(targets))] : []),
	];
}

function insertEvents(ctx: EventCtx, drafts: string): Statement {
	const { organizationId } = ctx.caller;
	const number = numberAt(organizationId, sql`draft.value->>'counter'`, sql`(draft.value->>'fromLast')`);
	return {
		query: sql`INSERT INTO ${events} ("organizationId", "id", "type", "entityId", "createdAt", "test", "payload")
			SELECT ${organizationId}, draft.value->>'id', draft.value->>'type', draft.value->>'entityId', ${ctx.now}, 0,
				CASE WHEN draft.value->>'counter' IS NULL THEN draft.value->'payload'
				ELSE json_replace(draft.value->'payload', '$.data.number', ${number}) END
			FROM json_each(${drafts}) AS draft`,
	};
}

/**
 * Whether a row `webhook` is subscribed to an event, by its name, its noun or `*`, and the operator's topics in the row
 * `organization` let it be sent. A subscription has no other special characters than a last `*`: it was matched when made.
 */
export function subscribed(type: SQL): SQL {
	return sql`(organization."topics" IS NULL OR ${type} IN (SELECT value FROM json_each(organization."topics")))
		AND EXISTS (SELECT 1 FROM json_each(webhook."events") AS wanted WHERE ${type} GLOB wanted.value)`;
}

/**
 * One row per event and webhook that wants it: awake while the webhook has room for it, else in its line, or skipped where
 * the webhook is disabled.
 */
function fanOut(ctx: EventCtx, targets: string): Statement {
	const { organizationId } = ctx.caller;
	const [firstDelay = 0] = sendingRules(ctx.env).delays;
	const dueAt = ctx.now + firstDelay * 1_000;
	const wanted = { id: sql`wanted."webhookId"`, pausedUntil: sql`wanted."pausedUntil"` };
	const goes = mayWake(wanted, sql`wanted."place"`, dueAt, ctx.now);
	return {
		query: sql`INSERT INTO ${deliveries} ("webhookId", "id", "organizationId", "eventId", "event", "status", "test",
				"createdAt", "updatedAt", "attemptsMade", "lastAttempt", "manualWaiting", "nextAttemptAt", "dueAt", "leaseUntil")
			SELECT "webhookId", ${deliveryId(ctx.now)}, ${organizationId}, "eventId", "event", iif("due" IS NULL, 'skipped', 'pending'), 0,
				${ctx.now}, ${ctx.now}, 0, 0, 0, iif("due" IS NULL, NULL, ${dueAt}), "due", iif("due" < ${LINE_OFFSET}, "due" + ${trust(sql`"slow"`)}, NULL)
			FROM (SELECT "webhookId", "eventId", "event", "slow", CASE WHEN "status" <> 'active' THEN NULL WHEN ${goes} THEN max(${dueAt}, coalesce("pausedUntil", 0)) ELSE ${LINE_OFFSET + dueAt} END AS "due"
				FROM (SELECT webhook."id" AS "webhookId", webhook."status", webhook."pausedUntil", coalesce(webhook."slowUntil" > ${ctx.now}, 0) AS "slow", event.value->>'id' AS "eventId", event.value->>'type' AS "event",
						row_number() OVER (PARTITION BY webhook."id" ORDER BY event.key) AS "place"
					FROM ${webhooks} AS webhook CROSS JOIN ${organizations} AS organization CROSS JOIN json_each(${targets}) AS event
					WHERE webhook."organizationId" = ${organizationId} AND webhook."deletedAt" IS NULL
						AND organization."id" = ${organizationId}
						AND ${subscribed(sql`(event.value->>'type')`)}
						AND webhook."id" <> (event.value->>'entityId')) AS wanted) AS made
			WHERE true
			${woken(ctx.now)}`,
		committed: (made) => ctx.wake(wakeUpsOf(made, ctx.now)),
	};
}
