// Finds the states that targets are told of. Each state has a key, and a notification with the same key is not stored again, so a
// state is told once, however often it is found, and again when the notification has been removed. Those of a webhook take each
// other's place, so that their number is bounded.

import { hasTurn } from "../chore.ts";
import { acceptsWrites } from "../db/moves.ts";
import { apiKeys } from "../db/schema/api-keys.ts";
import { notifications, notificationTargets } from "../db/schema/notifications.ts";
import { organizations } from "../db/schema/organizations.ts";
import { webhooks } from "../db/schema/webhooks.ts";
import { type SQL, sql } from "../db/sql.ts";
import { isOrganization, notDeleted, type Operand, ownedBy } from "../db/tenant.ts";
import { DISABLING_REASONS } from "../delivery/health.ts";
import type { Usage } from "../organization/usage.ts";
import { DAY_MS, HOUR_MS } from "../time.ts";
import type { NotificationEvent } from "./events.ts";

const EXPIRY_NOTICE_MS = 7 * DAY_MS;
/** Failures that begin within this time of those that were told are the same. */
const SAME_FAILURE_MS = 6 * HOUR_MS;
/** The shares of a quota from which on it is told, and below which it may be told again. */
const NEARING = 0.8;
const FAR = 0.75;

/** Whether the row `target` is told of an event; not while the row `organization`, its owner, is moving. */
const isToldOf = (event: NotificationEvent) =>
	sql`${acceptsWrites("organization")} AND EXISTS (SELECT 1 FROM json_each(target."events") AS wanted WHERE wanted.value = ${event})`;

/** Live targets that are told of an event, with their organizations. */
const toldOf = (event: NotificationEvent) =>
	sql`${notificationTargets} AS target INDEXED BY "notification_targets_live"
		CROSS JOIN ${organizations} AS organization ON ${isOrganization("organization", sql`target."organizationId"`)} AND ${isToldOf(event)}`;

/** The same, of the organizations that have their turn; `minutes` as for `hasTurn`. */
const toldInTurn = (event: NotificationEvent, now: number, minutes = 1) =>
	sql`${organizations} AS organization CROSS JOIN ${notificationTargets} AS target INDEXED BY "notification_targets_live"
			ON ${ownedBy("target", sql`organization."id"`)} AND ${hasTurn(now, minutes)} AND ${isToldOf(event)}`;

/**
 * The statement that stores notifications.
 * @param from the SQL after FROM, with rows of `target`
 * @param sameMs how long (ms) after the state that was told one with the same key begins at least, to be told; without it none is
 */
const store = (
	event: NotificationEvent,
	state: SQL,
	subject: SQL,
	from: SQL,
	now: number,
	sameMs?: number,
): SQL =>
	sql`INSERT INTO ${notifications} ("organizationId", "key", "targetId", "event", "subject", "at", "dueAt")
		SELECT target."organizationId", ${`${event} `} || ${state}, target."id", ${event}, ${subject}, ${now}, ${now}
		FROM ${from} ON CONFLICT DO ${sameMs === undefined ? sql`NOTHING` : replacing(sameMs)}`;

const replacing = (sameMs: number): SQL =>
	sql`UPDATE SET "subject" = excluded."subject", "attempts" = 0, "at" = excluded."at", "dueAt" = excluded."dueAt"
		WHERE (excluded."subject"->>'at') >= ("subject"->>'at') + ${sameMs}`;

const isWebhookOfTarget = sql`${ownedBy("webhook", sql`target."organizationId"`)} AND ${notDeleted("webhook")}`;

/** Statements that store a notification for each state of webhooks and keys that is not told yet, of organizations in turn. */
export const storeStates = (now: number): SQL[] => [
	store(
		"webhook.failing",
		sql`webhook."id"`,
		sql`json_object('id', webhook."id", 'name', webhook."name", 'at', webhook."failingSince")`,
		sql`${toldInTurn("webhook.failing", now)} CROSS JOIN ${webhooks} AS webhook INDEXED BY "webhooks_live" ON ${isWebhookOfTarget}
			WHERE ${notDeleted("target")} AND webhook."status" = 'active' AND webhook."failingSince" IS NOT NULL
				AND (webhook."pausedUntil" IS NOT NULL OR webhook."exhausted" > 0)`,
		now,
		SAME_FAILURE_MS,
	),
	store(
		"webhook.disabled",
		sql`webhook."id"`,
		sql`json_object('id', webhook."id", 'name', webhook."name", 'at', webhook."disabledAt", 'reason', webhook."disabledReason")`,
		sql`${toldInTurn("webhook.disabled", now)} CROSS JOIN ${webhooks} AS webhook INDEXED BY "webhooks_live" ON ${isWebhookOfTarget}
			WHERE ${notDeleted("target")} AND webhook."status" = 'disabled'
				AND webhook."disabledReason" IN (SELECT value FROM ${sql.each(DISABLING_REASONS)})`,
		now,
		1,
	),
	// The end of a rotated key is its owner's own doing: it was set later than that.
	store(
		"key.expiring",
		sql`api_key."id" || ' ' || api_key."expiresAt"`,
		sql`json_object('id', api_key."id", 'name', api_key."name", 'at', api_key."expiresAt")`,
		sql`${toldInTurn("key.expiring", now)} CROSS JOIN ${apiKeys} AS api_key INDEXED BY "api_keys_live"
				ON ${ownedBy("api_key", sql`target."organizationId"`)} AND ${notDeleted("api_key")}
					AND api_key."expiresAt" > ${now} AND api_key."expiresAt" <= ${now + EXPIRY_NOTICE_MS}
			WHERE ${notDeleted("target")} AND api_key."updatedAt" < api_key."expiresAt" - ${EXPIRY_NOTICE_MS}`,
		now,
	),
];

/** A query for organizations that have targets, and whose quotas are compared in this minute: each organization's once an hour. */
export const organizationsInTurn = (now: number, most: number): SQL =>
	sql`SELECT DISTINCT organization."id" FROM ${toldInTurn("quota.nearing", now, 60)} WHERE ${notDeleted("target")}
		ORDER BY random() ${sql.limit(most)}`;

/** Statements that store a notification for each quota that is nearly used up, and forget those of quotas with room again. */
export function storeQuotas(organizationId: Operand, usage: readonly Usage[], now: number): SQL[] {
	const shares = usage.flatMap(({ quota, used, limit }) =>
		used === null || limit === 0 ? [] : [{ id: quota, used, limit, share: used / limit }],
	);
	const nearing = shares.filter(({ share }) => share >= NEARING);
	const kept = shares.filter(({ share }) => share >= FAR).map(({ id }) => `quota.nearing ${id}`);
	return [
		sql`DELETE FROM ${notifications} WHERE ${ownedBy(notifications, organizationId)} AND "event" = 'quota.nearing'
			AND "key" NOT IN (SELECT value FROM ${sql.each(kept)})`,
		store(
			"quota.nearing",
			sql`(quota.value->>'id')`,
			sql`json_remove(quota.value, '$.share')`,
			sql`${toldOf("quota.nearing")} CROSS JOIN ${sql.each(nearing)} AS quota
				WHERE ${notDeleted("target")} AND ${ownedBy("target", organizationId)}`,
			now,
		),
	];
}
