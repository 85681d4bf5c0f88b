// Stores collected requests, a bounded number of rows a minute. The rows of an organization are numbered without gaps, so that the
// first and the last say how many there are (retention/request-log.ts), and ids sort by number and by time.

import { commit } from "../db/commit.ts";
import { numberedSuffix, numberInId } from "../db/event-keys.ts";
import { requestLog } from "../db/schema/request-log.ts";
import { sql } from "../db/sql.ts";
import { isRow, rowsOf } from "../db/tenant.ts";
import type { Env } from "../env.ts";
import { firstIdAt } from "../ids.ts";
import { MINUTE_MS } from "../time.ts";

/** Rows that an organization gets in a minute; requests beyond them are only counted. */
const MAX_ROWS_A_MINUTE = 60;

interface Row {
	readonly at: number;
	readonly requestId: string;
	readonly keyId: string;
	readonly method: string;
	readonly path: string;
	readonly status: number;
	readonly code: string | null;
	readonly message: string | null;
	readonly durationMs: number;
	count: number;
}

/** Requests of one organization: rows by what they have in common, and how many there were besides. */
export interface Collected {
	readonly rows: Map<string, Row>;
	readonly more: { count: number };
}

/**
 * Stores collected requests in one batch.
 * @throws AppError 503 when D1 fails or the organization is moving
 */
export async function storeRequests(
	env: Env,
	organizationId: string,
	{ rows, more }: Collected,
	now: number,
): Promise<void> {
	const collected = sql.each([...rows.values()].toSorted((one, other) => one.at - other.at));
	const newest = sql`(SELECT max("id") FROM ${rowsOf(requestLog, organizationId)})`;
	const recent = sql`(SELECT count(*) FROM (SELECT 1 FROM ${rowsOf(requestLog, organizationId)} AND "id" >= ${firstIdAt("rql", now - MINUTE_MS)} ${sql.limit(MAX_ROWS_A_MINUTE)}))`;
	// An isolate's clock may be behind that of the one which wrote the row before.
	const at = sql`CAST(max(given.value->>'at', last."at") AS INTEGER)`;
	const number = sql`(last."number" + 1 + given.key)`;
	await commit({ env, caller: { organizationId } }, [
		sql`INSERT INTO ${requestLog} ("organizationId", "id", "at", "requestId", "keyId", "method", "path", "status", "code", "message", "durationMs", "count")
			WITH last AS MATERIALIZED (SELECT coalesce(CAST(${numberInId(sql`"newest"`)} AS INTEGER), 0) AS "number", ${MAX_ROWS_A_MINUTE} - ${recent} AS "room",
				coalesce((SELECT "at" FROM ${requestLog} WHERE ${isRow(requestLog, organizationId, sql`"newest"`)}), 0) AS "at" FROM (SELECT ${newest} AS "newest"))
			SELECT ${organizationId}, 'rql_' || ${numberedSuffix(organizationId, at, number)}, ${at}, given.value->>'requestId', given.value->>'keyId', given.value->>'method',
				given.value->>'path', given.value->>'status', given.value->>'code', given.value->>'message', given.value->>'durationMs', given.value->>'count'
			FROM last CROSS JOIN ${collected} AS given WHERE given.key < last."room"`,
		sql`UPDATE ${requestLog} SET "omitted" = "omitted" + uncounted."count"
			FROM (SELECT ${more.count} + coalesce(sum(given.value->>'count'), 0) AS "count" FROM ${collected} AS given WHERE given.key >= changes()) AS uncounted
			WHERE ${isRow(requestLog, organizationId, newest)} AND uncounted."count" > 0`,
	]);
}
