// Records how a group of claimed deliveries ended: attempts, deliveries, webhooks and the events they cause, in one batch that
// also releases the next deliveries of the backlog.
import { batch, isTransient } from "../db/client.ts";
import { commit, expectNotGone, LostRace, type Statement } from "../db/commit.ts";
import { attempts, deliveries, webhooks } from "../db/schema/webhooks.ts";
import { type SQL, sql } from "../db/sql.ts";
import { isAmong } from "../db/tenant.ts";
import { type Env, type SendingRules, sendingRules, type WakeUp } from "../env.ts";
import { logFault } from "../log.ts";
import { releaseBacklog, wakingStatement, webhooksQuery } from "../outbox/backlog.ts";
import { sleep } from "../time.ts";
import { insertAttempts } from "./attempt-rows.ts";
import { planConsequences } from "./consequences.ts";
import type { Ending } from "./ending.ts";
import { healthOf, isLive, recordHealth, unsentStatus } from "./health.ts";
import { expectLeases, setNextState, uncountReturned } from "./next-state.ts";
import { type WebhookRow, webhookStore } from "./receiver.ts";
import { retryOf } from "./schedule.ts";
import { expectSettled, isSettled, storeSettled } from "./settled.ts";

/** Pauses before recording is retried after a transient error of D1; their sum is far below the lease time. */
const RETRY_PAUSES_MS = [100, 300, 900];
/** Each lost race means that another write changed these rows, so only a fault of ours reaches this. */
const MAX_RACES = 20;

/**
 * Commits the endings of a group. Where they can't be recorded together, each is recorded by itself, so that one answer doesn't
 * prevent recording the others.
 * @returns the wake-ups to send now: for retries, for the backlog, and for the events that this caused
 * @throws what D1 throws when nothing could be recorded; the deliveries are claimed again when their leases end
 */
export async function recordEndings(env: Env, endings: readonly Ending[], now: number): Promise<WakeUp[]> {
	try {
		return await recordGroup(env, endings, now);
	} catch (error) {
		if (endings.length === 1 || isTransient(error)) throw error;
		return recordOneByOne(env, endings, now);
	}
}

async function recordOneByOne(env: Env, endings: readonly Ending[], now: number): Promise<WakeUp[]> {
	const wakeUps: WakeUp[] = [];
	const faults: unknown[] = [];
	for (const ending of endings) {
		try {
			wakeUps.push(...(await recordGroup(env, [ending], now)));
		} catch (error) {
			faults.push(error);
			const { deliveryId, webhookId } = ending.delivery;
			logFault("recording_failed", { deliveryId, webhookId }, error);
		}
	}
	if (faults.length === endings.length) throw faults[0];
	return wakeUps;
}

async function recordGroup(env: Env, endings: readonly Ending[], now: number): Promise<WakeUp[]> {
	let stored = AS_CLAIMED;
	let isStale = false;
	for (let faults = 0, races = 0; ; ) {
		try {
			if (isStale) stored = await readStoredState(env, endings);
			return await recordOnce(
				env,
				endings.filter(({ delivery }) => !stored.recorded.has(delivery.deliveryId)),
				stored,
				now,
			);
		} catch (error) {
			isStale = true;
			if (error instanceof LostRace && races < MAX_RACES) {
				races += 1;
				continue;
			}
			const pause = RETRY_PAUSES_MS[faults];
			if (pause === undefined || !isTransient(error)) throw error;
			faults += 1;
			await sleep(pause);
		}
	}
}

