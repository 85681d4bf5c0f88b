// Inserts attempts. The receiver's answer decides their size, so what is kept of it is bounded (kept-answer.ts), and the rows
// are bound in chunks: escaped as JSON, a text may need six times its bytes. Where the organization's log is nearly full, the
// URL, headers and bodies are left out (quotas/log.ts).
import { utf8Bytes } from "../bytes.ts";
import { splitIntoChunks } from "../db/chunks.ts";
import type { Statement } from "../db/commit.ts";
import { attempts, deliveries } from "../db/schema/webhooks.ts";
import { type SQL, sql } from "../db/sql.ts";
import { countAttempts, countedFor, hasLogReached } from "../quotas/log.ts";
import type { AttemptedEnding } from "./ending.ts";

/**
 * Statements for one batch: they insert the attempts, in chunks by size, and add them to the organization's byte count. An
 * attempt that is already stored stays as it is. One whose delivery was removed meanwhile, because another process ended it, is
 * left out: nothing would remove it again.
 */
export function insertAttempts(endings: readonly AttemptedEnding[]): Statement[] {
	const rows = endings.map(rowOf);
	const inserts = splitIntoChunks(rows).map(({ each }) => insertion(each));
	const counted = rows.filter((row) => row.counted > 0);
	const counts = [...Map.groupBy(counted, ({ organizationId }) => organizationId)].map(([owner, group]) =>
		countAttempts(
			owner,
			group.map(({ deliveryId, number }) => [deliveryId, number]),
		),
	);
	return [...inserts, ...counts];
}

const insertion = (rows: SQL): SQL =>
	sql`INSERT INTO ${attempts} ("deliveryId", "number", "at", "trigger", "url", "requestHeaders", "statusCode", "durationMs",
			"error", "responseHeaders", "responseBody", "responseTruncated", "counted")
		WITH made AS MATERIALIZED (SELECT one.value AS "value", ${hasLogReached(sql`one.value->>'organizationId'`, "bare")} AS "bare"
			FROM ${rows} AS one)
		SELECT value->>'deliveryId', value->>'number', value->>'at', value->>'trigger',
			iif("bare", '', value->>'url'), iif("bare", '{}', value->>'requestHeaders'), value->>'statusCode', value->>'durationMs', value->>'error',
			iif("bare", NULL, value->>'responseHeaders'), iif("bare", NULL, value->>'responseBody'),
			iif("bare" AND value->>'responseHeaders' IS NOT NULL, 1, value->>'responseTruncated'),
			iif("bare", 0, value->>'counted')
		FROM made WHERE EXISTS (SELECT 1 FROM ${deliveries} WHERE "webhookId" = made."value"->>'webhookId' AND "id" = made."value"->>'deliveryId')
		ON CONFLICT DO NOTHING`;

function rowOf({ delivery, webhook, at, headers, outcome }: AttemptedEnding) {
	const stored = {
		requestHeaders: JSON.stringify(headers),
		responseHeaders: outcome.responseHeaders && JSON.stringify(outcome.responseHeaders),
		responseBody: outcome.responseBody,
	};
	const bytesOf = (...texts: (string | null)[]) =>
		texts.reduce((sum, text) => sum + utf8Bytes(text ?? ""), 0);
	return {
		organizationId: delivery.organizationId,
		webhookId: delivery.webhookId,
		deliveryId: delivery.deliveryId,
		number: delivery.number,
		at,
		trigger: delivery.trigger,
		url: webhook.url,
		...stored,
		statusCode: outcome.statusCode,
		durationMs: outcome.durationMs,
		error: outcome.error,
		responseTruncated: outcome.responseTruncated ? 1 : 0,
		counted: countedFor(bytesOf(webhook.url, ...Object.values(stored))),
	};
}
