// A webhook's window and backlog. Only a few of the deliveries that wait for a webhook are in flight: they have a wake-up in a
// queue or are being sent. The others wait in D1 without a message, in the backlog, and are released as attempts end. So a
// backlog of any length costs the queue and other webhooks nothing.

import type { EventCtx } from "../context.ts";
import type { RawRow } from "../db/client.ts";
import type { PlannedQuery } from "../db/commit.ts";
import { deliveries, webhooks } from "../db/schema/webhooks.ts";
import { type NumberOperand, type SQL, sql } from "../db/sql.ts";
import { isRow, notDeleted, ownedBy, rowOf } from "../db/tenant.ts";
import type { WakeUp } from "../env.ts";
import { allowance, BACKLOG_OFFSET, dueInBacklog, hasOrdered, isPaced, opensAt } from "./pace.ts";

/**
 * How many deliveries of one webhook may be in flight. As many more may have a delayed wake-up, which the queue holds back
 * until the retry. Twenty are two queue batches: enough that a quick receiver never waits for the next wake-up, and few enough
 * that those of a receiver that hangs for 30 s end within two minutes and open its breaker after ten failures.
 */
export const WINDOW_SIZE = 20;

/** How long a wake-up may take before the sweeper, which runs every minute, sends another. */
const WAKE_UP_TRUST_MS = 60_000;
/**
 * The same for the slow queue: twenty deliveries that hang for 30 s each, five at a time, take two minutes, and other webhooks
 * use it too.
 */
export const MAX_WAKE_UP_TRUST_MS = 900_000;

/** The primary key of a webhook. */
export interface WebhookKey {
	readonly organizationId: string;
	readonly id: string;
}

/** The condition that rows of `deliveries` belong to a webhook. */
export const isOfWebhook = ({ organizationId, id }: WebhookKey): SQL =>
	sql`${deliveries.webhookId} = ${id} AND ${ownedBy(deliveries, organizationId)}`;

/** Keys of webhooks as a query, in the form that `releaseBacklog` takes. */
export const webhooksQuery = (keys: readonly WebhookKey[]): SQL => {
	const pairs = new Map(keys.map(({ organizationId, id }) => [id, [organizationId, id]]));
	return sql`SELECT value->>0 AS "organizationId", value->>1 AS "id" FROM ${sql.each([...pairs.values()])}`;
};

/** The number of a webhook's deliveries in a range of `dueAt`, counted up to `WINDOW_SIZE`. */
const countUpToWindow = (webhookId: SQL, range: SQL): SQL =>
	sql`(SELECT count(*) FROM (SELECT 1 FROM ${deliveries} INDEXED BY "deliveries_due" WHERE "webhookId" = ${webhookId} AND ${range} ${sql.limit(WINDOW_SIZE)}))`;

/** The number of a webhook's deliveries that are in flight. */
const inFlightCount = (webhookId: SQL, now: NumberOperand): SQL =>
	countUpToWindow(webhookId, sql`"dueAt" <= ${now}`);

/** The number of a webhook's deliveries with a delayed wake-up. */
const delayedCount = (webhookId: SQL, now: NumberOperand): SQL =>
	countUpToWindow(webhookId, sql`"dueAt" > ${now} AND "dueAt" < ${BACKLOG_OFFSET}`);

/** Whether the window has room for one more delivery, the `place`th of its batch, beside so many. */
const hasRoomBeside = (count: SQL, place: SQL): SQL =>
	sql`(${place} <= ${WINDOW_SIZE} AND ${count} + ${place} <= ${WINDOW_SIZE})`;

/** Whether the window has room for a delayed wake-up for one more delivery, the `place`th of its batch. */
export const hasRoomLater = (webhookId: SQL, place: SQL, now: NumberOperand): SQL =>
	hasRoomBeside(delayedCount(webhookId, now), place);

/** Whether a delivery of the webhook will be in flight by an instant. */
const hasInFlightBy = (webhookId: SQL, until: SQL): SQL =>
	sql`EXISTS (SELECT 1 FROM ${deliveries} INDEXED BY "deliveries_due" WHERE "webhookId" = ${webhookId} AND "dueAt" <= ${until})`;

/** Whether a webhook is ordered and one of its deliveries is being sent, or will be, before the others. */
const isUnderWay = (webhook: SQL, id: SQL): SQL =>
	sql`(${webhook}."ordered" AND ${hasOrdered(id, sql`"dueAt" < ${BACKLOG_OFFSET}`)})`;

/** How many more deliveries of a webhook with this id may get a wake-up, as far as its window and its own limits go. */
const roomOf = (webhook: SQL, id: SQL, now: NumberOperand): SQL =>
	sql`iif(${isUnderWay(webhook, id)}, 0,
		min(${WINDOW_SIZE}, ${allowance(webhook, now)}) - ${countUpToWindow(id, sql`"dueAt" <= max(${now}, ${opensAt(webhook)})`)})`;

