// Which webhooks want an event.
import { organizations } from "../db/schema/organizations.ts";
import { webhooks } from "../db/schema/webhooks.ts";
import { type SQL, sql } from "../db/sql.ts";
import { isOrganization, notDeleted, type Operand, ownedBy } from "../db/tenant.ts";

/**
 * An organization's webhooks that are not deleted, each beside its organization: FROM and WHERE, for `isSubscribed`.
 * @param joined further tables
 */
export const webhooksOf = (organizationId: Operand, joined = sql``): SQL =>
	sql`FROM ${webhooks} AS webhook INDEXED BY "webhooks_live" CROSS JOIN ${organizations} AS organization ${joined}
		WHERE ${ownedBy("webhook", organizationId)} AND ${notDeleted("webhook")} AND ${isOrganization("organization", organizationId)}`;

/**
 * Whether the row with the alias `webhook` subscribes to an event, by its name, by `<noun>.*` or by `*`, and the operator's
 * topics in the row `organization` allow it. GLOB is safe: subscriptions are validated and contain no other special character
 * than a final `*`.
 */
export function isSubscribed(type: SQL): SQL {
	return sql`(organization."topics" IS NULL OR ${type} IN (SELECT value FROM json_each(organization."topics")))
		AND EXISTS (SELECT 1 FROM json_each(webhook."events") AS wanted WHERE ${type} GLOB wanted.value)`;
}

/** What is asked for subscribers: an event, or its draft. */
export interface WithType {
	readonly type: string;
}

const subscribersToTypes = sql.prepared<[organizationId: string, types: string]>(
	(organizationId, types) =>
		sql`SELECT webhook."id" ${webhooksOf(organizationId)}
			AND EXISTS (SELECT 1 FROM json_each(${types}) AS asked WHERE ${isSubscribed(sql`asked.value`)})`,
);

/** The types of events as a list of JSON, each once. */
export const typesOf = (events: readonly WithType[]): string =>
	JSON.stringify([...new Set(events.map(({ type }) => type))]);

/** A query for the `id` of the webhooks that subscribe to one of these events. */
export const subscribersTo = (organizationId: string, events: readonly WithType[]): SQL =>
	subscribersToTypes(organizationId, typesOf(events));
