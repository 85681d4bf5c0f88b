// Tells the targets of organizations what they want to know; the sweeper calls it for each database. A notification is taken by
// setting when it would be sent again, so that of several processes one gets it, and one that dies is followed by another attempt.

import { batch, type RawRow } from "../db/client.ts";
import { write } from "../db/commit.ts";
import { acceptsWrites } from "../db/moves.ts";
import { notifications, notificationTargets } from "../db/schema/notifications.ts";
import { organizations } from "../db/schema/organizations.ts";
import { type SQL, sql } from "../db/sql.ts";
import { isAmong, isRow, notDeleted, organizationRow } from "../db/tenant.ts";
import { attempt, outcomeWithoutAnswer } from "../delivery/attempt.ts";
import { targetProblem } from "../delivery/target.ts";
import { type Env, sendingRules } from "../env.ts";
import { log, logFault } from "../log.ts";
import { readUsage, usageOf } from "../organization/usage.ts";
import { MINUTE_MS } from "../time.ts";
import { sendEmail } from "./email.ts";
import type { NotificationEvent } from "./events.ts";
import { bodyOf, type Notice, textOf } from "./message.ts";
import { organizationsInTurn, storeQuotas, storeStates } from "./states.ts";

/** What one sweep of a database sends at most, altogether and of one organization. */
const MAX_SENT = 10;
const MAX_SENT_PER_ORGANIZATION = 3;
/** Due notifications among which those to send are chosen. */
const MAX_CONSIDERED = 20_000;
/** Organizations whose quotas one sweep compares. */
const MAX_COMPARED = 10;
/** Of each request; a sweep does not wait longer for a target that hangs. */
const TIMEOUT_MS = 10_000;
/** How long after each attempt the next one follows, in minutes; after the last it is given up. */
const RETRY_MINUTES = [1, 5, 30, 120];

/** The statements that `notify` sends at most. */
export const NOTIFY_QUERIES = 10 + 3 * MAX_COMPARED;

/** A query that returns a row while `notify` may have something to do: someone is to be told, or was. */
export const dueNotifications = (now: number): SQL =>
	sql`SELECT 1 FROM ${notificationTargets} INDEXED BY "notification_targets_live" WHERE ${notDeleted(notificationTargets)}
		UNION ALL SELECT 1 FROM ${notifications} INDEXED BY "notifications_dueAt" WHERE "dueAt" <= ${now}`;

/** Finds what is to be told in a database, and tells what is due. */
export async function notify(env: Env, now: number): Promise<void> {
	const [turn = []] = (
		await write(env.DB, [...storeStates(now), organizationsInTurn(now, MAX_COMPARED)])
	).slice(-1);
	for (const { id } of turn) await compareQuotas(env, String(id), now);
	const taken = await take(env, now);
	const sent = await Promise.all(
		taken.map(async (row) => ((await send(env, row)) ? [[...keyOf(row), row.at]] : [])),
	);
	const keys = sent.flat();
	if (keys.length === 0) return;
	// Not one that another sweep has stored in its place meanwhile.
	const done = sql`SELECT value->>0, value->>1, value->>2, value->>3 FROM ${sql.each(keys)}`;
	await write(env.DB, [
		sql`UPDATE ${notifications} SET "dueAt" = NULL WHERE ${isAmong(notifications, done, "key", "targetId", "at")}`,
	]);
}

const keyOf = ({ organizationId, key, targetId }: RawRow) => [organizationId, key, targetId];

async function compareQuotas(env: Env, organizationId: string, now: number): Promise<void> {
	const [rows = []] = await batch(env.DB, [usageOf(organizationId, now)]);
	await write(env.DB, storeQuotas(organizationId, rows.map(readUsage), now));
}

/** Takes notifications that are due, a few of each organization, and reads their targets. */
async function take(env: Env, now: number): Promise<RawRow[]> {
	const next = sql`CASE "attempts" ${sql.join(
		RETRY_MINUTES.map((minutes, index) => sql`WHEN ${index} THEN ${now + minutes * MINUTE_MS}`),
		sql` `,
	)} END`;
	// From the index alone, and far more than one organization may have: its many notifications don't hold up those of others. One
	// that has moved has them in its new database.
	const due = sql`SELECT "organizationId", "key", "targetId" FROM (SELECT *, row_number() OVER (PARTITION BY "organizationId" ORDER BY "dueAt") AS "place"
			FROM (SELECT "organizationId", "key", "targetId", "dueAt" FROM ${notifications} INDEXED BY "notifications_dueAt" WHERE "dueAt" <= ${now} ORDER BY "dueAt" ${sql.limit(MAX_CONSIDERED)})) AS waiting
		WHERE "place" <= ${MAX_SENT_PER_ORGANIZATION} AND EXISTS (SELECT 1 FROM ${organizationRow(sql`waiting."organizationId"`)} AND ${acceptsWrites(organizations)})
		ORDER BY "place", "dueAt" ${sql.limit(MAX_SENT)}`;
	const [rows = []] = await write(env.DB, [
		sql`UPDATE ${notifications} SET "attempts" = "attempts" + 1, "dueAt" = ${next} WHERE ${isAmong(notifications, due, "key", "targetId")}
			RETURNING "organizationId", "key", "targetId", "event", "subject", "at"`,
	]);
	if (rows.length === 0) return [];
	const [targets = []] = await batch(env.DB, [
		sql`SELECT target."id", target."type", target."to" FROM ${sql.each(rows.map(keyOf))} AS taken
			CROSS JOIN ${notificationTargets} AS target ON ${isRow("target", sql`taken.value->>0`, sql`taken.value->>2`)} AND ${notDeleted("target")}`,
	]);
	const byId = new Map(targets.map((target) => [target.id, target]));
	return rows.flatMap((row) => {
		const target = byId.get(row.targetId);
		return target ? [{ ...row, type: target.type, to: target.to }] : [];
	});
}

/** Sends one notification; returns whether it arrived. A failure is only logged: it is due again. */
async function send(env: Env, row: RawRow): Promise<boolean> {
	const [type, to] = [String(row.type), String(row.to)];
	const notice: Notice = {
		event: String(row.event) as NotificationEvent,
		organizationId: String(row.organizationId),
		at: Number(row.at),
		subject: JSON.parse(String(row.subject)),
	};
	const { event, organizationId } = notice;
	const about = { organizationId, targetId: String(row.targetId), event };
	try {
		if (type === "email") {
			const isSent = await sendEmail(env, to, `Leadwire: ${event}`, textOf(notice));
			log("notification", { ...about, error: isSent ? null : "not_configured" });
			return isSent;
		}
		const outcome = targetProblem(to, sendingRules(env))
			? outcomeWithoutAnswer("blocked_target")
			: await attempt({
					url: to,
					method: "POST",
					headers: { "Content-Type": "application/json", "User-Agent": "Leadwire-Notifications/1.0" },
					body: bodyOf(type, notice),
					timeoutMs: TIMEOUT_MS,
				});
		log("notification", { ...about, statusCode: outcome.statusCode, error: outcome.error });
		return outcome.ok;
	} catch (error) {
		logFault("notification_failed", { ...about }, error);
		return false;
	}
}
