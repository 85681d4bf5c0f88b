// The order of events. An event's key is its organization's ordinal and, in the lower 40 bits, the event's number, which is one
// more than that of the event before. Because D1 has one writer, the batch that inserts an event can compute it: numbers have
// no gaps and follow the order of commits, and a rolled-back write uses none. Integers are written into the text of the
// statements, because D1 binds numbers as REAL, which would round keys.

import { ID_ALPHABET, TIME_DIGITS } from "../ids.ts";
import { events, formerEvents } from "./schema/events.ts";
import { type NumberOperand, type SQL, sql } from "./sql.ts";
import { isRow, type Operand, organizationRow, rowsOf } from "./tenant.ts";

/** The number before an organization's first event. Events from before keys existed are moved to lower numbers. */
export const NUMBER_BEFORE_FIRST = sql`500000000000`;
const NUMBER_DIGITS = 12;
/** The position of the number in an event's id, counted from 1. */
const NUMBER_POSITION = 19;

/** The number part of a key. */
export const numberOfKey = (key: SQL) => sql`(${key} & 1099511627775)`;

/** The lowest key of an organization; its keys end before `keyEndOf`. */
export const keyBaseOf = (organizationId: Operand) =>
	sql`((SELECT "ordinal" FROM ${organizationRow(organizationId)}) << 40)`;

/** The lowest key of the next organization. */
export const keyEndOf = (base: SQL) => sql`(${base} + 1099511627776)`;

/** Whether a key belongs to the organization whose lowest key is `base`. */
export const isKeyOf = (base: SQL, key: SQL) => sql`${key} >= ${base} AND ${key} < ${keyEndOf(base)}`;

/** The key for a number that is text or a bound value. */
export const keyOfNumber = (base: SQL, number: SQL) => sql`(${base} + CAST(${number} AS INTEGER))`;

/** The key of the organization's newest event; null when it has none. */
export const newestKey = (base: SQL) =>
	sql`(SELECT max("key") FROM ${events} WHERE ${isKeyOf(base, sql`"key"`)})`;

/** The key of the organization's oldest event; null when it has none. */
export const oldestKey = (base: SQL) =>
	sql`(SELECT min("key") FROM ${events} WHERE ${isKeyOf(base, sql`"key"`)})`;

/** The lowest key of an organization as a table of one row, `base`, for queries that use it several times. */
const keyBaseRow = (organizationId: Operand) =>
	sql`(SELECT "ordinal" << 40 AS "base" FROM ${organizationRow(organizationId)})`;

/** A scalar: the number of an organization's events. Their numbers have no gaps, so the first and the last give it. */
export const eventCount = (organizationId: Operand) =>
	sql`coalesce((SELECT ${newestKey(sql`"base"`)} - ${oldestKey(sql`"base"`)} + 1 FROM ${keyBaseRow(organizationId)}), 0)`;

/** A query for the `type` of a record's newest event, without `save_lead` and test sends. */
export const newestEventType = (organizationId: Operand, entityId: Operand): SQL =>
	sql`SELECT newest."type" FROM ${events} AS newest WHERE newest."entityId" = ${entityId} AND newest."type" <> 'save_lead' AND newest."test" = 0
		AND ${isKeyOf(keyBaseOf(organizationId), sql`newest."key"`)} ORDER BY newest."key" DESC LIMIT 1`;

const ALPHABET = sql.inline(sql`${ID_ALPHABET}`);
/** How far an instant is shifted for each of its digits. */
const SHIFTS = Array.from({ length: TIME_DIGITS }, (_, index) =>
	sql.inline(sql`${5 * (TIME_DIGITS - 1 - index)}`),
);

/** The ten digits that ids of an instant begin with, as `timeDigits` makes them. */
const timeDigitsOf = (at: SQL) =>
	sql.join(
		SHIFTS.map((shift) => sql`substr(${ALPHABET}, 1 + ((${at} >> ${shift}) & 31), 1)`),
		sql` || `,
	);

/**
 * What follows the prefix in an id with a number, a TypeID like every other: the instant's digits, version 7 and the
 * organization's last two digits, variant 10 and the number of up to twelve digits.
 */
export const numberedSuffix = (organizationId: Operand, at: SQL, number: SQL) =>
	sql`${timeDigitsOf(at)} || 'e' || substr(${organizationId}, -2) || '8' || printf('%012d', ${number})`;

/** The number in an id whose prefix has three letters, as text. */
export const numberInId = (id: Operand) => sql`substr(${id}, ${NUMBER_POSITION}, ${NUMBER_DIGITS})`;

/** The id of an event. It contains the key's number, and an organization's ids sort in the order of commits. */
export const eventIdOf = (organizationId: Operand, at: SQL, key: SQL) =>
	sql`'evt_' || ${numberedSuffix(organizationId, at, numberOfKey(key))}`;

/**
 * The organization's previous event, as one row: `base`, its `key`, and `at`, the instant for the next event: now or, if the
 * clock was ahead, the instant of the previous event.
 */
export const previousEvent = (organizationId: Operand, now: NumberOperand) =>
	sql`SELECT "base", coalesce("newest", "base" + ${NUMBER_BEFORE_FIRST}) AS "key", CAST(max(${now}, coalesce(
			(SELECT "createdAt" FROM ${events} WHERE "key" = "newest"),
			(SELECT "createdAt" FROM ${rowsOf(formerEvents, organizationId)} ORDER BY "id" DESC LIMIT 1), 0)) AS INTEGER) AS "at"
		FROM (SELECT "base", ${newestKey(sql`"base"`)} AS "newest" FROM ${keyBaseRow(organizationId)})`;

/**
 * The event with this id, with the alias `event`: found by the number in its id, by the index of ids that contain no number, or
 * among the events that are not moved yet. Each is one index lookup, and the later ones are skipped once it is found.
 * @param former the columns for an event that is not moved yet, where they differ
 */
export function eventWithId(organizationId: Operand, id: Operand, columns: SQL, former = columns): SQL {
	const base = keyBaseOf(organizationId);
	return sql`SELECT ${columns} FROM ${events} AS event WHERE event."key" = ${keyOfNumber(base, numberInId(id))} AND event."id" = ${id}
		UNION ALL SELECT ${columns} FROM ${events} AS event WHERE event."ownId" = 1 AND event."id" = ${id} AND ${isKeyOf(base, sql`event."key"`)}
		UNION ALL SELECT ${former} FROM ${formerEvents} AS event WHERE ${isRow("event", organizationId, id)}
		LIMIT 1`;
}

/** The payload of the event with this id, as a scalar. */
export const payloadOf = (organizationId: Operand, id: Operand) =>
	sql`(${eventWithId(organizationId, id, sql`event."payload"`)})`;
