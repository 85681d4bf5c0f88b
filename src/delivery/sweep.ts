// The sweeper: what makes "never lost" true. Every minute it looks for deliveries that are due and free, whatever became
// of their wake-ups, and delivers itself when the queue refuses. It also throws away what is past its time, in chunks.
import { sql } from "drizzle-orm";
import { batch } from "../db/client.ts";
import { idempotencyKeys } from "../db/schema/organizations.ts";
import { attempts, deliveries, deliveryHours, webhooks } from "../db/schema/webhooks.ts";
import type { DeliveryWakeUp, Env } from "../env.ts";
import { firstIdAt } from "../ids.ts";
import { log } from "../log.ts";
import { deliver } from "./deliver.ts";
import { wakeUp } from "./wake.ts";

const MOST_SWEPT = 10_000;
const AT_ONCE = 10;
/** Long enough for a backlog, short enough to end before the next sweep. */
const INLINE_MS = 45_000;
const PURGED_AT_ONCE = 500;
const PURGES = 10;
const DAY_MS = 86_400_000;

/** One sweep. */
export async function sweep(env: Env): Promise<void> {
	const due = await dueAndFree(env, Date.now());
	if (due.length > 0) log("sweep", { due: due.length });
	if (!(await wakeUp(env, due))) await deliverInline(env, due);
	await purge(env, Date.now());
}

async function dueAndFree(env: Env, now: number): Promise<DeliveryWakeUp[]> {
	const [rows] = await batch(env.DB, [
		sql`SELECT "webhookId", "id" FROM ${deliveries} INDEXED BY "deliveries_due"
			WHERE "dueAt" <= ${now} AND ("leaseUntil" IS NULL OR "leaseUntil" <= ${now}) ORDER BY "dueAt" LIMIT ${MOST_SWEPT}`,
	]);
	return (rows ?? []).map(({ webhookId, id }) => ({ webhookId: String(webhookId), deliveryId: String(id) }));
}

/** Delivers without the queue. What is left over, or fails again, is due in the next sweep. */
async function deliverInline(env: Env, due: readonly DeliveryWakeUp[]): Promise<void> {
	const until = Date.now() + INLINE_MS;
	for (let start = 0; start < due.length && Date.now() < until; start += AT_ONCE) {
		await deliver(env, due.slice(start, start + AT_ONCE));
	}
}

/** Deletes the delivery log and idempotency records that are past their time. */
async function purge(env: Env, now: number): Promise<void> {
	const kept = now - Number(env.DELIVERY_RETENTION_DAYS) * DAY_MS;
	const before = firstIdAt("whd", kept);
	const old = sql`SELECT delivery."webhookId", delivery."id" FROM ${webhooks} AS webhook
		CROSS JOIN ${deliveries} AS delivery ON delivery."webhookId" = webhook."id" AND delivery."id" < ${before}
		WHERE delivery."dueAt" IS NULL LIMIT ${PURGED_AT_ONCE}`;
	for (let round = 0; round < PURGES; round += 1) {
		const [, gone] = await batch(env.DB, [
			sql`DELETE FROM ${attempts} WHERE "deliveryId" IN (SELECT "id" FROM (${old}))`,
			sql`DELETE FROM ${deliveries} WHERE ("webhookId", "id") IN (${old}) RETURNING "id"`,
			sql`DELETE FROM ${deliveryHours} WHERE ("webhookId", "hour") IN (SELECT hours."webhookId", hours."hour" FROM ${webhooks} AS webhook
				CROSS JOIN ${deliveryHours} AS hours ON hours."webhookId" = webhook."id" AND hours."hour" < ${kept} LIMIT ${PURGED_AT_ONCE})`,
			sql`DELETE FROM ${idempotencyKeys} WHERE ("organizationId", "key") IN
				(SELECT "organizationId", "key" FROM ${idempotencyKeys} WHERE "claimedAt" < ${now - DAY_MS} LIMIT ${PURGED_AT_ONCE})`,
		]);
		if ((gone ?? []).length < PURGED_AT_ONCE) return;
	}
}
