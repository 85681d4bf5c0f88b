// The usage of each quota in one query, for callers and for the operator.

import { definitionBytes, definitionCount } from "../custom-fields/live.ts";
import { customEntities } from "../custom-fields/schema.ts";
import { type CountedTable, rowCount } from "../db/counts.ts";
import { ownedTables } from "../db/owned-tables.ts";
import { organizations } from "../db/schema/organizations.ts";
import { type SQL, sql } from "../db/sql.ts";
import { isOrganization, type Operand } from "../db/tenant.ts";
import { countedBytes } from "../quotas/bytes.ts";
import {
	answerBytes,
	apiKeyCount,
	DEFINITION_BYTES,
	logBytes,
	messageCount,
	NOTIFICATION_TARGETS,
	notificationTargetCount,
	PIPELINE_BYTES,
	pipelineBytes,
	type Quota,
	quotas,
	recordsOf,
	webhookCount,
} from "../quotas/quotas.ts";

interface Counted {
	readonly name: string;
	/** The quota that the operator sets, or a fixed limit. */
	readonly by: Quota | number;
	readonly used: (organizationId: Operand, now: number) => SQL;
}

const counted: readonly Counted[] = [
	...ownedTables.map((table: CountedTable) => ({
		name: recordsOf(table),
		by: "records" as const,
		used: (organizationId: Operand) => rowCount(table, organizationId),
	})),
	{ name: "records.messages", by: "records", used: messageCount },
	{ name: "bytes", by: "bytes", used: countedBytes },
	{ name: "webhooks", by: "webhooks", used: webhookCount },
	{ name: "apiKeys", by: "apiKeys", used: apiKeyCount },
	{ name: "notificationTargets", by: NOTIFICATION_TARGETS, used: notificationTargetCount },
	...customEntities.options.flatMap((entity): Counted[] => [
		{
			name: `customFields.${entity}`,
			by: "customFields",
			used: (organizationId) => definitionCount(organizationId, entity),
		},
		{
			name: `customFieldBytes.${entity}`,
			by: DEFINITION_BYTES,
			used: (organizationId) => definitionBytes(organizationId, entity),
		},
	]),
	{ name: "idempotencyBytes", by: "idempotencyBytes", used: answerBytes },
	{ name: "logBytes", by: "logBytes", used: logBytes },
	{ name: "pipelineBytes", by: PIPELINE_BYTES, used: pipelineBytes },
	{ name: "recordBytes", by: "recordBytes", used: () => sql`NULL` },
];

/** The query for an organization's usage at `now` (ms); no rows if there is no such organization. */
export function usageOf(organizationId: string, now: number): SQL {
	const owner = sql`organization."id"`;
	const asked = counted.map(({ name, by }) =>
		typeof by === "number" ? [name, null, by] : [name, by, quotas[by].standard],
	);
	const cases = counted.map(({ name, used: count }) => sql`WHEN ${name} THEN ${count(owner, now)}`);
	return sql`SELECT asked.value->>0 AS "quota", CASE asked.value->>0 ${sql.join(cases, sql` `)} END AS "used",
			coalesce(organization."quotas"->>(asked.value->>1), asked.value->>2) AS "limit"
		FROM ${organizations} AS organization CROSS JOIN ${sql.each(asked)} AS asked
		WHERE ${isOrganization("organization", organizationId)} ORDER BY asked.key`;
}

/** A row of `usageOf`: a quota, how much of it is used, and its limit, in rows or bytes. */
export const readUsage = (row: Readonly<Record<string, unknown>>) => ({
	quota: String(row.quota),
	/** Null for a limit of each single record. */
	used: row.used === null ? null : Number(row.used),
	limit: Number(row.limit),
});

export type Usage = ReturnType<typeof readUsage>;
