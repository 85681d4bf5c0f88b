// Records how a group of claimed deliveries ended: attempts, deliveries, webhooks and the events they cause, in one batch that
// also releases the next deliveries of the backlog.
import { type SQL, sql } from "drizzle-orm";
import { batch, isPassing } from "../db/client.ts";
import { commit, LostRace, type Statement } from "../db/commit.ts";
import { attempts, deliveries, webhooks } from "../db/schema/webhooks.ts";
import { among } from "../db/tenant.ts";
import type { Env, WakeUp } from "../env.ts";
import { fault } from "../log.ts";
import { hooksOf, release, waking } from "../outbox/line.ts";
import { insertAttempts } from "./attempt-rows.ts";
import { consequences } from "./consequences.ts";
import type { Ending } from "./ending.ts";
import { healthOf, isLive, leftover, recordHealth } from "./health.ts";
import { moveOn } from "./move-on.ts";
import { type WebhookRow, webhookStore } from "./receiver.ts";

/** Pauses before recording is retried after a transient error of D1; their sum is far below the lease time. */
const PAUSES_MS = [100, 300, 900];

/**
 * Commits the endings of a group. Where they can't be recorded together, each is recorded by itself, so that one answer doesn't
 * prevent recording the others.
 * @returns the wake-ups to send now: for retries, for the backlog, and for the events that this caused
 * @throws what D1 throws when nothing could be recorded; the deliveries are claimed again when their leases end
 */
export async function record(env: Env, endings: readonly Ending[], now: number): Promise<WakeUp[]> {
	try {
		return await recordTogether(env, endings, now);
	} catch (error) {
		if (endings.length === 1 || isPassing(error)) throw error;
		return recordSingly(env, endings, now);
	}
}

async function recordSingly(env: Env, endings: readonly Ending[], now: number): Promise<WakeUp[]> {
	const wakeUps: WakeUp[] = [];
	const faults: unknown[] = [];
	for (const ending of endings) {
		try {
			wakeUps.push(...(await recordTogether(env, [ending], now)));
		} catch (error) {
			faults.push(error);
			const { deliveryId, webhookId } = ending.delivery;
			fault("recording_failed", { deliveryId, webhookId }, error);
		}
	}
	if (faults.length === endings.length) throw faults[0];
	return wakeUps;
}

async function recordTogether(env: Env, endings: readonly Ending[], now: number): Promise<WakeUp[]> {
	let known: Known = { webhooks: new Map(), late: new Set(), recorded: new Set() };
	let isStale = false;
	for (let faults = 0; ; ) {
		try {
			if (isStale) known = await readAgain(env, endings);
			return await recordOnce(
				env,
				endings.filter(({ delivery }) => !known.recorded.has(delivery.deliveryId)),
				known,
				now,
			);
		} catch (error) {
			isStale = true;
			if (error instanceof LostRace) continue;
			const pause = PAUSES_MS[faults];
			if (pause === undefined || !isPassing(error)) throw error;
			faults += 1;
			await new Promise((resolve) => setTimeout(resolve, pause));
		}
	}
}

async function recordOnce(
	env: Env,
	endings: readonly Ending[],
	known: Known,
	now: number,
): Promise<WakeUp[]> {
	const wakeUps: WakeUp[] = [];
	const wake = (more: readonly WakeUp[]) => void wakeUps.push(...more);
	// An attempt recorded after its lease ended still counts for the webhook, but no longer changes the delivery.
	const isLate = ({ delivery }: Ending) => known.late.has(delivery.deliveryId);
	const judged = endings.map((ending) => judgedBy(known.webhooks, ending));
	const attempted = judged
		.filter((ending) => ending.kind === "attempted")
		.map((ending) => (isLate(ending) ? { ...ending, status: null } : ending));
	const healths = healthOf(attempted, known.webhooks);
	const hooks = hooksAmong(endings);
	const statements: Statement[] = [
		...insertAttempts(attempted),
		...(healths.length > 0 ? recordHealth(healths, now) : []),
		...moveOn(
			judged.filter((ending) => !isLate(ending)),
			now,
			wake,
		),
		...(await Promise.all(healths.map((health) => consequences({ env, now, wake }, health)))).flat(),
		...(endings.length > 0 ? [waking(release(hooks, now), { now, wake })] : []),
	];
	await commit({ env }, statements);
	return wakeUps;
}

/**
 * A failure of a webhook that has been disabled meanwhile ends the delivery. A test send continues until the webhook is
 * deleted.
 */
function judgedBy(stored: Known["webhooks"], ending: Ending): Ending {
	if (ending.kind !== "attempted" || (ending.status !== "pending" && ending.status !== "failed"))
		return ending;
	const webhook = stored.get(ending.webhook.id) ?? ending.webhook;
	if (isLive(webhook) || (ending.delivery.test && webhook.deletedAt === null)) return ending;
	return { ...ending, status: leftover(webhook, ending.delivery.test), dueAt: null };
}

/** What other processes have changed since the deliveries were claimed. */
interface Known {
	readonly webhooks: ReadonlyMap<string, WebhookRow>;
	/** Deliveries whose lease has ended or belongs to another process. */
	readonly late: ReadonlySet<string>;
	/** Deliveries whose attempt is already stored: it was committed, but D1's answer was lost. */
	readonly recorded: ReadonlySet<string>;
}

/** A query for the webhooks of deliveries. */
const hooksAmong = (endings: readonly Ending[]): SQL =>
	hooksOf(endings.map(({ delivery: { organizationId, webhookId: id } }) => ({ organizationId, id })));

async function readAgain(env: Env, endings: readonly Ending[]): Promise<Known> {
	const leases = endings.map(({ delivery }) => [delivery.webhookId, delivery.deliveryId, delivery.lease]);
	const numbers = endings.map(({ delivery }) => [delivery.deliveryId, delivery.number]);
	const [rows = [], held = [], made = []] = await batch(env.DB, [
		sql`SELECT * FROM ${webhooks} WHERE ${among(webhooks, hooksAmong(endings))}`,
		sql`SELECT "id" FROM ${deliveries} WHERE ("webhookId", "id", "lease") IN
			(SELECT value->>0, value->>1, value->>2 FROM json_each(${JSON.stringify(leases)}))`,
		sql`SELECT "deliveryId" FROM ${attempts} WHERE ("deliveryId", "number") IN
			(SELECT value->>0, value->>1 FROM json_each(${JSON.stringify(numbers)}))`,
	]);
	const ours = new Set(held.map(({ id }) => String(id)));
	return {
		webhooks: new Map(rows.map((row) => [String(row.id), webhookStore.decode(row)])),
		late: new Set(endings.map(({ delivery }) => delivery.deliveryId).filter((id) => !ours.has(id))),
		recorded: new Set(made.map(({ deliveryId }) => String(deliveryId))),
	};
}
