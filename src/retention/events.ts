// Events past their time, and those that are still where they were kept before the order of commits.
import { type SQL, sql } from "drizzle-orm";
import { CHUNK, type Chore, DAY_MS } from "../chore.ts";
import { batch } from "../db/client.ts";
import { events, formerEvents } from "../db/schema/events.ts";
import { organizations } from "../db/schema/organizations.ts";
import { deliveries, webhooks } from "../db/schema/webhooks.ts";
import { among, isOrganization, ownedBy, rowsOf } from "../db/tenant.ts";
import type { Env } from "../env.ts";
import { newestKey, oldestKey, START } from "../outbox/keys.ts";
import { settingsOf } from "../settings.ts";
import { chore } from "./logs.ts";

/** Organizations that one chunk takes events of. */
const OWNERS = 20;
/** Events moved by one transaction. */
const SLICE = 2_000;

const BASE = sql`(organization."ordinal" << 40)`;

/** The chores of events. */
export const eventChores = (env: Env, now: number): Chore[] => [
	{ name: "former_events", due: sql`SELECT 1 FROM ${formerEvents}`, run: moveEvents },
	...purging(env, now),
];

/**
 * Purges events from each organization's oldest on, so that all that came after an event that is kept is kept too. One
 * that has a delivery in the log stays with it, because that may be sent again: no delivery is older than its event, and
 * both say when they were made in the first digits of their ids. The newest stays, since the next one is numbered by it.
 */
function purging(env: Env, now: number): Chore[] {
	const { EVENT_RETENTION_DAYS: days } = settingsOf(env);
	if (days === 0) return [];
	const before = now - days * DAY_MS;
	const isOld = sql`event."createdAt" < ${before}`;
	const isOver = sql`${isOld} AND substr(event."id", 5, 10) < coalesce("logged", '~')`;
	const logged = sql`(SELECT min(substr((SELECT min("id") FROM ${deliveries} WHERE "webhookId" = webhook."id"), 5, 10))
		FROM ${webhooks} AS webhook WHERE ${ownedBy("webhook", sql`organization."id"`)})`;
	const owners = (
		begins: SQL,
	) => sql`SELECT owner.* FROM (SELECT ${oldestKey(BASE)} AS "oldest", ${newestKey(BASE)} AS "newest", ${logged} AS "logged"
			FROM ${organizations} AS organization WHERE NOT EXISTS (SELECT 1 FROM ${rowsOf(formerEvents, sql`organization."id"`)})) AS owner
		CROSS JOIN ${events} AS event ON event."key" = owner."oldest" AND event."key" < owner."newest" WHERE ${begins} LIMIT ${OWNERS}`;
	const old = sql`SELECT event."key" FROM (${owners(isOver)}) AS owner
		CROSS JOIN ${events} AS event ON event."key" >= owner."oldest" AND event."key" < min(owner."oldest" + CAST(${CHUNK} AS INTEGER), owner."newest")
		WHERE ${isOver} ORDER BY event."key" LIMIT ${CHUNK}`;
	// What is in the log now may be gone when this one's turn comes.
	return [chore("events", owners(isOld), [sql`DELETE FROM ${events} WHERE "key" IN (${old}) RETURNING 1`])];
}

/**
 * Moves events from before the order of commits to below the first one in it, the newest of an organization first, so that
 * what is moved already has no gaps. A slice is a transaction: what it moves is in one place or the other, and whoever
 * comes after one that died goes on where it was.
 * @returns whether there are more
 */
export async function moveEvents({ DB }: Env, most = SLICE): Promise<boolean> {
	const organizationId = sql`(SELECT "organizationId" FROM ${formerEvents} LIMIT 1)`;
	const slice = sql`SELECT * FROM ${rowsOf(formerEvents, organizationId)} ORDER BY "id" DESC LIMIT ${most}`;
	const start = sql`${BASE} + ${START} + 1`;
	const [, , left = []] = await batch(DB, [
		sql`INSERT INTO ${events} ("key", "id", "type", "entityId", "createdAt", "test", "ownId", "payload")
			SELECT "first" - row_number() OVER (ORDER BY event."id" DESC), event."id", event."type", event."entityId", event."createdAt", event."test", 1, event."payload"
			FROM (SELECT min(coalesce(${oldestKey(BASE)}, ${start}), ${start}) AS "first" FROM ${organizations} AS organization
				WHERE ${isOrganization("organization", organizationId)}) AS owner CROSS JOIN (${slice}) AS event`,
		sql`DELETE FROM ${formerEvents} WHERE ${among(formerEvents, sql`SELECT "organizationId", "id" FROM (${slice})`)}`,
		sql`SELECT 1 FROM ${formerEvents} LIMIT 1`,
	]);
	return left.length > 0;
}
