// Recording what became of a group of claimed deliveries: attempts, deliveries, webhooks and the events they cause, in
// one batch.
import { sql } from "drizzle-orm";
import type { EventCtx } from "../context.ts";
import { batch } from "../db/client.ts";
import { commit, expect, expectChanged, LostRace, type Statement } from "../db/commit.ts";
import { deliveries, webhooks } from "../db/schema/webhooks.ts";
import type { Env } from "../env.ts";
import type { EventType } from "../events/catalogue.ts";
import { type EventDraft, envelope, record as recordEvents } from "../events/record.ts";
import {
	cancelPending,
	disabled,
	type ShownWebhook,
	show,
	type WebhookRow,
	webhookStore,
} from "../webhooks/webhooks.ts";
import type { Outcome } from "./attempt.ts";
import { insertAttempts } from "./attempt-rows.ts";
import { nextProbe, release } from "./breaker.ts";
import type { Claimed } from "./claim.ts";
import { MASK } from "./headers.ts";
import { type Health, hasRecovered, healthOf, isExhausted, reasonToDisable, recordHealth } from "./health.ts";
import { wakeUp } from "./wake.ts";

/** A claimed delivery that was attempted. */
export interface Attempted {
	readonly kind: "attempted";
	readonly delivery: Claimed;
	readonly webhook: WebhookRow;
	/** When the attempt began. */
	readonly at: number;
	/** As sent, with custom values masked. */
	readonly headers: Readonly<Record<string, string>>;
	readonly outcome: Outcome;
	/** What the delivery becomes; null leaves it as it is, which a manual attempt does that failed. */
	readonly status: string | null;
	/** When it needs attention again, in ms. */
	readonly dueAt: number | null;
}

/**
 * How one claimed delivery ended: attempted, or not at all, being given back (a fault of ours, or no connection was free)
 * or without a webhook to go to. `dueAt` (ms) is when it needs attention again.
 */
export type Ending =
	| Attempted
	| { readonly kind: "cancelled"; readonly delivery: Claimed; readonly dueAt: null }
	| { readonly kind: "returned"; readonly delivery: Claimed; readonly dueAt: number };

/**
 * Commits the endings of a group and wakes the deliveries of the events they caused.
 * @throws whatever D1 throws; then nothing is recorded, and the leases give back what was claimed
 */
export async function record(env: Env, endings: readonly Ending[], now: number): Promise<void> {
	let { webhooks: stored, late }: Known = { webhooks: new Map(), late: new Set() };
	for (;;) {
		const caused: Promise<unknown>[] = [];
		const wake: EventCtx["wake"] = (due) => caused.push(wakeUp(env, due));
		// What came too late is still an attempt, and says something of the webhook; but of its delivery, others have the word.
		const isLate = ({ delivery }: Ending) => late.has(delivery.deliveryId);
		const attempted = endings
			.filter((ending) => ending.kind === "attempted")
			.map((ending) => (isLate(ending) ? { ...ending, status: null } : ending));
		const healths = healthOf(attempted, stored);
		const statements = [
			...insertAttempts(attempted),
			...updateDeliveries(
				endings.filter((ending) => !isLate(ending)),
				now,
			),
			...(healths.length > 0 ? recordHealth(healths, now) : []),
			...(await Promise.all(healths.map((health) => consequences({ env, now, wake }, health)))).flat(),
		];
		try {
			await commit({ env, admitted: async () => {} }, statements);
			await Promise.all(caused);
			return;
		} catch (error) {
			if (!(error instanceof LostRace)) throw error;
			({ webhooks: stored, late } = await readAgain(env, endings));
		}
	}
}

/** What others have changed since the deliveries were claimed. */
interface Known {
	readonly webhooks: ReadonlyMap<string, WebhookRow>;
	/** Deliveries whose lease is no longer ours: it ran out, or they were cancelled. */
	readonly late: ReadonlySet<string>;
}

async function readAgain(env: Env, endings: readonly Ending[]): Promise<Known> {
	const keys = endings.map(({ delivery }) => [delivery.organizationId, delivery.webhookId]);
	const leases = endings.map(({ delivery }) => [delivery.webhookId, delivery.deliveryId, delivery.lease]);
	const [rows = [], held = []] = await batch(env.DB, [
		sql`SELECT * FROM ${webhooks} WHERE ("organizationId", "id") IN (SELECT value->>0, value->>1 FROM json_each(${JSON.stringify(keys)}))`,
		sql`SELECT "id" FROM ${deliveries} WHERE ("webhookId", "id", "lease") IN
			(SELECT value->>0, value->>1, value->>2 FROM json_each(${JSON.stringify(leases)}))`,
	]);
	const ours = new Set(held.map(({ id }) => String(id)));
	return {
		webhooks: new Map(rows.map((row) => [String(row.id), webhookStore.decode(row)])),
		late: new Set(endings.map(({ delivery }) => delivery.deliveryId).filter((id) => !ours.has(id))),
	};
}

