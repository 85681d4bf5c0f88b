// Writing attempts down. What receivers answer decides how heavy they are, so each is kept within a budget of bytes
// (kept-answer.ts), and they are bound in chunks: escaped as JSON, a text may weigh six times as much.
import { sql } from "drizzle-orm";
import { inChunks } from "../db/chunks.ts";
import type { Statement } from "../db/commit.ts";
import { attempts } from "../db/schema/webhooks.ts";
import type { Attempted } from "./finish.ts";

/** Statements that insert attempts: as many as their weight asks for, in the same batch. One that is there already stays. */
export function insertAttempts(endings: readonly Attempted[]): Statement[] {
	return inChunks(endings.map(rowOf), (row) => JSON.stringify(row)).map((chunk) => ({
		query: sql`INSERT INTO ${attempts} ("deliveryId", "number", "at", "trigger", "url", "requestHeaders", "statusCode", "durationMs",
				"error", "responseHeaders", "responseBody", "responseTruncated")
			SELECT value->>'deliveryId', value->>'number', value->>'at', value->>'trigger', value->>'url', value->>'requestHeaders',
				value->>'statusCode', value->>'durationMs', value->>'error', value->>'responseHeaders', value->>'responseBody',
				value->>'responseTruncated'
			FROM json_each(${`[${chunk.join(",")}]`}) WHERE true ON CONFLICT DO NOTHING`,
	}));
}

const rowOf = ({ delivery, webhook, at, headers, outcome }: Attempted) => ({
	deliveryId: delivery.deliveryId,
	number: delivery.number,
	at,
	trigger: delivery.trigger,
	url: webhook.url,
	requestHeaders: JSON.stringify(headers),
	statusCode: outcome.statusCode,
	durationMs: outcome.durationMs,
	error: outcome.error,
	responseHeaders: outcome.responseHeaders && JSON.stringify(outcome.responseHeaders),
	responseBody: outcome.responseBody,
	responseTruncated: outcome.responseTruncated ? 1 : 0,
});