/** When a delivery is made and becomes due (ms), and whether that is at once. */
export interface DeliveryTimes {
	readonly now: NumberOperand;
	readonly dueAt: NumberOperand;
	readonly isDue: boolean;
}

/**
 * Whether a new delivery, the `place`th of its batch for this webhook and due at an instant, may get a wake-up. While the
 * breaker is open, only as its probe; if the webhook is ordered, only if none waits.
 * @param webhook the alias of a row with the webhook's columns, its id as `webhookId`
 */
export const canWake = (webhook: SQL, place: SQL, times: DeliveryTimes): SQL => {
	const [id, pausedUntil] = [sql`${webhook}."webhookId"`, sql`${webhook}."pausedUntil"`];
	return sql`CASE WHEN ${webhook}."ordered" AND ${hasOrdered(id, sql`"dueAt" IS NOT NULL`)} THEN 0
		WHEN ${pausedUntil} IS NOT NULL THEN ${place} = 1 AND NOT ${hasInFlightBy(id, sql`max(${times.dueAt}, ${pausedUntil})`)}
		WHEN ${isPaced(webhook)} THEN ${place} <= ${roomOf(webhook, id, times.now)}
		ELSE ${canWakePlain(id, place, times)} END`;
};

/** The same of a webhook that is plain (plain.ts), by its id. */
export const canWakePlain = (id: SQL, place: SQL, { now, isDue }: DeliveryTimes): SQL =>
	isDue ? hasRoomBeside(inFlightCount(id, now), place) : hasRoomLater(id, place, now);

/** The webhook of a row of `deliveries`, as a FROM clause. */
const webhookOfRow = rowOf(webhooks, deliveries.organizationId, deliveries.webhookId);

/** The join condition between rows with the aliases `webhook` and `delivery`. */
export const isWebhookOfDelivery = isRow(
	"webhook",
	sql`delivery."organizationId"`,
	sql`delivery."webhookId"`,
);

/** Whether the webhook of a row of `deliveries` is slow. */
export const isSlow = (now: NumberOperand): SQL =>
	sql`coalesce((SELECT "slowUntil" > ${now} FROM ${webhookOfRow}), 0)`;

/** How long (ms) a wake-up in the slow or the first queue may take. */
export const trustMs = (slow: SQL): SQL => sql`iif(${slow}, ${MAX_WAKE_UP_TRUST_MS}, ${WAKE_UP_TRUST_MS})`;

/** How long (ms) the wake-up for a row of `deliveries` may take. */
export const trustMsOfRow = (now: NumberOperand): SQL => trustMs(isSlow(now));

/** The `leaseUntil` of a row that gets a wake-up for `dueAt`: until then no other wake-up is needed. */
export const wakeUpMark = (dueAt: SQL, now: NumberOperand): SQL =>
	sql`max(${dueAt}, ${now}) + ${trustMsOfRow(now)}`;

/** The RETURNING clause of a statement that causes wake-ups, in the form that `wakeUpsOf` takes. */
export const returningWakeUps = (now: NumberOperand): SQL =>
	sql`RETURNING "webhookId", "id", "dueAt", ${isSlow(now)} AS "slow"`;

/** The wake-ups for rows of `returningWakeUps`; deliveries that are done or in the backlog need none. */
export function wakeUpsOf(rows: readonly RawRow[], now: number): WakeUp[] {
	return rows.flatMap(({ webhookId, id, dueAt, slow }) =>
		typeof dueAt !== "number" || dueAt >= BACKLOG_OFFSET
			? []
			: [
					{
						webhookId: String(webhookId),
						deliveryId: String(id),
						slow: slow === 1,
						delaySeconds: Math.max(0, Math.ceil((dueAt - now) / 1_000)),
					},
				],
	);
}

/** A statement that ends in `returningWakeUps`; after the commit its wake-ups are passed to `wake`. */
export const wakingStatement = (query: SQL, { now, wake }: Pick<EventCtx, "now" | "wake">): PlannedQuery => ({
	query,
	onCommitted(rows) {
		const wakeUps = wakeUpsOf(rows, now);
		if (wakeUps.length > 0) wake(wakeUps);
	},
});

/** The place of a row of `deliveries` in its webhook's backlog. */
const dueInBacklogOfRow: SQL = dueInBacklog(
	sql`(SELECT "ordered" FROM ${webhookOfRow})`,
	sql`"eventId"`,
	sql`"nextAttemptAt"`,
);

/** Whether a webhook has deliveries in its backlog. */
export const hasBacklog = (webhookId: SQL): SQL =>
	sql`EXISTS (SELECT 1 FROM ${deliveries} AS waiting INDEXED BY "deliveries_due" WHERE waiting."webhookId" = ${webhookId} AND waiting."dueAt" >= ${BACKLOG_OFFSET})`;

