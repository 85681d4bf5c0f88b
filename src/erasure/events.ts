// Erases personal data from a record's events, from deliveries that are still to be sent, and from receivers' answers.

import { splitIntoChunks } from "../db/chunks.ts";
import { batch, type RawRow } from "../db/client.ts";
import { write } from "../db/commit.ts";
import {
	isKeyOf,
	keyBaseOf,
	keyOfNumber,
	NUMBER_BEFORE_FIRST,
	numberOfKey,
	oldestKey,
} from "../db/event-keys.ts";
import { formerEvents, events as table } from "../db/schema/events.ts";
import { attempts, deliveries, webhooks } from "../db/schema/webhooks.ts";
import { type SQL, sql } from "../db/sql.ts";
import { ownedBy, rowsOf } from "../db/tenant.ts";
import { type Env, sendingRules } from "../env.ts";
import { TIME_DIGITS } from "../ids.ts";
import { MINUTE_MS } from "../time.ts";
import { withoutPersonalData } from "./bodies.ts";
import type { QueueItem } from "./queue.ts";
import type { Rule } from "./rules.ts";

/** The limits of a chunk: events, and characters of their bodies. */
const EVENTS_PER_CHUNK = 100;
const MAX_CHUNK_CHARACTERS = 1_000_000;
/** Added to the lease time: an answer that arrives when the lease ends is recorded a little later. */
const GRACE_MS = 15_000;
/**
 * How far after the event that it repeats a `save_lead` may be. They are recorded by the same commit, but among events from
 * before keys existed others of the same instant may be between them.
 */
const MAX_DISTANCE = 2;
const MAX_FORMER_DISTANCE = 500;

/**
 * Erases personal data from a chunk of a record's events and from the answers to their deliveries. Unsent deliveries of the
 * erased record's own events are cancelled; those of other records are sent with the new body. When a delivery is being sent
 * just now, the step is repeated after its lease.
 */
export async function eraseEvents(env: Env, item: QueueItem, rule: Rule, keeps: ReadonlySet<string>) {
	const now = Date.now();
	const [former = [], found = []] = await batch(env.DB, [
		sql`SELECT 1 FROM ${rowsOf(formerEvents, item.organizationId)} LIMIT 1`,
		nextEvents(item),
	]);
	// Events in the former table can't be found by their record until they are moved.
	if (former.length > 0) return { waitUntil: now + MINUTE_MS };
	const again = (found.length > 0 && (await rewrite(env, item, found, rule, keeps, now))) || item.again;
	const last = found.findLast(({ type }) => type !== "save_lead");
	if (last) return { after: String(last.number), again };
	return again ? { startAgainAt: now + sendingRules(env).leaseMs + GRACE_MS } : "done";
}

/**
 * A query for the next chunk of a record's events, each with the `save_lead` that repeats it: no index finds those. If the
 * repeated event has been purged, its `save_lead` is among the organization's oldest events.
 */
function nextEvents({ organizationId, entityId, after }: QueueItem): SQL {
	const base = keyBaseOf(organizationId);
	const key = sql`event."key"`;
	const maxDistance = (of: SQL) =>
		sql`iif(${numberOfKey(of)} < ${NUMBER_BEFORE_FIRST}, CAST(${MAX_FORMER_DISTANCE} AS INTEGER), CAST(${MAX_DISTANCE} AS INTEGER))`;
	// With a plus, SQLite can't build an index over every event to look these up, and walks the range of keys.
	const isRepetition = sql`+event."entityId" = ${entityId} AND +event."type" = 'save_lead'`;
	return sql`WITH next AS (SELECT ${key}, event."createdAt", event."payload" FROM ${table} AS event
				WHERE event."entityId" = ${entityId} AND event."type" <> 'save_lead' AND event."test" = 0 AND event."type" NOT GLOB '*.erased'
					AND ${isKeyOf(base, key)} AND ${key} > ${keyOfNumber(base, sql`${after}`)} ORDER BY ${key} ${sql.limit(EVENTS_PER_CHUNK)}),
			own AS MATERIALIZED (SELECT "key", "createdAt" FROM
				(SELECT "key", "createdAt", sum(length("payload")) OVER (ORDER BY "key") - length("payload") AS "before" FROM next) WHERE "before" < ${MAX_CHUNK_CHARACTERS}),
			oldest AS MATERIALIZED (SELECT ${oldestKey(base)} AS "key")
		SELECT ${numberOfKey(key)} AS "number", event."id", event."type", event."payload" FROM ${table} AS event WHERE ${key} IN (SELECT "key" FROM own
			UNION SELECT ${key} FROM own CROSS JOIN ${table} AS event
				ON ${key} > own."key" AND ${key} <= own."key" + ${maxDistance(sql`own."key"`)} AND +event."createdAt" = own."createdAt" AND ${isRepetition}
			UNION SELECT ${key} FROM oldest CROSS JOIN ${table} AS event
				ON ${key} >= oldest."key" AND ${key} < oldest."key" + ${maxDistance(sql`oldest."key"`)} AND ${isRepetition}) ORDER BY ${key}`;
}

/**
 * Writes a chunk.
 * @returns whether a delivery of it was being sent
 */
async function rewrite(
	env: Env,
	{ organizationId, root, entityId }: QueueItem,
	found: readonly RawRow[],
	rule: Rule,
	keeps: ReadonlySet<string>,
	now: number,
): Promise<boolean> {
	const base = keyBaseOf(organizationId);
	const changed = found.flatMap(({ number, type, payload: before }) => {
		const body = withoutPersonalData(String(type), JSON.parse(String(before)), rule, keeps);
		return JSON.stringify(body) === before ? [] : [{ number, body }];
	});
	const ids = found.map(({ id }) => id);
	// A delivery's id begins with the time of its event, so each is found by its webhook and that time.
	const idPrefix = sql`'whd_' || substr(event.value, 5, ${TIME_DIGITS})`;
	const eventDeliveries = sql`SELECT delivery."webhookId", delivery."id" FROM ${sql.each(ids)} AS event
		CROSS JOIN ${webhooks} AS webhook ON ${ownedBy("webhook", organizationId)}
		CROSS JOIN ${deliveries} AS delivery ON delivery."webhookId" = webhook."id" AND delivery."id" >= ${idPrefix} AND delivery."id" < ${idPrefix} || '~'
			AND delivery."eventId" = event.value`;
	const [sending = []] = await write(env.DB, [
		sql`SELECT 1 FROM ${deliveries} WHERE ("webhookId", "id") IN (${eventDeliveries}) AND "lease" IS NOT NULL AND "leaseUntil" > ${now} LIMIT 1`,
		sql`UPDATE ${deliveries} SET "status" = 'cancelled', "nextAttemptAt" = NULL, "dueAt" = NULL, "manualWaiting" = 0, "lease" = NULL,
				"leaseUntil" = NULL, "updatedAt" = ${now}
			WHERE ${root} = ${entityId} AND ("webhookId", "id") IN (${eventDeliveries}) AND ("status" IN ('pending', 'failed', 'skipped') OR "dueAt" IS NOT NULL)`,
		sql`UPDATE ${attempts} SET "responseHeaders" = NULL, "responseBody" = NULL, "responseTruncated" = 0
			WHERE "deliveryId" IN (SELECT "id" FROM (${eventDeliveries}))`,
		...splitIntoChunks(changed).map(
			({ each }) => sql`UPDATE ${table} SET "payload" = event.value->'body' FROM ${each} AS event
				WHERE ${table}."key" = ${keyOfNumber(base, sql`event.value->>'number'`)}`,
		),
	]);
	return sending.length > 0;
}
