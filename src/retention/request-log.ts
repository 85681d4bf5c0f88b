// Removes logged requests: those past their time, and the oldest of organizations that have too many.
import { CHUNK_ROWS, type Chore, hasTurn } from "../chore.ts";
import { numberInId } from "../db/event-keys.ts";
import { organizations } from "../db/schema/organizations.ts";
import { requestLog } from "../db/schema/request-log.ts";
import { type SQL, sql } from "../db/sql.ts";
import { isAmong, rowsOf } from "../db/tenant.ts";
import type { Env } from "../env.ts";
import { firstIdAt } from "../ids.ts";
import { settingsOf } from "../settings.ts";
import { DAY_MS } from "../time.ts";
import { removalChore } from "./logs.ts";

/** Rows that an organization keeps: the newest ones. */
const MAX_ROWS = 10_000;
/** Organizations per chunk. */
const MAX_ORGANIZATIONS = 20;

/** The chore of the request log. */
export function requestLogChore(env: Env, now: number): Chore {
	const kept = firstIdAt("rql", now - settingsOf(env).REQUEST_LOG_DAYS * DAY_MS);
	const end = (which: SQL) => sql`(SELECT ${which}("id") FROM ${rowsOf(requestLog, sql`organization."id"`)})`;
	const number = (id: SQL) => sql`CAST(${numberInId(id)} AS INTEGER)`;
	const isOver = (id: SQL) =>
		sql`(${id} < ${kept} OR ${number(id)} <= ${number(sql`owner."newest"`)} - ${MAX_ROWS})`;
	const owners = sql`SELECT owner.* FROM (SELECT organization."id", ${end(sql`min`)} AS "oldest", ${end(sql`max`)} AS "newest" FROM ${organizations} AS organization WHERE ${hasTurn(now)}) AS owner
		WHERE owner."oldest" IS NOT NULL AND ${isOver(sql`owner."oldest"`)} ${sql.limit(MAX_ORGANIZATIONS)}`;
	const gone = sql`SELECT owner."id", item.value FROM (${owners}) AS owner CROSS JOIN json_each((SELECT json_group_array("id")
			FROM (SELECT "id" FROM ${rowsOf(requestLog, sql`owner."id"`)} ORDER BY "id" ${sql.limit(CHUNK_ROWS)}))) AS item
		WHERE ${isOver(sql`item.value`)} ${sql.limit(CHUNK_ROWS)}`;
	return removalChore("request_log", owners, [
		sql`DELETE FROM ${requestLog} WHERE ${isAmong(requestLog, gone)} RETURNING 1`,
	]);
}