/** The condition that a webhook has at most so many deliveries in its backlog. */
export const isBacklogWithin = (hook: WebhookKey, count: number): SQL =>
	sql`(SELECT count(*) FROM (SELECT 1 FROM ${deliveries} INDEXED BY "deliveries_due" WHERE ${isOfWebhook(hook)} AND "dueAt" >= ${BACKLOG_OFFSET}
		${sql.limit(count + 1)})) <= ${count}`;

/** Gives the deliveries of a webhook's backlog their places anew, after `ordered` has changed. */
export const placeBacklog = (hook: WebhookKey): SQL =>
	sql`UPDATE ${deliveries} INDEXED BY "deliveries_due" SET "dueAt" = ${dueInBacklogOfRow} WHERE ${isOfWebhook(hook)} AND "dueAt" >= ${BACKLOG_OFFSET}`;

/** Puts those of a webhook's deliveries that have a wake-up, are not being sent, and meet a condition, back into its backlog. */
const returnWaiting = (hook: WebhookKey, condition: SQL): SQL =>
	sql`UPDATE ${deliveries} SET "dueAt" = ${dueInBacklogOfRow}, "leaseUntil" = NULL
		WHERE ${isOfWebhook(hook)} AND "id" IN (SELECT "id" FROM ${deliveries} INDEXED BY "deliveries_due"
			WHERE ${isOfWebhook(hook)} AND "dueAt" < ${BACKLOG_OFFSET} AND "status" = 'pending' AND "lease" IS NULL AND ${condition})`;

/**
 * Puts the deliveries of an ordered webhook that wait for their next attempt into the backlog, among those that came before;
 * call `releaseBacklog` next.
 */
export const returnToOrder = (hook: WebhookKey): SQL =>
	returnWaiting(hook, sql`"test" = 0 AND "manualWaiting" = 0 AND (SELECT "ordered" FROM ${webhookOfRow})`);

/**
 * Puts the delivery that waits to probe a webhook, and those that wait for its rate limit, back into the backlog when the pause ends
 * or the limit changes; call `releaseBacklog` next.
 */
export const returnToBacklog = (hook: WebhookKey, now: NumberOperand): SQL =>
	returnWaiting(hook, sql`"dueAt" > ${now} AND "nextAttemptAt" < "dueAt"`);

/**
 * Wakes the first deliveries of each webhook's backlog that are due, as many as its window has room for. While the breaker is
 * open, wakes one for the time of the probe, unless another will be in flight by then.
 * @param hooks a query for `organizationId` and `id`
 */
export function releaseBacklog(hooks: SQL, now: NumberOperand): SQL {
	const id = sql`webhook."id"`;
	const backlog = sql`FROM ${deliveries} INDEXED BY "deliveries_due" WHERE "webhookId" = ${id} AND "dueAt" >= ${BACKLOG_OFFSET}`;
	const row = sql`webhook`;
	const ready = sql`iif(webhook."pausedUntil" IS NULL, ${BACKLOG_OFFSET} + max(${now}, ${opensAt(row)}), 2 * ${BACKLOG_OFFSET})`;
	const first = sql`(SELECT json_group_array("id") FROM (SELECT "id" ${backlog} AND "dueAt" <= ${ready} ORDER BY "dueAt" ${sql.limit(WINDOW_SIZE)}))`;
	const probeAt = sql`max(webhook."pausedUntil", (SELECT "dueAt" - ${BACKLOG_OFFSET} ${backlog} ORDER BY "dueAt" LIMIT 1))`;
	const dueAt = sql`max("dueAt" - ${BACKLOG_OFFSET}, coalesce("nextAttemptAt", 0),
		coalesce((SELECT max(coalesce("pausedUntil", 0), ${opensAt(sql`${webhooks}`)}) FROM ${webhookOfRow}), 0))`;
	return sql`UPDATE ${deliveries} SET "dueAt" = ${dueAt}, "leaseUntil" = ${wakeUpMark(dueAt, now)}
		WHERE ("webhookId", "id") IN (SELECT webhook."id", first.value FROM (${hooks}) AS named
			CROSS JOIN ${webhooks} AS webhook ON ${isRow("webhook", sql`named."organizationId"`, sql`named."id"`)}
				AND webhook."status" = 'active' AND ${notDeleted("webhook")}
			CROSS JOIN json_each(${first}) AS first
			WHERE first.key < CASE WHEN webhook."pausedUntil" IS NULL THEN ${roomOf(row, id, now)}
				ELSE NOT ${isUnderWay(row, id)} AND NOT ${hasInFlightBy(id, probeAt)} END)
		${returningWakeUps(now)}`;
}