async function recordOnce(env: Env, endings: readonly Ending[], stored: StoredState, now: number) {
	if (endings.length === 0) return [];
	const rules = sendingRules(env);
	const wakeUps: WakeUp[] = [];
	const wake = (more: readonly WakeUp[]) => void wakeUps.push(...more);
	// An attempt recorded after its lease ended still counts for the webhook, but no longer changes the delivery.
	const isExpired = ({ delivery }: Ending) => stored.expired.has(delivery.deliveryId);
	const adjusted = endings.map((ending) => adjustToWebhook(rules, stored.webhooks, ending));
	const attempted = adjusted
		.filter((ending) => ending.kind === "attempted")
		.map((ending) => (isExpired(ending) ? { ...ending, status: null } : ending));
	const healths = healthOf(attempted, stored.webhooks);
	const held = adjusted.filter((ending) => !isExpired(ending));
	const isPlain = stored === AS_CLAIMED && held.every(isSettled);
	const owners = endings.map(({ delivery }) => delivery.organizationId);
	const moved = () => new Error("The organization has moved; the delivery is sent from where it is now.");
	// Expectations come first, where `commit` makes one statement of them.
	const statements: Statement[] = [
		expectNotGone(owners, moved),
		...(isPlain ? [expectSettled(held)] : expectLeases(held)),
		...recordHealth(healths, now),
		...insertAttempts(attempted),
		...uncountReturned(held, rules.leaseMs),
		...(isPlain ? [storeSettled(held, now)] : setNextState(held, now, wake)),
		...(await Promise.all(healths.map((health) => planConsequences({ env, now, wake }, health)))).flat(),
		...(isPlain ? [] : [wakingStatement(releaseBacklog(webhooksOf(endings), now), { now, wake })]),
	];
	await commit({ env }, statements);
	return wakeUps;
}

/**
 * A failure of a webhook that has been disabled meanwhile ends the delivery. A test send continues until the webhook is
 * deleted. A 410 of the URL that the webhook had before is a failure like any other: the next attempt goes to the new one.
 */
function adjustToWebhook(rules: SendingRules, stored: StoredState["webhooks"], ending: Ending): Ending {
	if (ending.kind !== "attempted" || (ending.status !== "pending" && ending.status !== "failed"))
		return ending;
	const webhook = stored.get(ending.webhook.id) ?? ending.webhook;
	const isGone = ending.outcome.statusCode === 410;
	if (isGone && isLive(webhook) && webhook.url !== ending.webhook.url)
		return { ...ending, ...retryOf(rules, ending.delivery, ending.outcome) };
	if (isLive(webhook) || (ending.delivery.isTest && webhook.deletedAt === null)) return ending;
	return { ...ending, status: unsentStatus(webhook, ending.delivery.isTest), dueAt: null };
}

/** What other processes have changed since the deliveries were claimed. */
interface StoredState {
	readonly webhooks: ReadonlyMap<string, WebhookRow>;
	/** Deliveries whose lease has ended or belongs to another process. */
	readonly expired: ReadonlySet<string>;
	/** Deliveries whose attempt is already stored: it was committed, but D1's answer was lost. */
	readonly recorded: ReadonlySet<string>;
}

/** Nothing that is known to have changed: what the claims have read is expected in the batch. */
const AS_CLAIMED: StoredState = { webhooks: new Map(), expired: new Set(), recorded: new Set() };

/** A query for the webhooks of deliveries. */
const webhooksOf = (endings: readonly Ending[]): SQL =>
	webhooksQuery(endings.map(({ delivery: { organizationId, webhookId: id } }) => ({ organizationId, id })));

async function readStoredState(env: Env, endings: readonly Ending[]): Promise<StoredState> {
	const leases = endings.map(({ delivery }) => [delivery.webhookId, delivery.deliveryId, delivery.lease]);
	const numbers = endings.map(({ delivery }) => [delivery.deliveryId, delivery.number]);
	const [rows = [], leasedRows = [], recordedRows = []] = await batch(env.DB, [
		sql`SELECT * FROM ${webhooks} WHERE ${isAmong(webhooks, webhooksOf(endings))}`,
		sql`SELECT "id" FROM ${deliveries} WHERE ("webhookId", "id", "lease") IN
			(SELECT value->>0, value->>1, value->>2 FROM ${sql.each(leases)})`,
		sql`SELECT "deliveryId" FROM ${attempts} WHERE ("deliveryId", "number") IN
			(SELECT value->>0, value->>1 FROM ${sql.each(numbers)})`,
	]);
	const leased = new Set(leasedRows.map(({ id }) => String(id)));
	return {
		webhooks: new Map(rows.map((row) => [String(row.id), webhookStore.decode(row)])),
		expired: new Set(endings.map(({ delivery }) => delivery.deliveryId).filter((id) => !leased.has(id))),
		recorded: new Set(recordedRows.map(({ deliveryId }) => String(deliveryId))),
	};
}
