// Quotas: how much of the database one organization may have. What the operator has set stands in its row; what isn't set
// there is as here.
import { getTableName, type SQL, sql } from "drizzle-orm";
import { counterValue } from "../db/counters.ts";
import type { CountedTable } from "../db/counts.ts";
import { apiKeys } from "../db/schema/api-keys.ts";
import { pipelines } from "../db/schema/deals.ts";
import { webhooks } from "../db/schema/webhooks.ts";
import { type Operand, organizationRow, rowsOf } from "../db/tenant.ts";

/** What an operator may set, by its name in `organizations.quotas`. */
export const quotas = {
	/** Rows of each resource by itself, the deleted ones that are kept included. */
	records: { standard: 100_000, most: 100_000_000 },
	/** Bytes of all records, messages and events, light ones by their number (quotas/bytes.ts). */
	bytes: { standard: 2_000_000_000, most: 10_000_000_000 },
	/** Live webhooks. Every event is one row for each that wants it, and agents are shown all on one page. */
	webhooks: { standard: 50, most: 100 },
	/** API keys in use: each has a Durable Object of its own and its own 60 requests a minute. */
	apiKeys: { standard: 1_000, most: 100_000 },
	/** Live definitions of each entity: every read of one of its rows carries them. */
	customFields: { standard: 100, most: 500 },
	/** Bytes of answers kept for an Idempotency-Key, for a day: more than five keys at their limit bring by single creates. */
	idempotencyBytes: { standard: 1_000_000_000, most: 10_000_000_000 },
	/** Bytes of the delivery log. Beyond it attempts are still recorded, without headers and answers. */
	logBytes: { standard: 1_000_000_000, most: 10_000_000_000 },
	/** Bytes of one record as JSON: an event holds it up to three times, and that, its envelope, and keys of custom fields
	 * for their ids stay below the 2,000,000 that D1 takes. */
	recordBytes: { standard: 524_288, most: 600_000 },
} as const;

export type Quota = keyof typeof quotas;

/** Bytes that the live definitions of one entity may have together, as JSON. */
export const DEFINITION_BYTES = 65_536;

/** Bytes that the live pipelines of an organization may have together, as JSON: every read of a deal carries their stages. */
export const PIPELINE_BYTES = 262_144;

/** A scalar: an organization's limit. */
export function limitOf(organizationId: Operand, quota: Quota): SQL {
	return sql`coalesce((SELECT "quotas"->>${quota} FROM ${organizationRow(organizationId)}), ${quotas[quota].standard})`;
}

/** The quota on a table's rows, as callers know it: by its resource's path. */
export const recordsOf = (table: CountedTable) => `records.${getTableName(table).replaceAll("_", "-")}`;

/** A scalar: how many live webhooks an organization has. */
export const webhooksCounted = (organizationId: Operand): SQL =>
	sql`(SELECT count(*) FROM ${rowsOf(webhooks, organizationId, "webhooks_live")} AND "deletedAt" IS NULL)`;

/** A scalar: how many API keys of an organization are neither revoked nor expired at `now` (ms). */
export const apiKeysCounted = (organizationId: Operand, now: number): SQL => {
	const live = sql`SELECT count(*) FROM ${rowsOf(apiKeys, organizationId, "api_keys_live")} AND "deletedAt" IS NULL`;
	return sql`((${live} AND "expiresAt" IS NULL) + (${live} AND "expiresAt" > ${now}))`;
};

/** A scalar: how many bytes the live pipelines of an organization have together. */
export const pipelinesWeighed = (organizationId: Operand): SQL =>
	sql`(SELECT coalesce(sum(octet_length("name") + octet_length("stages")), 0)
		FROM ${rowsOf(pipelines, organizationId, "pipelines_live")} AND "deletedAt" IS NULL)`;

/** What is counted beside the rows of resources, by its name in `counters.resource`. */
type OtherCounter = "answers" | "messages" | "attempts";

const counter = (resource: OtherCounter) => (organizationId: Operand) =>
	counterValue(resource, organizationId);

/** A scalar: how many bytes the answers have that are kept for an Idempotency-Key, near enough (quotas/answers.ts). */
export const answersCounted = counter("answers");

/** A scalar: how many messages an organization has, counted in tens by quotas/messages.ts. */
export const messagesCounted = counter("messages");

/** A scalar: how many bytes the attempts in an organization's delivery log have, near enough (quotas/log.ts). */
export const logCounted = counter("attempts");
