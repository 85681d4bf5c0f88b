// Makes the deliveries that were held (held.ts), from the events, once an organization's log has room. A chunk makes those of one
// webhook's next events and moves its number on in the same transaction, so that none is left out or made twice.
import { CHUNK_ROWS, type Chore } from "../chore.ts";
import { batch } from "../db/client.ts";
import { write } from "../db/commit.ts";
import { keyBaseOf, newestEventType, newestKey, numberOfKey } from "../db/event-keys.ts";
import { acceptsWrites } from "../db/moves.ts";
import { organizations } from "../db/schema/organizations.ts";
import { webhooks } from "../db/schema/webhooks.ts";
import { type SQL, sql } from "../db/sql.ts";
import { isOrganization, isRow, notDeleted, organizationRow } from "../db/tenant.ts";
import type { Env } from "../env.ts";
import { hasLogReached } from "../quotas/log.ts";
import { type WebhookKey, wakeUpsOf } from "./backlog.ts";
import { deliverEvents, IS_DISABLED } from "./fan-out.ts";
import { sendWakeUps } from "./wake.ts";

/** Webhooks with held deliveries for which there is room. */
const READY = sql`FROM ${webhooks} AS webhook INDEXED BY "webhooks_held" CROSS JOIN ${organizations} AS organization
		ON ${isOrganization("organization", sql`webhook."organizationId"`)}
	WHERE webhook."heldFrom" IS NOT NULL AND ${notDeleted("webhook")} AND ${acceptsWrites("organization")}
		AND NOT (${hasLogReached(sql`organization."id"`, "full")})`;

/** The chore of held deliveries, for one sweep; the chunks are of one webhook after the other, and then again. */
export function heldChore(now: number): Chore {
	let last = "";
	return {
		name: "held_deliveries",
		due: sql`SELECT 1 ${READY}`,
		async run(env) {
			const [[next] = []] = await batch(env.DB, [
				sql`SELECT webhook."organizationId", webhook."id" ${READY} AND webhook."id" > ${last} ORDER BY webhook."id" LIMIT 1`,
			]);
			const isOver = !next && last === "";
			last = next ? String(next.id) : "";
			if (next) await catchUp(env, { organizationId: String(next.organizationId), id: last }, now);
			return !isOver;
		},
	};
}

/** Makes the deliveries of a webhook's next events. */
async function catchUp(env: Env, hook: WebhookKey, now: number): Promise<void> {
	const { organizationId, id } = hook;
	const base = keyBaseOf(organizationId);
	const first = sql`(${base} + webhook."heldFrom")`;
	const end = (from: SQL) => sql`(${from} + CAST(${CHUNK_ROWS} AS INTEGER))`;
	// What was recorded of a person is not sent any more when the person was erased meanwhile.
	const isErased = sql`event."type" NOT GLOB '*.erased' AND coalesce((${newestEventType(organizationId, sql`event."entityId"`)}), '') GLOB '*.erased'`;
	const made = deliverEvents(
		{ env, now, caller: hook, wake() {} },
		sql`event."key" >= ${first} AND event."key" < ${end(first)}`,
		sql`webhook."id" = ${id} AND ${acceptsWrites("organization")} AND event."test" = 0 AND NOT (${isErased})`,
		sql`(${IS_DISABLED} OR event."key" <= ${base} + coalesce(webhook."heldSkippedTo", 0))`,
	);
	const next = end(sql`"heldFrom"`);
	const [rows = []] = await write(env.DB, [
		made.query,
		sql`UPDATE ${webhooks} SET "heldFrom" = iif(${next} > ${numberOfKey(newestKey(base))}, NULL, ${next})
			WHERE ${isRow(webhooks, organizationId, id)} AND EXISTS (SELECT 1 FROM ${organizationRow(organizationId)} AND ${acceptsWrites(organizations)})`,
	]);
	await sendWakeUps(env, wakeUpsOf(rows, now));
}
