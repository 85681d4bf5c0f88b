// Quotas: how much of the database one organization may use. Values set by the operator are in its row; these are the defaults.
import { getTableName } from "drizzle-orm";
import { counterValue } from "../db/counters.ts";
import type { CountedTable } from "../db/counts.ts";
import { apiKeys } from "../db/schema/api-keys.ts";
import { pipelines } from "../db/schema/deals.ts";
import { notificationTargets } from "../db/schema/notifications.ts";
import { webhooks } from "../db/schema/webhooks.ts";
import { type SQL, sql } from "../db/sql.ts";
import { liveRowsOf, type Operand, organizationRow } from "../db/tenant.ts";

/** The quotas by their names in `organizations.quotas`: the default, and the maximum that an operator may set. */
export const quotas = {
	/** Rows of each resource, including deleted ones until they are purged. */
	records: { standard: 100_000, most: 100_000_000 },
	/** Bytes of all records, messages and events, counted in blocks (quotas/bytes.ts). */
	bytes: { standard: 1_200_000_000, most: 10_000_000_000 },
	/** Live webhooks. Every event has one delivery row for each subscribed webhook, and agents see all webhooks on one page. */
	webhooks: { standard: 50, most: 100 },
	/** API keys in use: each has its own Durable Object and 60 requests a minute. */
	apiKeys: { standard: 1_000, most: 100_000 },
	/** Live definitions of each entity: every read of its rows reads them. */
	customFields: { standard: 100, most: 500 },
	/** Bytes of answers stored for an Idempotency-Key, for a day: more than two keys produce with single creates at their rate limit. */
	idempotencyBytes: { standard: 1_000_000_000, most: 10_000_000_000 },
	/** Bytes of deliveries and their attempts (quotas/log.ts). */
	logBytes: { standard: 1_000_000_000, most: 10_000_000_000 },
	/** Bytes of one record as JSON: an event has it up to three times; with its envelope, and with the keys of custom fields
	 * instead of their ids, it stays below D1's limit of 2,000,000. */
	recordBytes: { standard: 524_288, most: 600_000 },
} as const;

export type Quota = keyof typeof quotas;

/** The maximum of bytes of the live definitions of one entity, as JSON. */
export const DEFINITION_BYTES = 65_536;

/** The maximum of bytes of an organization's live pipelines, as JSON: every read of a deal reads their stages. */
export const PIPELINE_BYTES = 262_144;

/** A scalar: an organization's limit. */
export function limitOf(organizationId: Operand, quota: Quota): SQL {
	return sql`coalesce((SELECT "quotas"->>${quota} FROM ${organizationRow(organizationId)}), ${quotas[quota].standard})`;
}

/** The name of the quota on a table's rows, as callers see it: it contains the path of the resource. */
export const recordsOf = (table: CountedTable) => `records.${getTableName(table).replaceAll("_", "-")}`;

/** The maximum of an organization's live notification targets. */
export const NOTIFICATION_TARGETS = 50;

/** A scalar: how many live notification targets an organization has. */
export const notificationTargetCount = (organizationId: Operand): SQL =>
	sql`(SELECT count(*) FROM ${liveRowsOf(notificationTargets, organizationId, "notification_targets_live")})`;

/** A scalar: how many live webhooks an organization has. */
export const webhookCount = (organizationId: Operand): SQL =>
	sql`(SELECT count(*) FROM ${liveRowsOf(webhooks, organizationId, "webhooks_live")})`;

/** A scalar: how many API keys of an organization are neither revoked nor expired at `now` (ms). */
export const apiKeyCount = (organizationId: Operand, now: number): SQL => {
	const live = sql`SELECT count(*) FROM ${liveRowsOf(apiKeys, organizationId, "api_keys_live")}`;
	return sql`((${live} AND "expiresAt" IS NULL) + (${live} AND "expiresAt" > ${now}))`;
};

/** A scalar: the bytes of an organization's live pipelines. */
export const pipelineBytes = (organizationId: Operand): SQL =>
	sql`(SELECT coalesce(sum(octet_length("name") + octet_length("stages")), 0)
		FROM ${liveRowsOf(pipelines, organizationId, "pipelines_live")})`;

/** The counters that don't count rows of resources, by their names in `counters.resource`. */
type OtherCounter = "answers" | "messages" | "attempts";

const counter = (resource: OtherCounter) => (organizationId: Operand) =>
	counterValue(resource, organizationId);

/** A scalar: the approximate bytes of answers stored for an Idempotency-Key (quotas/answers.ts). */
export const answerBytes = counter("answers");

/** A scalar: the number of an organization's messages, counted in tens (quotas/messages.ts). */
export const messageCount = counter("messages");

/** A scalar: the approximate bytes of an organization's delivery log (quotas/log.ts). */
export const logBytes = counter("attempts");
