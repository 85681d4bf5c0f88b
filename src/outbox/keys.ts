// The order of events. D1 has one writer, so what a batch takes from the table is given by its commit: an event's key is
// its organization's ordinal and, below it, the event's number, which is one more than that of the event before. Numbers
// have no gaps and never go back; a rolled-back write uses none up. Integers stand in the text of the statements, because
// D1 binds numbers as REAL, which would round keys.
import { type SQL, sql } from "drizzle-orm";
import { events, formerEvents } from "../db/schema/events.ts";
import { isRow, type Operand, organizationRow, rowsOf } from "../db/tenant.ts";
import { ALPHABET, TIME_DIGITS } from "../ids.ts";

/** The number before an organization's first event. Those from before there were keys are moved to below it. */
export const START = sql`500000000000`;
const DIGITS = 12;
/** Where an id's number begins, counted from 1. */
const NUMBER_AT = 19;

/** The number in a key. */
export const numberIn = (key: SQL) => sql`(${key} & 1099511627775)`;

/** What the keys of an organization begin with; its events are those from here to before `endOf`. */
export const baseOf = (organizationId: Operand) =>
	sql`((SELECT "ordinal" FROM ${organizationRow(organizationId)}) << 40)`;

/** What the keys of the next organization begin with. */
export const endOf = (base: SQL) => sql`(${base} + 1099511627776)`;

/** Whether a key is among those of the organization whose keys begin with `base`. */
export const isIn = (base: SQL, key: SQL) => sql`${key} >= ${base} AND ${key} < ${endOf(base)}`;

/** The key of a number that is text or a bound value. */
export const keyOf = (base: SQL, number: SQL) => sql`(${base} + CAST(${number} AS INTEGER))`;

/** The key of the organization's newest event; null when it has none. */
export const newestKey = (base: SQL) =>
	sql`(SELECT max("key") FROM ${events} WHERE ${isIn(base, sql`"key"`)})`;

/** The key of the organization's oldest event; null when it has none. */
export const oldestKey = (base: SQL) =>
	sql`(SELECT min("key") FROM ${events} WHERE ${isIn(base, sql`"key"`)})`;

/** The ten leading digits of the ids of an instant, as `timeDigits` makes them. */
const timeDigitsOf = (at: SQL) =>
	sql.join(
		Array.from(
			{ length: TIME_DIGITS },
			(_, index) => sql`substr(${ALPHABET}, 1 + ((${at} >> ${5 * (TIME_DIGITS - 1 - index)}) & 31), 1)`,
		),
		sql` || `,
	);

/**
 * The id of an event: the instant's digits, then version 7 and the organization's last two digits, then variant 10 and the
 * number. So it is a TypeID like every other, it says the key, and an organization's ids sort in the order of commits.
 */
export const idOf = (organizationId: string, at: SQL, key: SQL) =>
	sql`'evt_' || ${timeDigitsOf(at)} || 'e' || ${organizationId.slice(-2)} || '8' || printf('%012d', ${numberIn(key)})`;

/**
 * What the next event of an organization comes after, as one row: `base`, the `key` before it, and `at`, the instant it
 * gets, which is now or, where a clock was ahead, that of the event before.
 */
export const before = (organizationId: string, now: number) =>
	sql`SELECT "base", coalesce("newest", "base" + ${START}) AS "key", CAST(max(${now}, coalesce(
			(SELECT "createdAt" FROM ${events} WHERE "key" = "newest"),
			(SELECT "createdAt" FROM ${rowsOf(formerEvents, organizationId)} ORDER BY "id" DESC LIMIT 1), 0)) AS INTEGER) AS "at"
		FROM (SELECT "base", ${newestKey(sql`"base"`)} AS "newest" FROM
			(SELECT "ordinal" << 40 AS "base" FROM ${organizationRow(organizationId)}))`;

/**
 * The event with this id, as `event`, wherever it is: by the number in its id, by the index of those whose id says nothing,
 * or among those not moved yet. Each is one look along an index; none is looked at once an event is found.
 * @param former the columns of one not moved yet, where they can't be the same
 */
export function eventWithId(organizationId: Operand, id: Operand, columns: SQL, former = columns): SQL {
	const base = baseOf(organizationId);
	return sql`SELECT ${columns} FROM ${events} AS event WHERE event."key" = ${keyOf(base, sql`substr(${id}, ${NUMBER_AT}, ${DIGITS})`)} AND event."id" = ${id}
		UNION ALL SELECT ${columns} FROM ${events} AS event WHERE event."ownId" = 1 AND event."id" = ${id} AND ${isIn(base, sql`event."key"`)}
		UNION ALL SELECT ${former} FROM ${formerEvents} AS event WHERE ${isRow("event", organizationId, id)}
		LIMIT 1`;
}

/** The body of the event with this id: one scalar. */
export const payloadOf = (organizationId: Operand, id: Operand) =>
	sql`(${eventWithId(organizationId, id, sql`event."payload"`)})`;
