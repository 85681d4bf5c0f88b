// Held deliveries. When the delivery log is full, what must always work (a deletion, a report, what a process of this server adds)
// records its events without deliveries, and each webhook that subscribes to them stores the number of the first one. From then on
// all its deliveries wait, so that their order is kept; when there is room, they are made from the events (catch-up.ts). So
// any number of deletions costs the log nothing, and the database one change of each webhook.
import type { Statement } from "../db/commit.ts";
import { keyBaseOf, NUMBER_BEFORE_FIRST, newestKey, numberOfKey } from "../db/event-keys.ts";
import { webhooks } from "../db/schema/webhooks.ts";
import { sql } from "../db/sql.ts";
import { isRow, ownedBy } from "../db/tenant.ts";
import { hasLogReached } from "../quotas/log.ts";
import type { WebhookKey } from "./backlog.ts";
import { subscribersTo, type WithType } from "./subscribers.ts";

/** If the log is full, holds the deliveries of the events that the next statement records. */
export function holdDeliveries(organizationId: string, events: readonly WithType[]): Statement {
	const newest = sql`coalesce(${numberOfKey(newestKey(keyBaseOf(organizationId)))}, ${NUMBER_BEFORE_FIRST})`;
	// A LIMIT is computed once, so the subscribers are only looked for when the log is full.
	return sql`UPDATE ${webhooks} SET "heldFrom" = ${newest} + 1 WHERE ${ownedBy(webhooks, organizationId)} AND "heldFrom" IS NULL
		AND "id" IN (${subscribersTo(organizationId, events)} LIMIT iif(${hasLogReached(organizationId, "full")}, -1, 0))`;
}

/** Has the deliveries skipped that are held for a webhook which is being enabled: like those that waited, they are of before. */
export const skipHeldDeliveries = ({ organizationId, id }: WebhookKey): Statement =>
	sql`UPDATE ${webhooks} SET "heldSkippedTo" = ${numberOfKey(newestKey(keyBaseOf(organizationId)))}
		WHERE ${isRow(webhooks, organizationId, id)} AND "heldFrom" IS NOT NULL`;

/** Forgets the held deliveries of a webhook that is being deleted. */
export const dropHeldDeliveries = ({ organizationId, id }: WebhookKey): Statement =>
	sql`UPDATE ${webhooks} SET "heldFrom" = NULL WHERE ${isRow(webhooks, organizationId, id)} AND "heldFrom" IS NOT NULL`;
