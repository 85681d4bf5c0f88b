// How fast and in which order a webhook is sent to. A rate limit is a window that opens with its first attempt and ends `seconds`
// after its last: two windows are so far apart that no period of that length has more than `count` attempts. A webhook that is
// `ordered` has one delivery under way, and the others stand in the backlog by the number of their event.
import type { RawRow } from "../db/client.ts";
import { numberInId } from "../db/event-keys.ts";
import { deliveries } from "../db/schema/webhooks.ts";
import { type NumberOperand, type SQL, sql } from "../db/sql.ts";
import { SECOND_MS } from "../time.ts";

/**
 * Added to `dueAt` of deliveries in the backlog: far beyond any instant, so that the index has them behind those in flight, in
 * their own order.
 */
export const BACKLOG_OFFSET = 1e14;

const NO_LIMIT = 1e9;

const countOf = (webhook: SQL) => sql`(${webhook}."rateLimit"->>'count')`;
const windowEnd = (webhook: SQL) => sql`(${webhook}."rateAt" + 1000 * (${webhook}."rateLimit"->>'seconds'))`;

/** How many attempts the window that is open now has had; 0 if none is open, or a new one will be next. */
const usedOf = (webhook: SQL, now: NumberOperand) =>
	sql`iif(${webhook}."rateUsed" < ${countOf(webhook)} AND ${windowEnd(webhook)} > ${now}, ${webhook}."rateUsed", 0)`;

/** When the rate limit allows the next attempt (ms); in the past, or 0, if it allows one now. `webhook` is a row or its alias. */
export const opensAt = (webhook: SQL): SQL =>
	sql`iif(${webhook}."rateUsed" >= ${countOf(webhook)}, ${windowEnd(webhook)}, 0)`;

/** The same of a row that was read. */
export function allowedFrom({ rateLimit, rateUsed, rateAt }: RawRow): number {
	if (typeof rateLimit !== "string" || rateUsed === null) return 0;
	const { count, seconds } = JSON.parse(rateLimit);
	return Number(rateUsed) >= count ? Number(rateAt) + SECOND_MS * seconds : 0;
}

/** How many attempts may begin together when the limit allows one. */
export const allowance = (webhook: SQL, now: NumberOperand): SQL =>
	sql`min(iif(${webhook}."ordered", 1, ${NO_LIMIT}), coalesce(${countOf(webhook)} - ${usedOf(webhook, now)}, ${NO_LIMIT}))`;

/** How many may begin now. */
export const allowedNow = (webhook: SQL, now: NumberOperand): SQL =>
	sql`iif(${opensAt(webhook)} > ${now}, 0, ${allowance(webhook, now)})`;

/** Whether a webhook has a rate limit or an order. */
export const isPaced = (webhook: SQL): SQL =>
	sql`(${webhook}."rateLimit" IS NOT NULL OR ${webhook}."ordered" = 1)`;

/** The SET assignments of a webhook of which so many attempts begin now. */
export const countAttemptsNow = (webhook: SQL, attempts: SQL, now: NumberOperand): SQL =>
	sql`"rateUsed" = iif("rateLimit" IS NULL, NULL, ${usedOf(webhook, now)} + ${attempts}), "rateAt" = iif("rateLimit" IS NULL, NULL, ${now})`;

/** The `dueAt` of a delivery in the backlog: by the event if its webhook is ordered, else by when it is due (ms); null if it isn't. */
export const dueInBacklog = (ordered: SQL, eventId: SQL, due: SQL): SQL =>
	sql`(${BACKLOG_OFFSET} + CASE WHEN ${due} IS NULL THEN NULL WHEN ${ordered} THEN CAST(${numberInId(eventId)} AS INTEGER) ELSE ${due} END)`;

/** Whether a delivery that is part of the order is among a webhook's with a `dueAt` in this range. */
export const hasOrdered = (webhookId: SQL, range: SQL): SQL =>
	sql`EXISTS (SELECT 1 FROM ${deliveries} INDEXED BY "deliveries_due" WHERE "webhookId" = ${webhookId} AND ${range} AND "status" = 'pending' AND "test" = 0)`;
