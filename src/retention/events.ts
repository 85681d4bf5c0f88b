// Purges old events, and moves events that are still in the table from before keys existed.

import { CHUNK_ROWS, type Chore, hasTurn } from "../chore.ts";
import { write } from "../db/commit.ts";
import { NUMBER_BEFORE_FIRST, newestKey, oldestKey } from "../db/event-keys.ts";
import { events, formerEvents } from "../db/schema/events.ts";
import { organizations } from "../db/schema/organizations.ts";
import { deliveries, webhooks } from "../db/schema/webhooks.ts";
import { type SQL, sql } from "../db/sql.ts";
import { isAmong, isOrganization, notDeleted, ownedBy, rowsOf } from "../db/tenant.ts";
import type { Env } from "../env.ts";
import { settingsOf } from "../settings.ts";
import { DAY_MS } from "../time.ts";
import { removalChore } from "./logs.ts";

const ORGANIZATIONS_PER_CHUNK = 20;
/** Events moved per transaction. */
const EVENTS_PER_SLICE = 2_000;

const KEY_BASE = sql`(organization."ordinal" << 40)`;

/** The chores of events: those in the table of an earlier version are moved, and those past their retention removed. */
export const eventChores = (env: Env, now: number): Chore[] => [
	{ name: "former_events", due: sql`SELECT 1 FROM ${formerEvents}`, run: moveFormerEvents },
	...purgeChores(env, now),
];

/**
 * Purges events from each organization's oldest on, so that events never have gaps. An event with a delivery in the log is
 * kept, because the delivery may be sent again: no delivery is older than its event, and both have their creation time in the
 * first digits of their ids. One whose deliveries are held is kept for them. The newest event is kept, because the next number is derived from it.
 */
function purgeChores(env: Env, now: number): Chore[] {
	const { EVENT_RETENTION_DAYS: days } = settingsOf(env);
	if (days === 0) return [];
	const before = now - days * DAY_MS;
	const isOld = sql`event."createdAt" < ${before}`;
	const isOver = sql`${isOld} AND substr(event."id", 5, 10) < coalesce("logged", '~') AND event."key" < coalesce("held", event."key" + 1)`;
	const logged = sql`(SELECT min(substr((SELECT min("id") FROM ${deliveries} WHERE "webhookId" = webhook."id"), 5, 10))
		FROM ${webhooks} AS webhook WHERE ${ownedBy("webhook", sql`organization."id"`)})`;
	const held = sql`(SELECT min(${KEY_BASE} + webhook."heldFrom") FROM ${webhooks} AS webhook INDEXED BY "webhooks_live"
		WHERE ${ownedBy("webhook", sql`organization."id"`)} AND webhook."heldFrom" IS NOT NULL AND ${notDeleted("webhook")})`;
	const owners = (
		begins: SQL,
	) => sql`SELECT owner.* FROM (SELECT ${oldestKey(KEY_BASE)} AS "oldest", ${newestKey(KEY_BASE)} AS "newest", ${logged} AS "logged", ${held} AS "held"
			FROM ${organizations} AS organization WHERE ${hasTurn(now)} AND NOT EXISTS (SELECT 1 FROM ${rowsOf(formerEvents, sql`organization."id"`)})) AS owner
		CROSS JOIN ${events} AS event ON event."key" = owner."oldest" AND event."key" < owner."newest" WHERE ${begins} ${sql.limit(ORGANIZATIONS_PER_CHUNK)}`;
	const old = sql`SELECT event."key" FROM (${owners(isOver)}) AS owner
		CROSS JOIN ${events} AS event ON event."key" >= owner."oldest" AND event."key" < min(owner."oldest" + CAST(${CHUNK_ROWS} AS INTEGER), owner."newest")
		WHERE ${isOver} ORDER BY event."key" ${sql.limit(CHUNK_ROWS)}`;
	// A chunk may come after the log was purged, so `due` only compares the age.
	return [
		removalChore("events", owners(isOld), [sql`DELETE FROM ${events} WHERE "key" IN (${old}) RETURNING 1`]),
	];
}

/**
 * Moves events from before keys existed to numbers below the first one, an organization's newest first, so that the moved ones
 * have no gaps. A slice is one transaction: every event is always in exactly one of the two tables, and after an interruption
 * the next call continues.
 * @returns whether there are more
 */
export async function moveFormerEvents({ DB }: Env, limit = EVENTS_PER_SLICE): Promise<boolean> {
	const organizationId = sql`(SELECT "organizationId" FROM ${formerEvents} LIMIT 1)`;
	const slice = sql`SELECT * FROM ${rowsOf(formerEvents, organizationId)} ORDER BY "id" DESC ${sql.limit(limit)}`;
	const start = sql`${KEY_BASE} + ${NUMBER_BEFORE_FIRST} + 1`;
	const [, , left = []] = await write(DB, [
		sql`INSERT INTO ${events} ("key", "id", "type", "entityId", "createdAt", "test", "ownId", "payload")
			SELECT "first" - row_number() OVER (ORDER BY event."id" DESC), event."id", event."type", event."entityId", event."createdAt", event."test", 1, event."payload"
			FROM (SELECT min(coalesce(${oldestKey(KEY_BASE)}, ${start}), ${start}) AS "first" FROM ${organizations} AS organization
				WHERE ${isOrganization("organization", organizationId)}) AS owner CROSS JOIN (${slice}) AS event`,
		sql`DELETE FROM ${formerEvents} WHERE ${isAmong(formerEvents, sql`SELECT "organizationId", "id" FROM (${slice})`)}`,
		sql`SELECT 1 FROM ${formerEvents} LIMIT 1`,
	]);
	return left.length > 0;
}