/** Only whoever still holds the lease may say what became of a delivery. A manual attempt asked for meanwhile stays due. */
function updateDeliveries(endings: readonly Ending[], now: number): Statement[] {
	if (endings.length === 0) return [];
	const rows = endings.map((ending) => {
		const { delivery, kind } = ending;
		const attempted = kind === "attempted";
		// Of a redelivery the webhook may have gone, but what had become of it before stays so.
		const cancelled = kind === "cancelled" && delivery.status === "pending" ? kind : null;
		const status = attempted ? ending.status : cancelled;
		return {
			webhookId: delivery.webhookId,
			id: delivery.deliveryId,
			lease: delivery.lease,
			status,
			due: ending.dueAt,
			statusCode: attempted ? ending.outcome.statusCode : null,
			attempted: attempted ? 1 : 0,
			scheduled: attempted && delivery.trigger === "scheduled" ? 1 : 0,
			manual: kind !== "returned" && delivery.trigger === "manual" ? 1 : 0,
			returned: kind === "returned" ? 1 : 0,
		};
	});
	return [
		{
			query: sql`UPDATE ${deliveries} SET "status" = coalesce(ending.value->>'status', "status"),
				"attemptsMade" = "attemptsMade" + (ending.value->>'scheduled'),
				"lastAttempt" = "lastAttempt" - (ending.value->>'returned'),
				"lastStatusCode" = iif(ending.value->>'attempted', ending.value->>'statusCode', "lastStatusCode"),
				"nextAttemptAt" = iif(ending.value->>'status' IS NULL, "nextAttemptAt", ending.value->>'due'),
				"manualWaiting" = max(0, "manualWaiting" - (ending.value->>'manual')),
				"dueAt" = CASE WHEN ending.value->>'returned' THEN ending.value->>'due'
					WHEN "manualWaiting" > (ending.value->>'manual') THEN ${now}
					WHEN ending.value->>'status' IS NULL THEN iif("status" = 'pending', "nextAttemptAt", NULL)
					ELSE ending.value->>'due' END,
				"lease" = NULL, "leaseUntil" = NULL, "updatedAt" = ${now}
			FROM json_each(${JSON.stringify(rows)}) AS ending
			WHERE ${deliveries}."webhookId" = ending.value->>'webhookId' AND ${deliveries}."id" = ending.value->>'id'
				AND ${deliveries}."lease" = ending.value->>'lease'`,
		},
		expect(sql`changes() = ${rows.length}`, () => new LostRace()),
	];
}

/** What a group of attempts does beyond its deliveries: disables, pauses or releases the webhook, and says so. */
async function consequences(from: Omit<EventCtx, "caller">, health: Health): Promise<Statement[]> {
	const { webhook, attempts: made } = health;
	const ctx: EventCtx = { ...from, caller: { organizationId: webhook.organizationId } };
	const draft = async (type: EventType, shown: WebhookRow): Promise<EventDraft> => ({
		type,
		entityId: webhook.id,
		payload: envelope(ctx, type, unvalued(await show(ctx.env, shown))),
	});
	const reason = reasonToDisable(health, ctx.now);
	const off = { ...webhook, status: "disabled", pausedUntil: null, ...disabled(ctx.now, reason ?? "") };
	const healthy = { ...webhook, consecutiveFailures: 0, failingSince: null, pausedUntil: null };
	const announced = made.filter((one) => isExhausted(one) && isAnnounced(one));
	const drafts = await Promise.all([
		...announced.map(() => draft("webhook.exhausted", webhook)),
		...(hasRecovered(health) ? [draft("webhook.recovered", healthy)] : []),
		...(reason ? [draft("webhook.disabled", off)] : []),
	]);
	return [
		...(hasRecovered(health) ? [release(ctx, webhook.id)] : []),
		...(reason ? disable(ctx, webhook, reason) : []),
		...(health.failures.length > 0 && !reason ? [nextProbe(ctx, webhook.organizationId, webhook.id)] : []),
		...recordEvents(ctx, drafts),
	];
}

/** What others are told of a webhook, and what is kept in plain text: the names of its headers, none of their values. */
const unvalued = (webhook: ShownWebhook): ShownWebhook => ({
	...webhook,
	headers: Object.fromEntries(Object.keys(webhook.headers).map((name) => [name, MASK])),
});

/** Two webhooks that hear of each other's failures would go on telling each other for ever. */
const isAnnounced = ({ delivery }: Attempted) => !delivery.event.startsWith("webhook.");

function disable(ctx: EventCtx, webhook: WebhookRow, reason: string): Statement[] {
	return [
		{
			query: sql`UPDATE ${webhooks} SET "status" = 'disabled', "disabledAt" = ${ctx.now}, "disabledReason" = ${reason},
					"pausedUntil" = NULL, "pauseSeconds" = NULL, "version" = "version" + 1, "updatedAt" = ${ctx.now}
				WHERE "organizationId" = ${webhook.organizationId} AND "id" = ${webhook.id} AND "status" = 'active'`,
		},
		expectChanged(),
		cancelPending(ctx.now, webhook.id),
	];
}
