// The sweeper: what makes "never lost" true. Every minute it looks for deliveries that are due and free, whatever became
// of their wake-ups, and delivers itself when the queue refuses. It also throws away what is past its time: retention/purge.ts.
import { sql } from "drizzle-orm";
import { batch } from "../db/client.ts";
import { deliveries } from "../db/schema/webhooks.ts";
import type { Env, WakeUp } from "../env.ts";
import { log } from "../log.ts";
import { purge } from "../retention/purge.ts";
import { deliver } from "./deliver.ts";
import { wakeUp } from "./wake.ts";

const MOST_SWEPT = 10_000;
const AT_ONCE = 10;
/** Long enough for a backlog, short enough to end before the next sweep. */
const INLINE_MS = 45_000;

/** One sweep. */
export async function sweep(env: Env): Promise<void> {
	const due = await dueAndFree(env, Date.now());
	if (due.length > 0) log("sweep", { due: due.length });
	if (!(await wakeUp(env, due))) await deliverInline(env, due);
	await purge(env, Date.now());
}

async function dueAndFree(env: Env, now: number): Promise<WakeUp[]> {
	const [rows] = await batch(env.DB, [
		sql`SELECT "webhookId", "id" FROM ${deliveries} INDEXED BY "deliveries_due"
			WHERE "dueAt" <= ${now} AND ("leaseUntil" IS NULL OR "leaseUntil" <= ${now}) ORDER BY "dueAt" LIMIT ${MOST_SWEPT}`,
	]);
	return (rows ?? []).map(({ webhookId, id }) => ({
		webhookId: String(webhookId),
		deliveryId: String(id),
		slow: false,
	}));
}

/** Delivers without the queue. What is left over, or fails again, is due in the next sweep. */
async function deliverInline(env: Env, due: readonly WakeUp[]): Promise<void> {
	const until = Date.now() + INLINE_MS;
	for (let start = 0; start < due.length && Date.now() < until; start += AT_ONCE) {
		await deliver(env, due.slice(start, start + AT_ONCE));
	}
}
